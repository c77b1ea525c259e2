import type { Pool } from 'pg'
import type { z } from 'zod'
import type { Webhook, WebhookDelivery } from '../generated/prisma/client.ts'
import { checkPublicUrl, type UrlRules } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { RowSealer, Sealer } from '../platform/crypto/sealer.ts'
import { signingSecret } from '../platform/crypto/signed-message.ts'
import type { Db, DbOrTx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { given } from '../platform/narrow.ts'
import type { Random } from '../platform/random.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { needGiver } from '../shops/tenants/doors.ts'
import { needRoom, type PerTenant } from '../shops/tenants/tenants.ts'
import { type NewWebhook, shownOf, shownUrlOf, type WebhookChange } from './schemas.ts'
import { lockWebhook, OLDEST_TRANSACTION } from './statements.ts'

export interface WebhookStoreTools {
  db: Db
  pool: Pool
  clock: Clock
  newId: NewId
  random: Random
  sealer: Sealer
  /** Limits on what a tenant may register. */
  perTenant?: PerTenant
  webhookHosts: UrlRules
}

const HOUR_MS = 60 * 60_000

const notFound = () => new AppError('NOT_FOUND', '指定された ID の Webhook は見つかりません。')

export async function findWebhook(db: DbOrTx, tenantId: string, id: string): Promise<Webhook> {
  const row = await db.webhook.findFirst({ where: { id, tenantId } })
  if (row === null) throw notFound()
  return row
}

/** Begins at the present: what happened before is in the lists and in GET /v1/changes. */
export async function createWebhook(
  tools: WebhookStoreTools,
  caller: Caller,
  wanted: z.infer<typeof NewWebhook>,
): Promise<{ row: Webhook; secret: string }> {
  await checkUrl(tools, wanted.url)
  const id = tools.newId()
  const now = dateNow(tools.clock)
  const secret = signingSecret(tools.random)
  const own = tools.sealer.of(caller.tenantId)
  const row = await tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, now)
    await needRoom(tx, caller.tenantId, 'webhook', now, tools.perTenant)
    const [edge] = await tx.$queryRaw<{ xmin: string }[]>(OLDEST_TRANSACTION)
    const made = await tx.webhook.create({
      data: {
        id,
        tenantId: caller.tenantId,
        name: wanted.name,
        kinds: wanted.kinds,
        ...sealedAddress(own, id, wanted.url),
        createdAt: now,
        createdBy: caller.actor,
        updatedAt: now,
        sealedSecret: own.seal(secretContext(id), secret),
        xid: BigInt(edge?.xmin ?? 1) - 1n,
        eventId: 2n ** 63n - 1n,
      },
    })
    await audit(
      tx,
      tools,
      noteOf(caller, 'webhook.created', id, { name: wanted.name, host: hostOf(wanted.url) }),
    )
    return made
  })
  return { row, secret }
}

export async function changeWebhook(
  tools: WebhookStoreTools,
  caller: Caller,
  id: string,
  change: z.infer<typeof WebhookChange>,
): Promise<Webhook> {
  const before = await findWebhook(tools.db, caller.tenantId, id)
  const { name, kinds, enabled } = change
  // Ignores the shortened URL of a list, which a client sends back when it changes the whole.
  const url = change.url === shownOf(before) ? undefined : change.url
  if (url !== undefined) await checkUrl(tools, url)
  // A new address or a person's word is a new beginning.
  const anew = url !== undefined || enabled === true
  return tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, dateNow(tools.clock))
    await tx.$executeRaw(lockWebhook(id))
    await findWebhook(tx, caller.tenantId, id)
    const row = await tx.webhook.update({
      where: { id },
      data: {
        ...given({ name, kinds, enabled }),
        ...(url === undefined
          ? {}
          : { ...sealedAddress(tools.sealer.of(caller.tenantId), id, url), createdBy: caller.actor }),
        // A process that still sends to the former address loses its lease, and says nothing of this one.
        ...(anew ? { failures: 0, failingSince: null, leaseOwner: null, leaseUntil: null } : {}),
        ...(enabled === true ? { disabledAt: null, disabledCode: null } : {}),
        updatedAt: dateNow(tools.clock),
      },
    })
    const fields = Object.keys({ ...given({ name, kinds, enabled, url }) })
    await audit(tx, tools, noteOf(caller, 'webhook.updated', id, { fields, ...given({ enabled }) }))
    return row
  })
}

export async function deleteWebhook(tools: WebhookStoreTools, caller: Caller, id: string): Promise<void> {
  await findWebhook(tools.db, caller.tenantId, id)
  await tools.db.$transaction(async (tx) => {
    await tx.webhook.deleteMany({ where: { id } })
    await audit(tx, tools, noteOf(caller, 'webhook.deleted', id, {}))
  })
}

