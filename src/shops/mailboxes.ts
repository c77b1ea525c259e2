import type { z } from 'zod'
import type { Prisma } from '../generated/prisma/client.ts'
import { invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db, Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { AddressRules } from '../platform/http/address-guard.ts'
import type { NewId } from '../platform/ids.ts'
import { type AuditNote, audit } from './audit.ts'
import { checkMailHost } from './mail-host.ts'
import type { MailboxChange, MailboxRow, NewMailbox } from './mailbox-schemas.ts'
import type { Caller } from './shops.ts'

export interface MailboxTools {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Pick<Sealer, 'seal' | 'open'>
  addressRules: AddressRules
  /** Listeners must look at the mailboxes again. Called after the change is committed. */
  onMailboxChanged: () => Promise<void> | void
}

/** Read instead of the whole row, so that the password never leaves the database without need. */
export const MAILBOX_READ = {
  omit: { sealedPassword: true },
  include: { shops: { select: { shopId: true } } },
} as const

export const usernameContext = (id: string) => `mailbox:${id}:username`
export const passwordContext = (id: string) => `mailbox:${id}:password`

export const mailboxNotFound = () =>
  new AppError('NOT_FOUND', '受信箱が見つかりません。ID を確認してください。')

/** Raises HOST_NOT_ALLOWED for a private host, VALIDATION_FAILED for shops that are not the tenant's. */
export async function createMailbox(
  tools: MailboxTools,
  caller: Caller,
  input: z.infer<typeof NewMailbox>,
): Promise<MailboxRow> {
  const { username, password, port, shopIds: given, ...plain } = input
  const shopIds = [...new Set(given)]
  await checkMailHost(tools.addressRules, input.host)
  const id = tools.newId()
  const now = dateNow(tools.clock)
  const mailbox = await tools.db.$transaction(async (tx) => {
    await needOwnShops(tx, caller.tenantId, given)
    const created = await tx.mailbox.create({
      data: {
        ...plain,
        id,
        tenantId: caller.tenantId,
        port: port ?? usualPort(input.security),
        sealedUsername: tools.sealer.seal(usernameContext(id), username),
        sealedPassword: tools.sealer.seal(passwordContext(id), password),
        passwordSetAt: now,
        state: input.enabled ? 'waiting' : 'disabled',
        createdAt: now,
        updatedAt: now,
        shops: { create: shopIds.map((shopId) => ({ shopId })) },
      },
      ...MAILBOX_READ,
    })
    const data = {
      name: created.name,
      host: created.host,
      port: created.port,
      security: created.security,
      shopIds,
    }
    await audit(tx, tools, note(caller, 'mailbox.created', id, data))
    return created
  })
  await tools.onMailboxChanged()
  return mailbox
}

export async function changeMailbox(
  tools: MailboxTools,
  caller: Caller,
  id: string,
  change: z.infer<typeof MailboxChange>,
): Promise<MailboxRow> {
  if (change.host !== undefined) await checkMailHost(tools.addressRules, change.host)
  const mailbox = await tools.db.$transaction(async (tx) => {
    const before = await lockMailbox(tx, caller.tenantId, id)
    if (Object.keys(change).length === 0)
      return tx.mailbox.findUniqueOrThrow({ where: { id }, ...MAILBOX_READ })
    const moved = movedTo(tools, before, change)
    needPassword(moved, change)
    await needOwnShops(tx, caller.tenantId, change.shopIds ?? [])
    const data = {
      ...plainChange(tools, id, change),
      ...consequences(change, moved, before),
      updatedAt: dateNow(tools.clock),
    }
    const updated = await tx.mailbox.update({ where: { id }, data, ...MAILBOX_READ })
    await audit(tx, tools, note(caller, 'mailbox.updated', id, auditData(change)))
    return updated
  })
  await tools.onMailboxChanged()
  return mailbox
}

export async function deleteMailbox(tools: MailboxTools, caller: Caller, id: string): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const { name, host } = await lockMailbox(tx, caller.tenantId, id)
    await tx.mailbox.delete({ where: { id }, select: { id: true } })
    await audit(tx, tools, note(caller, 'mailbox.deleted', id, { name, host }))
  })
  await tools.onMailboxChanged()
}

type LockedMailbox = NonNullable<Awaited<ReturnType<Tx['mailbox']['findFirst']>>>

