import { z } from 'zod'
import type { Prisma, Tenant } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db, DbOrTx, Tx } from '../../platform/db/database.ts'
import { besideReport } from '../../platform/db/tenant-scope.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { given } from '../../platform/narrow.ts'
import { lockName } from '../statements.ts'
import { audit, noteOf, type OperatorCaller } from './audit.ts'
import { LOCK_ACCOUNTS } from './statements.ts'

export interface TenantTools {
  db: Db
  clock: Clock
  newId: NewId
  /** A tenant was suspended or let in again: its keys and mailboxes are to be looked at anew. */
  onTenantChanged: (tenantId: string) => Promise<void> | void
}

export const TenantStatus = z
  .enum(['applied', 'active', 'suspended'])
  .describe('applied 申込済, active 利用中, suspended 停止中 (状態)')

const Name = z.string().trim().min(1).max(200).describe('Name of the company (契約店名)')
const Emails = z.array(z.email().max(254)).max(10).describe('Where notices go (通知先メールアドレス)')

const StatusFollowsMall = z
  .boolean()
  .describe(
    'After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first ' +
      '(サイト変更後に受注ステータスを自動で進める)',
  )

const RequireSecondFactor = z
  .boolean()
  .describe(
    'Staff see personal data only after a second factor; on by default. Turned on, it ends sessions without one (二段階認証を必須にする)',
  )

/** Bounded against a slip of the keyboard. */
const Limit = z.int().min(0).max(10_000).nullable()
const LIMITS = {
  shops: Limit.describe('Shops at most; null: SHOPS_PER_TENANT of the installation (店舗の上限)'),
  mailboxes: Limit.describe('Mailboxes at most; null: MAILBOXES_PER_TENANT (受信箱の上限)'),
  webhooks: Limit.describe('Webhooks at most; null: WEBHOOKS_PER_TENANT (Webhookの上限)'),
  apiKeys: Limit.describe(
    'API keys that work at one time, at most; null: API_KEYS_PER_TENANT (有効な API キーの上限)',
  ),
}
const Limits = z.object(LIMITS).describe('Limits of the plan (プランの上限)')
const NewLimits = z
  .strictObject(LIMITS)
  .partial()
  .describe('Limits of the plan; what is left out stays as it is (プランの上限)')

const RegistrationNumber = z
  .string()
  .regex(/^T\d{13}$/, { error: '登録番号を T と半角数字13桁で入力してください。' })
  .nullable()
  .describe('Number of a registered issuer of invoices, printed on 納品書 (適格請求書発行事業者の登録番号)')

export const NewTenant = z.strictObject({
  name: Name,
  emails: Emails.default([]),
  limits: NewLimits.optional(),
  status: z.enum(['applied', 'active']).default('active').describe('applied 申込済, active 利用中 (状態)'),
})

export const TenantChange = z.strictObject({
  name: Name.optional(),
  emails: Emails.optional(),
  statusFollowsMall: StatusFollowsMall.optional(),
  requireSecondFactor: RequireSecondFactor.optional(),
  registrationNumber: RegistrationNumber.optional(),
  limits: NewLimits.optional(),
  status: z.enum(['active', 'suspended']).optional().describe('active 利用開始・再開, suspended 停止 (状態)'),
})

export const TenantAnswer = z
  .object({
    id: Id,
    name: Name,
    status: TenantStatus,
    emails: z.array(z.string()).describe('Where notices go (通知先メールアドレス)'),
    statusFollowsMall: StatusFollowsMall,
    requireSecondFactor: RequireSecondFactor,
    registrationNumber: RegistrationNumber,
    limits: Limits,
    deleteAt: Time.nullable().describe('The contract has ended: everything is deleted then (削除予定日時)'),
    createdAt: Time.describe('登録日時'),
    updatedAt: Time.describe('更新日時'),
  })
  .meta({ id: 'Tenant', description: 'A company using the service (契約店)' })

export const tenantAnswer = (tenant: Tenant): z.infer<typeof TenantAnswer> => ({
  id: tenant.id,
  name: tenant.name,
  status: tenant.status,
  emails: tenant.emails,
  statusFollowsMall: tenant.statusFollowsMall,
  requireSecondFactor: tenant.requireSecondFactor,
  registrationNumber: tenant.registrationNumber,
  limits: {
    shops: tenant.mostShops,
    mailboxes: tenant.mostMailboxes,
    webhooks: tenant.mostWebhooks,
    apiKeys: tenant.mostApiKeys,
  },
  deleteAt: isoOrNull(tenant.deleteAt),
  createdAt: iso(tenant.createdAt),
  updatedAt: iso(tenant.updatedAt),
})

