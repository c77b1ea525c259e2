import type { z } from 'zod'
import { checked, invalid } from '../../http/validation.ts'
import { EVERY_MALL, isOfFirstRelease } from '../../marketplaces/facts.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { MallFacts, Marketplace } from '../../marketplaces/port/marketplace.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { isOlderProcess, retryable } from '../../platform/db/failures.ts'
import { AppError, codeOf, type FieldError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { given } from '../../platform/narrow.ts'
import {
  type Credentials,
  checkCredentials,
  renewed,
  sealCredentials,
  toSetTimes,
} from '../credentials/credentials.ts'
import { DELETE_ORDERS, DELETED_AT_ONCE, lockShopRow } from '../statements.ts'
import { type AuditNote, audit, type Caller, noteOf } from '../tenants/audit.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import { needRoom, type PerTenant } from '../tenants/tenants.ts'
import { checkChange, type ShopSettings } from './settings.ts'
import { type NewShop, type ShopChange, type ShopRow, WITHOUT_SECRETS } from './shop-schemas.ts'

export interface ShopTools {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
  perTenant?: PerTenant
  /** The shop may work again or anew: wake it. Called after the change is committed. */
  onShopChanged: (shopId: string) => Promise<void> | void
  /** The mail rules of a shop changed, or the shop came or went: listeners must read them again. */
  onMailboxChanged: () => Promise<void> | void
}

/** @throws AppError VALIDATION_FAILED naming each wrong field, CONFLICT for a known shop or one too many */
export async function createShop(
  tools: ShopTools,
  caller: Caller,
  input: z.infer<typeof NewShop>,
): Promise<ShopRow> {
  const { code, credentials } = checkNewShop(tools.marketplaces, input)
  const id = tools.newId()
  const now = dateNow(tools.clock)
  const times = credentials === null ? {} : toSetTimes(credentials, null, now.toISOString())
  const secrets =
    credentials === null
      ? {}
      : sealCredentials(tools.sealer, { id, tenantId: caller.tenantId }, credentials, times)
  const shop = await tools.db
    .$transaction(async (tx) => {
      const { marketplace, name, enabled, settings } = input
      await needRoom(tx, caller.tenantId, 'shop', dateNow(tools.clock), tools.perTenant)
      const created = await tx.shop.create({
        data: {
          id,
          tenantId: caller.tenantId,
          marketplace,
          code,
          name,
          enabled,
          settings,
          ...secrets,
          credentialsVersion: credentials === null ? 0 : 1,
          createdAt: now,
          updatedAt: now,
        },
        omit: WITHOUT_SECRETS,
      })
      const data = { marketplace, code, name, enabled, credentials: Object.keys(times) }
      await audit(tx, tools, noteOf(caller, 'shop.created', id, data))
      return created
    })
    .catch((error: unknown) => {
      if (isOlderProcess(error)) throw heldByOlderProcess(error)
      throw isUniqueViolation(error) ? duplicateShop() : error
    })
  await announce(tools, id)
  return shop
}

function checkNewShop(
  marketplaces: Marketplaces,
  input: z.infer<typeof NewShop>,
): { code: string; credentials: Credentials | null } {
  const mall = marketplaces.get(input.marketplace)
  if (!mall) {
    const message = `このモールにはまだ対応していません。${[...marketplaces.keys()].join('、')} のいずれかを指定してください。`
    throw invalid([{ field: 'marketplace', message, code: 'not_supported' }])
  }
  const code = checked(mall.shopCode, input.code, 'code')
  const credentials = input.credentials === undefined ? null : checkCredentials(mall, input.credentials)
  const onImport = checkAutomatic(mall, input.settings)
  const fields: FieldError[] = [
    ...(code.ok ? [] : code.fields),
    ...onImport,
    ...(!credentials || credentials.ok ? [] : credentials.fields),
  ]
  if (!code.ok || credentials?.ok === false || onImport.length > 0) throw invalid(fields)
  return { code: code.value, credentials: credentials?.value ?? null }
}

/** Refuses automatic changes that the mall does not offer: nobody watches when they are queued. */
const checkAutomatic = (mall: Marketplace | undefined, settings: ShopSettings | undefined): FieldError[] => [
  ...checkOnImport(mall, settings),
  ...(settings?.completeAfterDays === undefined
    ? []
    : checkChange(mall, 'complete', { afterDays: settings.completeAfterDays }).map((error) => ({
        ...error,
        field: 'settings.completeAfterDays',
      }))),
]

/** The change wished for at import is checked like any request: nobody looks on when it is queued. */
function checkOnImport(mall: Marketplace | undefined, settings: ShopSettings | undefined): FieldError[] {
  const { action, parameters = {} } = settings?.onImport ?? {}
  if (action === undefined) return []
  return checkChange(mall, action, parameters).map((error) => ({
    ...error,
    field: `settings.onImport.${error.field === 'action' ? 'action' : `parameters.${error.field}`}`,
  }))
}

/** New credentials count as a fresh start: version up, attention and lane cleared, the shop woken. */
export async function changeShop(
  tools: ShopTools,
  caller: Caller,
  id: string,
  change: z.infer<typeof ShopChange>,
): Promise<ShopRow> {
  const { name, enabled, settings, credentials } = change
  const plain = given({ name, enabled, settings })
  const shop = await tools.db.$transaction(async (tx) => {
    const before = await lockShop(tx, caller.tenantId, id)
    if (Object.keys(change).length === 0)
      return tx.shop.findUniqueOrThrow({ where: { id }, omit: WITHOUT_SECRETS })
    const onImport = checkAutomatic(mallOfShop(tools.marketplaces, before), settings)
    if (onImport.length > 0) throw invalid(onImport)
    const entered = credentials !== undefined && Object.keys(credentials).length > 0
    const secrets = entered ? renewed(tools, before, credentials) : {}
    const updated = await tx.shop.update({
      where: { id },
      data: { ...plain, ...secrets, updatedAt: dateNow(tools.clock) },
      omit: WITHOUT_SECRETS,
    })
    await audit(tx, tools, noteOf(caller, 'shop.updated', id, auditData(change)))
    return updated
  })
  if (Object.keys(change).some((field) => field !== 'name')) await announce(tools, id)
  return shop
}

/**
 * Disables the shop, deletes what may be much in bounded steps, and the shop with the rest at last. A process
 * that ends in between leaves a disabled shop with fewer orders; the same call goes on there. What a turn of
 * the shop still stages meanwhile goes with a later step.
 * @throws AppError CONFLICT while orders hang on the shop, unless the caller says that they may go too
 */
export async function deleteShop(
  tools: ShopTools,
  caller: Caller,
  id: string,
  withOrders: boolean,
): Promise<void> {
  const { tenantId } = caller
  const { orders: counted, marketplace } = await tools.db.$transaction(async (tx) => {
    const { marketplace } = await lockShop(tx, tenantId, id)
    const orders = await tx.order.count({ where: { shopId: id } })
    if (orders > 0 && !withOrders) {
      throw new AppError(
        'CONFLICT',
        `この店舗には受注が ${orders} 件あります。使わないだけなら取込を停止してください。受注ごと削除するときは、その指定（withOrders=true）が必要です。`,
        { details: { orders } },
      )
    }
    await tx.shop.update({ where: { id }, data: { enabled: false }, select: { id: true } })
    return { orders, marketplace }
  })
  const where = { shopId: id }
  const limit = DELETED_AT_ONCE
  await inSteps(async () => (await tools.db.$queryRawUnsafe<object[]>(DELETE_ORDERS, id, tenantId)).length)
  await inSteps(
    async () => (await tools.db.importRequest.deleteMany({ where: { ...where, tenantId }, limit })).count,
  )
  await inSteps(async () => (await tools.db.sweptOrder.deleteMany({ where, limit })).count)
  const mall = EVERY_MALL.find(({ name }) => name === marketplace)
  await inSteps(() => deleteMailsOfLaterMall(tools.db, mall, { tenantId, id, limit }))
  await tools.db.$transaction(async (tx) => {
    const { code, name } = await lockShop(tx, tenantId, id)
    await deleteMailsOfLaterMall(tx, mall, { tenantId, id })
    const orders = counted + (await tx.order.count({ where }))
    await tx.shop.delete({ where: { id }, select: { id: true } })
    await audit(tx, tools, noteOf(caller, 'shop.deleted', id, { marketplace, code, name, orders }))
  })
  await tools.onMailboxChanged()
}

/**
 * With the tenant's last shop of a mall of a later release its mails go: a process of the release before may
 * run again then, and its list of mails cannot read them.
 */
async function deleteMailsOfLaterMall(
  db: Pick<Tx, 'shop' | 'mail'>,
  mall: MallFacts | undefined,
  { tenantId, id, limit }: { tenantId: string; id: string; limit?: number },
): Promise<number> {
  if (!mall || isOfFirstRelease(mall)) return 0
  const where = { tenantId, marketplace: mall.name }
  if ((await db.shop.count({ where: { ...where, id: { not: id } } })) > 0) return 0
  return (await db.mail.deleteMany({ where, ...(limit === undefined ? {} : { limit }) })).count
}

async function inSteps(step: () => Promise<number>): Promise<void> {
  while ((await retryable(step)) === DELETED_AT_ONCE);
}

export type LockedShop = NonNullable<Awaited<ReturnType<Tx['shop']['findFirst']>>>

/** Two people saving at once take turns, so that the times of the credentials fit their values. */
export async function lockShop(tx: Tx, tenantId: string, id: string): Promise<LockedShop> {
  await tx.$queryRaw(lockShopRow(tenantId, id))
  const shop = await tx.shop.findFirst({ where: { id, tenantId } })
  if (!shop) throw shopNotFound()
  return shop
}

export async function announce(
  tools: Pick<ShopTools, 'onShopChanged' | 'onMailboxChanged'>,
  shopId: string,
): Promise<void> {
  await tools.onShopChanged(shopId)
  await tools.onMailboxChanged()
}

function auditData(change: z.infer<typeof ShopChange>): AuditNote['data'] {
  const { name, enabled, credentials } = change
  return {
    changed: Object.keys(change),
    ...given({ name, enabled, credentials: credentials && Object.keys(credentials) }),
  }
}

/** Secret that opens a shop's endpoint for notifications by HTTP; without one it is closed. */
export const pushContext = (shopId: string): string => `shop:${shopId}:push-secret`

const isUniqueViolation = (error: unknown): boolean => codeOf(error) === 'P2002'

const heldByOlderProcess = (cause: unknown) =>
  new AppError(
    'CONFLICT',
    'サービスの更新がまだ終わっていないため、このモールの店舗は登録できません。更新が終わってから、もう一度登録してください。長く続くときは、運用者に連絡してください。',
    { details: { reason: 'older_process' }, cause },
  )

const duplicateShop = () =>
  new AppError('CONFLICT', 'この店舗はすでに登録されています。店舗の一覧から開いて変更してください。', {
    fields: [{ field: 'code', message: '同じモールの同じ店舗が登録済みです。', code: 'already_exists' }],
  })