async function lockMailbox(tx: Tx, tenantId: string, id: string): Promise<LockedMailbox> {
  await tx.$queryRaw`select id from mailboxes where id = ${id}::uuid and tenant_id = ${tenantId}::uuid for update`
  const mailbox = await tx.mailbox.findFirst({ where: { id, tenantId } })
  if (!mailbox) throw mailboxNotFound()
  return mailbox
}

type Moved = ('host' | 'port' | 'security' | 'username')[]

/** What of the way to the account is really another than before. */
function movedTo(tools: MailboxTools, before: LockedMailbox, change: z.infer<typeof MailboxChange>): Moved {
  const username = tools.sealer.open(usernameContext(before.id), before.sealedUsername).toString('utf8')
  const old = { host: before.host, port: before.port, security: before.security, username }
  return (['host', 'port', 'security', 'username'] as const).filter(
    (field) => change[field] !== undefined && change[field] !== old[field],
  )
}

/** Otherwise whoever holds an API key could have the stored password sent to a server of their own. */
function needPassword(moved: Moved, change: z.infer<typeof MailboxChange>): void {
  if (moved.length === 0 || change.password !== undefined) return
  const message = `接続先（${moved.join('、')}）を変えるときは、パスワードも指定してください。`
  throw invalid([{ field: 'password', message, code: 'required' }])
}

async function needOwnShops(tx: Tx, tenantId: string, shopIds: readonly string[]): Promise<void> {
  if (shopIds.length === 0) return
  const own = await tx.shop.findMany({ where: { tenantId, id: { in: [...shopIds] } }, select: { id: true } })
  const known = new Set(own.map((shop) => shop.id))
  const fields = shopIds.flatMap((id, index) =>
    known.has(id)
      ? []
      : [{ field: `shopIds[${index}]`, message: '店舗が見つかりません。', code: 'not_found' }],
  )
  if (fields.length > 0) throw invalid(fields)
}

function plainChange(
  tools: MailboxTools,
  id: string,
  change: z.infer<typeof MailboxChange>,
): Prisma.MailboxUpdateInput {
  const { username, password, shopIds, ...plain } = change
  const data: Prisma.MailboxUpdateInput = Object.fromEntries(
    Object.entries(plain).filter(([, value]) => value !== undefined),
  )
  if (username !== undefined) data.sealedUsername = tools.sealer.seal(usernameContext(id), username)
  if (password !== undefined) {
    data.sealedPassword = tools.sealer.seal(passwordContext(id), password)
    data.passwordSetAt = dateNow(tools.clock)
  }
  if (shopIds !== undefined) {
    data.shops = {
      deleteMany: {},
      create: [...new Set(shopIds)].map((shopId) => ({ shop: { connect: { id: shopId } } })),
    }
  }
  return data
}

/** Another account or folder has other UIDs; another login deserves a fresh try. A mere rename disturbs nothing. */
function consequences(
  change: z.infer<typeof MailboxChange>,
  moved: Moved,
  before: LockedMailbox,
): Prisma.MailboxUpdateInput {
  const folderMoved = change.folder !== undefined && change.folder !== before.folder
  const enabledTurned = change.enabled !== undefined && change.enabled !== before.enabled
  const fresh = moved.length > 0 || folderMoved || enabledTurned || change.password !== undefined
  const elsewhere = folderMoved || moved.includes('host') || moved.includes('username')
  const enabled = change.enabled ?? before.enabled
  return {
    ...(fresh || change.shopIds !== undefined ? { settingsVersion: { increment: 1 } } : {}),
    ...(fresh ? { ...FRESH_START, state: enabled ? 'waiting' : 'disabled' } : {}),
    ...(elsewhere ? { uidValidity: null, lastUid: null } : {}),
  }
}

/** Attention and back-off belong to the login that met them. */
export const FRESH_START = {
  attentionCode: null,
  attentionMessage: null,
  attentionSince: null,
  failures: 0,
  nextAttemptAt: null,
} as const

const usualPort = (security: 'tls' | 'starttls' | 'plain') => (security === 'tls' ? 993 : 143)

const note = (
  caller: Caller,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'],
): AuditNote => ({
  ...caller,
  action,
  target,
  data,
})

function auditData(change: z.infer<typeof MailboxChange>): AuditNote['data'] {
  const { username: _username, password: _password, ...plain } = change
  const shown = Object.entries(plain).filter(([, value]) => value !== undefined)
  return { ...(Object.fromEntries(shown) as AuditNote['data']), changed: Object.keys(change) }
}