/** Columns that the operator's reports may read of a tenant. */
const LISTED = {
  id: true,
  name: true,
  status: true,
  statusFollowsMall: true,
  requireSecondFactor: true,
  mostShops: true,
  mostMailboxes: true,
  mostWebhooks: true,
  mostApiKeys: true,
  deleteAt: true,
  createdAt: true,
  updatedAt: true,
} as const

/** Oldest first. Found by what a report may read; the mail addresses are looked up for those found alone. */
export async function readTenants(
  db: Db,
  where: Prisma.TenantWhereInput,
  take: number,
): Promise<z.infer<typeof TenantAnswer>[]> {
  const found = await db.tenant.findMany({ where, take, select: LISTED, orderBy: { id: 'asc' } })
  const rest = await besideReport('mail addresses and registrations of the tenants found', () =>
    db.tenant.findMany({
      where: { id: { in: found.map(({ id }) => id) } },
      select: { id: true, emails: true, registrationNumber: true },
    }),
  )
  const beside = new Map(rest.map((row) => [row.id, row]))
  return found.map((row) =>
    tenantAnswer({ ...row, ...(beside.get(row.id) ?? { emails: [], registrationNumber: null }) }),
  )
}

export async function createTenant(
  tools: TenantTools,
  by: OperatorCaller,
  input: z.infer<typeof NewTenant>,
): Promise<Tenant> {
  const now = dateNow(tools.clock)
  const { limits, ...data } = input
  return tools.db.$transaction(async (tx) => {
    const tenant = await tx.tenant.create({
      data: { ...data, ...limitColumns(limits), id: tools.newId(), createdAt: now, updatedAt: now },
    })
    const { id, name, status } = tenant
    await audit(tx, tools, noteOf({ ...by, tenantId: id }, 'tenant.created', id, { name, status }))
    return tenant
  })
}

function limitColumns(
  limits: z.infer<typeof NewLimits> = {},
): Partial<Record<keyof typeof COLUMNS, number | null>> {
  const { shops, mailboxes, webhooks, apiKeys } = limits
  return given({
    mostShops: shops,
    mostMailboxes: mailboxes,
    mostWebhooks: webhooks,
    mostApiKeys: apiKeys,
  })
}

/** Whose data is not being deleted yet: what has begun to go cannot be taken back, nor put off. */
export const notGoing = (id: string, now: Date): Prisma.TenantWhereInput => ({
  id,
  OR: [{ deleteAt: null }, { deleteAt: { gt: now } }],
})

/** Why none was found by `notGoing`. */
export const goneOrGoing = async (db: DbOrTx, id: string): Promise<AppError> =>
  (await db.tenant.findUnique({ where: { id }, select: { id: true } }))
    ? new AppError(
        'CONFLICT',
        '削除予定日時を過ぎたため、データの削除が始まっています。再開や延期はできません。新しい契約店として登録してください。',
      )
    : tenantNotFound()

/** applied → active → suspended → active. @throws AppError NOT_FOUND, CONFLICT for one that goes or moves */
export async function changeTenant(
  tools: TenantTools,
  by: OperatorCaller,
  id: string,
  change: z.infer<typeof TenantChange>,
): Promise<Tenant> {
  const { name, emails, status, statusFollowsMall, requireSecondFactor, registrationNumber } = change
  const data = {
    ...given({ name, emails, status, statusFollowsMall, requireSecondFactor, registrationNumber }),
    // Letting a tenant in again also cancels its deletion.
    ...(status === 'active' ? { deleteAt: null } : {}),
    ...limitColumns(change.limits),
  }
  const now = dateNow(tools.clock)
  const tenant = await tools.db.$transaction(async (tx) => {
    if (status === 'active') await refuseMoving(tx, id)
    const [row] = await tx.tenant.updateManyAndReturn({
      where: status === 'active' ? notGoing(id, now) : { id },
      data: { ...data, updatedAt: now },
    })
    if (!row) throw await goneOrGoing(tx, id)
    // Its move is not to let in whom the operator shuts out meanwhile.
    if (status === 'suspended')
      await tx.tenantMove.updateMany({
        where: { tenantId: id, state: { in: [...OPEN_MOVES] } },
        data: { wasActive: false },
      })
    if (requireSecondFactor) await endSessionsWithoutSecondFactor(tx, id)
    await audit(tx, tools, noteOf({ ...by, tenantId: id }, 'tenant.updated', id, data))
    return row
  })
  if (status !== undefined) await tools.onTenantChanged(id)
  return tenant
}

/**
 * A session decides by the rule of its sign-in, and would go on for days by a password alone. Accounts are
 * locked first: a sign-in that has read the old rule commits its session before it is looked for.
 */