/** The old secret signs on for `overlapHours`, so that a receiver may change its own meanwhile. */
export async function rotateSecret(
  tools: WebhookStoreTools,
  caller: Caller,
  id: string,
  overlapHours: number,
): Promise<{ row: Webhook; secret: string }> {
  const secret = signingSecret(tools.random)
  const now = dateNow(tools.clock)
  const row = await tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, now)
    await tx.$executeRaw(lockWebhook(id))
    const before = await findWebhook(tx, caller.tenantId, id)
    const made = await tx.webhook.update({
      where: { id },
      data: {
        sealedSecret: tools.sealer.of(caller.tenantId).seal(secretContext(id), secret),
        sealedOldSecret: before.sealedSecret,
        oldSecretUntil: new Date(now.getTime() + overlapHours * HOUR_MS),
        updatedAt: now,
      },
    })
    await audit(tx, tools, noteOf(caller, 'webhook.secret_rotated', id, { overlapHours }))
    return made
  })
  return { row, secret }
}

/**
 * A person waits for it: it goes before what waits, and ends the webhook's pause after a failure.
 * @throws AppError CONFLICT for one that is off
 */
export async function sendTest(tools: WebhookStoreTools, webhook: Webhook): Promise<WebhookDelivery> {
  if (!webhook.enabled)
    throw new AppError('CONFLICT', '停止中の Webhook にはテスト送信できません。先に有効にしてください。')
  const now = dateNow(tools.clock)
  const first = await tools.db.webhookDelivery.findFirst({
    where: { webhookId: webhook.id, state: 'waiting' },
    orderBy: { nextAttemptAt: 'asc' },
    select: { nextAttemptAt: true },
  })
  const before = first ? Math.min(now.getTime(), first.nextAttemptAt.getTime() - 1) : now.getTime()
  const test = await tools.db.webhookDelivery.create({
    data: {
      id: tools.newId(),
      webhookId: webhook.id,
      kind: 'test',
      data: { message: 'テスト送信です。' },
      at: now,
      nextAttemptAt: new Date(before),
      createdAt: now,
    },
  })
  await tools.db.webhook.updateMany({
    where: { id: webhook.id, leaseOwner: null },
    data: { leaseUntil: null },
  })
  return test
}

/** Sends again what failed or came through, under the same id: its pauses begin anew, its count goes on. */
export async function redeliver(
  tools: WebhookStoreTools,
  webhook: Webhook,
  deliveryId: string,
): Promise<WebhookDelivery> {
  const known = await tools.db.webhookDelivery.findFirst({ where: { id: deliveryId, webhookId: webhook.id } })
  if (known === null) throw new AppError('NOT_FOUND', '指定された ID の送信記録は見つかりません。')
  return tools.db.webhookDelivery.update({
    where: { id: deliveryId },
    data: {
      state: 'waiting',
      attemptsBefore: known.attempts,
      finishedAt: null,
      nextAttemptAt: dateNow(tools.clock),
    },
  })
}

/** Refused at once where it could never be sent to. */
const checkUrl = ({ webhookHosts }: WebhookStoreTools, url: string): Promise<void> =>
  checkPublicUrl('url', url, webhookHosts)

/** Part of an address for the audit: its path and query often carry the receiver's secret. */
const hostOf = (url: string): string => new URL(url).host

const addressContext = (webhookId: string): string => `webhook:${webhookId}:url`

export const sealedAddress = (sealer: RowSealer, id: string, url: string) => ({
  url: '',
  sealedUrl: sealer.seal(addressContext(id), url),
  shownUrl: shownUrlOf(url),
})

/**
 * One in clear was written by a process of the release before, later than the sealed one beside it. @throws
 * SealError
 */
export const addressOf = (
  sealer: RowSealer,
  { id, url, sealedUrl }: { id: string; url: string; sealedUrl: Uint8Array | null },
): string => (sealedUrl === null || url !== '' ? url : sealer.open(addressContext(id), sealedUrl).toString())

/** Bound to the row, not to the column: a rotation moves what is sealed from one column to the other. */
export const secretContext = (webhookId: string): string => `webhook:${webhookId}:secret`

export type SealedSecrets = Pick<Webhook, 'sealedSecret' | 'sealedOldSecret' | 'oldSecretUntil'>

/** The ones that sign now, the new one first. */
export function signingSecrets(sealer: RowSealer, id: string, row: SealedSecrets, now: number): string[] {
  const open = (sealed: Uint8Array) => sealer.open(secretContext(id), sealed).toString('utf8')
  const old = row.sealedOldSecret !== null && (row.oldSecretUntil?.getTime() ?? 0) > now
  return [open(row.sealedSecret), ...(old && row.sealedOldSecret ? [open(row.sealedOldSecret)] : [])]
}
