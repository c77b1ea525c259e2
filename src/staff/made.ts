import { z } from 'zod'
import { Id, iso, isoOrNull, Time } from '../http/schemas.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db, DbOrTx, Tx } from '../platform/db/database.ts'
import type { NewId } from '../platform/ids.ts'
import { revokeKey } from '../shops/tenants/api-keys.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import { lockKey } from '../shops/tenants/statements.ts'
import { listMakers } from './statements.ts'

/**
 * Keys, webhooks and notice channels of the tenant that a person made. They are the tenant's and work on when
 * their maker goes, as programs depend on them; so whoever takes the maker's rights away says which stay.
 */

export const MadeThing = z
  .object({
    kind: z
      .enum(['api_key', 'webhook', 'notice_channel'])
      .describe('api_key API キー, webhook Webhook, notice_channel 通知先 (種類)'),
    id: Id,
    tenantId: Id.describe('契約店'),
    name: z.string().describe('名称'),
    createdAt: Time.describe('作成日時'),
    lastUsedAt: Time.nullable().describe(
      'A key: its last request; else the last message (最終利用日時・最終送信日時)',
    ),
  })
  .meta({
    id: 'MadeThing',
    description: 'A key, webhook or notice channel that works and that a person made (作成したもの)',
  })
type MadeThing = z.infer<typeof MadeThing>

/** Which of a person's things stay when they may not manage any more. */
export const KeepMade = z
  .union([z.literal('all'), z.array(Id).max(1_000)])
  .describe(
    'Which keys, webhooks and notice channels of this person go on, when the change takes the rights of an owner away: `all`, or their ids ' +
      '(`GET …/made`); the others end (作成した API キー・Webhook・通知先のうち残すもの)',
  )
export type KeepMade = z.infer<typeof KeepMade>

/** The same in an address: `all`, `none`, or ids with commas. */
export const KeepMadeInQuery = z
  .string()
  .max(8_000)
  .regex(/^(?:all|none|[0-9a-f-]{36}(?:,[0-9a-f-]{36})*)$/)
  .describe(
    '`all`, `none`, or ids of `GET …/made` with commas: which keys, webhooks and notice channels of this person go on; the others end ' +
      '(作成した API キー・Webhook・通知先のうち残すもの)',
  )

export const parseKeepMade = (text: string | undefined): KeepMade =>
  text === undefined || text === 'all' ? 'all' : text === 'none' ? [] : text.split(',')

/** Adds the keys that they made, which made others in turn. */
const makersOf = (db: DbOrTx, accountIds: readonly string[]): Promise<{ root: string; actor: string }[]> =>
  db.$queryRaw(listMakers(accountIds.map((id) => `staff:${id}`)))

const madeBy = (makers: readonly { actor: string }[], now: Date) => {
  const createdBy = { in: makers.map(({ actor }) => actor) }
  return {
    keys: { createdBy, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    webhooks: { createdBy, enabled: true },
    // A person's own goes with the person.
    channels: { createdBy, enabled: true, accountId: null },
  }
}

export async function listMade(db: DbOrTx, accountId: string, now: Date): Promise<MadeThing[]> {
  const of = madeBy(await makersOf(db, [accountId]), now)
  const orderBy = { id: 'asc' } as const
  const named = { id: true, tenantId: true, name: true, createdAt: true } as const
  const [keys, webhooks, channels] = await Promise.all([
    db.apiKey.findMany({ where: of.keys, orderBy, select: { ...named, lastUsedAt: true } }),
    db.webhook.findMany({ where: of.webhooks, orderBy, select: { ...named, lastSentAt: true } }),
    db.noticeChannel.findMany({ where: of.channels, orderBy, select: { ...named, lastSentAt: true } }),
  ])
  return [
    ...keys.map((row) => toMade('api_key', row, row.lastUsedAt)),
    ...webhooks.map((row) => toMade('webhook', row, row.lastSentAt)),
    ...channels.map((row) => toMade('notice_channel', row, row.lastSentAt)),
  ]
}

const toMade = (
  kind: MadeThing['kind'],
  { id, tenantId, name, createdAt }: { id: string; tenantId: string; name: string; createdAt: Date },
  lastUsedAt: Date | null,
): MadeThing => ({
  kind,
  id,
  tenantId,
  name,
  createdAt: iso(createdAt),
  lastUsedAt: isoOrNull(lastUsedAt),
})

/** Counts what works of each person, with one query a kind for all of them. */
export async function countMade(
  { db, clock }: { db: Db; clock: Clock },
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const makers = await makersOf(db, accountIds)
  const of = madeBy(makers, dateNow(clock))
  const select = { createdBy: true } as const
  const made = await Promise.all([
    db.apiKey.findMany({ where: of.keys, select }),
    db.webhook.findMany({ where: of.webhooks, select }),
    db.noticeChannel.findMany({ where: of.channels, select }),
  ])
  const rootOf = new Map(makers.map(({ root, actor }) => [actor, root.slice('staff:'.length)]))
  const counts = new Map<string, number>()
  for (const { createdBy } of made.flat()) {
    const id = rootOf.get(createdBy ?? '') ?? ''
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/**
 * Locks the person's keys, and those that these made, until none is found that another made meanwhile: a key
 * gives under its lock, so that none gives from then on.
 */
async function lockKeysOf(tx: Tx, accountId: string): Promise<void> {
  const locked = new Set<string>()
  for (;;) {
    const makers = await makersOf(tx, [accountId])
    const keys = makers.flatMap(({ actor }) => (actor.startsWith('key:') ? [actor.slice('key:'.length)] : []))
    const more = keys.filter((id) => !locked.has(id)).toSorted()
    if (more.length === 0) return
    for (const id of more) {
      await tx.$executeRaw(lockKey(id))
      locked.add(id)
    }
  }
}

/**
 * Ends what the person made, but for what is kept. Called under the lock of the person's account, so that
 * nothing is made meanwhile.
 * @returns whether a key ended: what is remembered of keys is to be dropped once this is committed
 */
export async function endMade(
  tx: Tx,
  tools: { clock: Clock; newId: NewId },
  by: OperatorCaller,
  accountId: string,
  keep: KeepMade,
): Promise<boolean> {
  if (keep === 'all') return false
  await lockKeysOf(tx, accountId)
  const now = dateNow(tools.clock)
  const kept = new Set(keep)
  const ending = (await listMade(tx, accountId, now)).filter(({ id }) => !kept.has(id))
  const off = { enabled: false, updatedAt: now }
  for (const { kind, id, tenantId } of ending) {
    const who = { ...by, tenantId }
    const data = { fields: ['enabled'], enabled: false }
    if (kind === 'api_key') await revokeKey(tx, tools, by, { id })
    if (kind === 'webhook') {
      await tx.webhook.update({ where: { id }, data: off })
      await audit(tx, tools, noteOf(who, 'webhook.updated', id, data))
    }
    if (kind === 'notice_channel') {
      await tx.noticeChannel.update({ where: { id }, data: off })
      await audit(tx, tools, noteOf(who, 'notice_channel.updated', id, data))
    }
  }
  return ending.some(({ kind }) => kind === 'api_key')
}