async function endSessionsWithoutSecondFactor(tx: Tx, tenantId: string): Promise<void> {
  const { text, values } = LOCK_ACCOUNTS({ tenantId })
  await tx.$executeRawUnsafe(text, ...values)
  await tx.staffSession.deleteMany({
    where: { account: { tenantId, sealedTotp: null, passkeys: { none: {} } } },
  })
}

/** States of a move in which the tenant works not, whoever lets it in; of one tenant one move at most. */
export const OPEN_MOVES = ['leaving', 'gone', 'arrived', 'dropping'] as const

/** As a trigger does for older releases. @throws AppError CONFLICT */
export async function refuseMoving(
  tx: Tx,
  tenantId: string,
  states: readonly string[] = OPEN_MOVES,
): Promise<void> {
  const state = { in: [...states] }
  if (!(await tx.tenantMove.findFirst({ where: { tenantId, state }, select: { id: true } }))) return
  throw new AppError(
    'CONFLICT',
    'この契約店は別のサーバーへ移転中か、移転済みです。運営者の手順（npm run ops -- tenant）で再開または中止してください。',
    { details: { reason: 'tenant_moves' } },
  )
}

/** Where a suspended tenant works since it moved; null where it did not. */
export async function movedTo(db: DbOrTx, tenantId: string): Promise<string | null> {
  const row = await db.tenantMove.findFirst({
    where: { tenantId, state: 'gone' },
    select: { address: true },
  })
  return row?.address ?? null
}

/** @param kept what the tenant's clients go on with there */
export const movedAway = (address: string, kept: string) =>
  new AppError(
    'TENANT_MOVED',
    `ご契約のデータは ${address} へ移転しました。接続先のアドレスを変更してください。${kept}はそのまま使えます。`,
    { details: { movedTo: address } },
  )

const MOVE_WAIT_SECONDS = 60

/**
 * For who is known by a signature, and posts it again. @throws AppError UNAVAILABLE while the tenant moves,
 * TENANT_MOVED when it has
 */
export async function refusePosted(db: DbOrTx, tenantId: string, kept: string): Promise<void> {
  const move = await db.tenantMove.findFirst({
    where: { tenantId, state: { in: [...OPEN_MOVES] } },
    select: { state: true, address: true },
  })
  if (move === null) return
  if (move.state === 'gone' && move.address !== null) throw movedAway(move.address, kept)
  throw new AppError(
    'UNAVAILABLE',
    'ご契約のデータは別のサーバーへ移転中です。しばらくしてからもう一度送ってください。',
    { details: { retryAfterSeconds: MOVE_WAIT_SECONDS } },
  )
}

export const tenantNotFound = () =>
  new AppError('NOT_FOUND', '契約店が見つかりません。ID を確認してください。')

/** Limits on what a tenant may register, by settings. */
export interface PerTenant {
  shops: number
  mailboxes: number
  webhooks: number
  apiKeys: number
}

const MOST_PER_TENANT: PerTenant = { shops: 200, mailboxes: 200, webhooks: 10, apiKeys: 100 }

const WORDS = {
  shop: ['店舗', 'mostShops', 'shops'],
  mailbox: ['受信箱', 'mostMailboxes', 'mailboxes'],
  webhook: ['Webhook ', 'mostWebhooks', 'webhooks'],
  api_key: ['有効な API キー', 'mostApiKeys', 'apiKeys'],
} as const

const COLUMNS = { mostShops: true, mostMailboxes: true, mostWebhooks: true, mostApiKeys: true } as const

/**
 * Two requests at once count one after the other.
 * @param ofInstallation the limits of a tenant whose plan has none of its own
 * @param times as many as usual, while each key has its successor beside it
 * @throws AppError CONFLICT
 */
export async function needRoom(
  tx: Tx,
  tenantId: string,
  what: keyof typeof WORDS,
  now: Date,
  ofInstallation = MOST_PER_TENANT,
  times = 1,
): Promise<void> {
  await tx.$executeRaw(lockName(`${what}:${tenantId}`))
  const where = { tenantId }
  const works = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
  const counts = {
    shop: () => tx.shop.count({ where }),
    mailbox: () => tx.mailbox.count({ where }),
    webhook: () => tx.webhook.count({ where }),
    // Others only name what once was.
    api_key: () => tx.apiKey.count({ where: { tenantId, ...works } }),
  }
  const [word, column, limit] = WORDS[what]
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: COLUMNS })
  const most = (tenant?.[column] ?? ofInstallation[limit]) * times
  if ((await counts[what]()) < most) return
  throw new AppError(
    'CONFLICT',
    `${word}は ${most} 件まで登録できます。使わないものを削除するか、運営者に契約の上限の変更を依頼してください。`,
    { details: { reason: 'too_many', most } },
  )
}
