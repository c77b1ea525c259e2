import type { NoticeChannel, Prisma } from '../../generated/prisma/client.ts'
import type { UrlRules } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { given } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import { lockName } from '../../shops/statements.ts'
import { audit, type Caller, noteOf } from '../../shops/tenants/audit.ts'
import { needGiver } from '../../shops/tenants/doors.ts'
import {
  type ChannelChange,
  type ChannelKind,
  checkedTarget,
  type GivenTarget,
  type NewChannel,
  type Target,
  targetContext,
} from './schemas.ts'

export interface ChannelTools {
  db: Db
  clock: Clock
  newId: NewId
  random: Random
  sealer: Sealer
  channelHosts: UrlRules
}

/**
 * The caller, a person (with the account) or a program, and whether it may change channels of the whole
 * tenant.
 */
export interface ChannelCaller extends Caller {
  accountId: string | null
  owner: boolean
}

/** Most channels of one person, and of the tenant itself. */
const MOST_CHANNELS = 20

const notFound = () => new AppError('NOT_FOUND', '指定された ID の通知先は見つかりません。')

/** Selects the tenant's channels and the caller's own; another person's stay private. */
const seenBy = ({ tenantId, accountId }: ChannelCaller): Prisma.NoticeChannelWhereInput => ({
  tenantId,
  OR: [{ accountId: null }, ...(accountId === null ? [] : [{ accountId }])],
})

export const listChannels = (db: Db, caller: ChannelCaller): Promise<NoticeChannel[]> =>
  db.noticeChannel.findMany({ where: seenBy(caller), orderBy: { id: 'asc' } })

export async function findChannel(db: Db, caller: ChannelCaller, id: string): Promise<NoticeChannel> {
  const row = await db.noticeChannel.findFirst({ where: { ...seenBy(caller), id } })
  if (row === null) throw notFound()
  return row
}

function checkMayChange(caller: ChannelCaller, accountId: string | null): void {
  if (accountId !== null || caller.owner) return
  throw new AppError(
    'FORBIDDEN',
    '契約店全体の通知先を変更できるのは管理者だけです。自分の通知先を登録するか、管理者に依頼してください。',
    { details: { requiredRole: 'owner' } },
  )
}

export async function createChannel(
  tools: ChannelTools,
  caller: ChannelCaller,
  wanted: NewChannel,
): Promise<{ row: NoticeChannel; target: Target }> {
  const { for: whose, url, roomId, token, ...settings } = wanted
  const { kind, name } = settings
  const own = whose === undefined ? caller.accountId !== null : whose === 'me'
  if (own && caller.accountId === null)
    throw forMe('API キーには自分の通知先がありません。tenant を指定してください。')
  if (!own && kind === 'mail')
    throw forMe(
      'メールの通知先は担当者ごとに登録します。契約店の宛先は契約情報（emails）で変更してください。',
    )
  const accountId = own ? caller.accountId : null
  checkMayChange(caller, accountId)
  const target = await checkedTarget(tools, kind, { url, roomId, token })
  const id = tools.newId()
  const now = dateNow(tools.clock)
  const { tenantId } = caller
  const row = await tools.db.$transaction(async (tx) => {
    await needMaker(tools, tx, caller, accountId)
    // One at a time counts a tenant's channels and adds to them.
    await tx.$executeRaw(lockName(`notice channels ${tenantId}`))
    if ((await tx.noticeChannel.count({ where: { tenantId, accountId } })) >= MOST_CHANNELS)
      throw new AppError(
        'CONFLICT',
        `通知先は ${MOST_CHANNELS} 件まで登録できます。使わないものを削除してください。`,
        { details: { reason: 'too_many', most: MOST_CHANNELS } },
      )
    await checkShops(tx, tenantId, settings.shopIds)
    const made = await tx.noticeChannel.create({
      data: {
        ...settings,
        id,
        tenantId,
        accountId,
        createdAt: now,
        createdBy: caller.actor,
        updatedAt: now,
        sealedTarget: tools.sealer.of(tenantId).sealJson(targetContext(id), target),
      },
    })
    await audit(tx, tools, noteOf(caller, 'notice_channel.created', id, { name, kind }))
    return made
  })
  return { row, target }
}

/** A channel takes the tenant's notices out: nobody makes one who may not any more. */
const needMaker = (
  tools: Pick<ChannelTools, 'clock'>,
  tx: Tx,
  caller: ChannelCaller,
  accountId: string | null,
): Promise<void> => needGiver(tx, caller, dateNow(tools.clock), accountId === null ? 'managers' : 'anybody')

const forMe = (message: string) =>
  new AppError('VALIDATION_FAILED', message, { fields: [{ field: 'for', message, code: 'not_offered' }] })

export async function changeChannel(
  tools: ChannelTools,
  caller: ChannelCaller,
  id: string,
  change: ChannelChange,
): Promise<NoticeChannel> {
  const before = await findChannel(tools.db, caller, id)
  checkMayChange(caller, before.accountId)
  const { url, roomId, token, ...settings } = change
  const moved = url !== undefined || roomId !== undefined || token !== undefined
  const target = moved ? await movedTarget(tools, before, { url, roomId, token }) : null
  return tools.db.$transaction(async (tx) => {
    await needMaker(tools, tx, caller, before.accountId)
    await checkShops(tx, caller.tenantId, settings.shopIds ?? [])
    const row = await tx.noticeChannel.update({
      where: { id },
      data: {
        ...given(settings),
        ...(target === null
          ? {}
          : {
              sealedTarget: tools.sealer.of(caller.tenantId).sealJson(targetContext(id), target),
              createdBy: caller.actor,
              failures: 0,
              failingSince: null,
              lastCode: null,
            }),
        updatedAt: dateNow(tools.clock),
      },
    })
    const data = { fields: Object.keys(change), ...given({ enabled: change.enabled }) }
    await audit(tx, tools, noteOf(caller, 'notice_channel.updated', id, data))
    return row
  })
}

/** Builds the changed target. Omitted fields keep their values, and so does a webhook's signing secret. */
async function movedTarget(tools: ChannelTools, row: NoticeChannel, change: GivenTarget): Promise<Target> {
  const before = tools.sealer.of(row.tenantId).openJson<Target>(targetContext(row.id), row.sealedTarget)
  const { roomId, token } = before.kind === 'chatwork' ? before : {}
  const wanted = { url: change.url, roomId: change.roomId ?? roomId, token: change.token ?? token }
  const target = await checkedTarget(tools, row.kind as ChannelKind, wanted)
  return target.kind === 'webhook' && before.kind === 'webhook'
    ? { ...target, secret: before.secret }
    : target
}

async function checkShops(tx: Tx, tenantId: string, shopIds: readonly string[]): Promise<void> {
  const ids = [...new Set(shopIds)]
  if (ids.length === 0) return
  const found = await tx.shop.count({ where: { tenantId, id: { in: ids } } })
  if (found === ids.length) return
  const message = '契約店にない店舗が含まれています。店舗の ID を確認してください。'
  throw new AppError('VALIDATION_FAILED', message, {
    fields: [{ field: 'shopIds', message, code: 'not_found' }],
  })
}

export async function deleteChannel(tools: ChannelTools, caller: ChannelCaller, id: string): Promise<void> {
  const before = await findChannel(tools.db, caller, id)
  checkMayChange(caller, before.accountId)
  await tools.db.$transaction(async (tx) => {
    await tx.noticeChannel.deleteMany({ where: { id } })
    await audit(tx, tools, noteOf(caller, 'notice_channel.deleted', id, { name: before.name }))
  })
}
