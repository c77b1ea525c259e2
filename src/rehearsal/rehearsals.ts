import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { lockShop } from '../shops/shops/shops.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'

/**
 * リハーサル of a shop with its real mall: mails are read, orders imported and compared, and nothing is sent.
 * While `shops.rehearsal_id` is set a trigger queues no site change, and a session has no method to make one.
 */

export interface RehearsalTools {
  db: Db
  clock: Clock
  newId: NewId
}

/**
 * Begins a rehearsal; where one is on, nothing happens. The shop's row is held for it alone, so that a change
 * which is asked for meanwhile is either seen here or sees the rehearsal.
 * @throws AppError NOT_FOUND; CONFLICT while site changes are under way
 */
export async function startRehearsal(
  { db, clock, newId }: RehearsalTools,
  caller: Caller,
  shopId: string,
): Promise<void> {
  const { tenantId, actor } = caller
  await db.$transaction(async (tx) => {
    const shop = await lockShop(tx, tenantId, shopId)
    if (shop.rehearsalId !== null) return
    const open = await tx.siteChange.count({ where: { shopId, state: { in: ['queued', 'changing'] } } })
    if (open > 0)
      throw new AppError(
        'CONFLICT',
        `この店舗には送信待ち・送信中のサイト変更が ${open} 件あります。終わるのを待つか、終わってからリハーサルを始めてください。`,
        { details: { open } },
      )
    const id = newId()
    const startedAt = new Date(clock.now())
    await tx.rehearsal.create({ data: { id, tenantId, shopId, startedAt, startedBy: actor } })
    await tx.shop.update({ where: { id: shopId }, data: { rehearsalId: id }, select: { id: true } })
    await audit(tx, { clock, newId }, noteOf(caller, 'shop.rehearsal_begun', shopId))
  })
}

/**
 * Ends it: from now on site changes are sent. Those that were asked for in the rehearsal are not.
 * @throws AppError NOT_FOUND where there is no such shop or none is on
 */
export async function endRehearsal(
  { db, clock, newId }: RehearsalTools,
  caller: Caller,
  shopId: string,
): Promise<void> {
  const { tenantId } = caller
  await db.$transaction(async (tx) => {
    const shop = await lockShop(tx, tenantId, shopId)
    if (shop.rehearsalId === null) throw noRehearsal()
    const endedAt = new Date(clock.now())
    await tx.rehearsal.updateMany({ where: { id: shop.rehearsalId }, data: { endedAt } })
    await tx.shop.update({ where: { id: shopId }, data: { rehearsalId: null }, select: { id: true } })
    await audit(tx, { clock, newId }, noteOf(caller, 'shop.rehearsal_ended', shopId))
  })
}

const noRehearsal = (): AppError =>
  new AppError('NOT_FOUND', 'この店舗のリハーサルはありません。店舗の画面から始めてください。')

/** The one that is on, else the last one. @throws AppError NOT_FOUND */
export async function findRehearsal({ db }: Pick<RehearsalTools, 'db'>, tenantId: string, shopId: string) {
  const shop = await db.shop.findFirst({
    where: { id: shopId, tenantId },
    select: {
      name: true,
      code: true,
      marketplace: true,
      capabilities: true,
      createdAt: true,
      settings: true,
    },
  })
  if (!shop) throw shopNotFound()
  const rehearsal = await db.rehearsal.findFirst({
    where: { shopId, tenantId },
    orderBy: { startedAt: 'desc' },
    include: { calls: { orderBy: [{ operation: 'asc' }, { status: 'asc' }, { code: 'asc' }] } },
  })
  if (!rehearsal) throw noRehearsal()
  return { shop, rehearsal }
}
