import type { z } from 'zod'
import type { Mailbox, Prisma } from '../../generated/prisma/client.ts'
import { checkHost, invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { AddressRules } from '../../platform/http/address-guard.ts'
import type { NewId } from '../../platform/ids.ts'
import { given } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import { lockMailboxRow } from '../statements.ts'
import { type AuditNote, audit, type Caller, noteOf } from '../tenants/audit.ts'
import { needGiver } from '../tenants/doors.ts'
import { needRoom, type PerTenant } from '../tenants/tenants.ts'
import { type MailboxChange, type MailboxRow, type NewMailbox, toStoredAuth } from './mailbox-schemas.ts'
import { PROVIDERS } from './oauth/providers.ts'
import { authContext, passwordContext, usernameContext } from './sign-in.ts'

type NewMailboxInput = z.infer<typeof NewMailbox>

export interface MailboxTools {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Pick<Sealer, 'of'>
  random: Pick<Random, 'bytes'>
  addressRules: AddressRules
  perTenant?: PerTenant
  /** Listeners must look at the mailboxes again. Called after the change is committed. */
  onMailboxChanged: () => Promise<void> | void
}

/** Read instead of the whole row, so that no secret leaves the database without need. */
export const MAILBOX_READ = {
  omit: { sealedPassword: true, sealedAuth: true, sealedInboundSecret: true },
  include: { shops: { select: { shopId: true } } },
} as const

export const mailboxNotFound = () =>
  new AppError('NOT_FOUND', '受信箱が見つかりません。ID を確認してください。')

/** @throws AppError HOST_NOT_ALLOWED for a private host, VALIDATION_FAILED for another tenant's shops */
export async function createMailbox(
  tools: MailboxTools,
  caller: Caller,
  input: NewMailboxInput,
): Promise<MailboxRow> {
  const { shopIds: given, name, kind, security, folder, enabled, authservId } = input
  const shopIds = [...new Set(given)]
  const id = tools.newId()
  const place = placeOf(input)
  if (kind === 'imap') await checkHost('host', place.host, tools.addressRules, place.port)
  const now = dateNow(tools.clock)
  const mailbox = await tools.db.$transaction(async (tx) => {
    await needOwnShops(tx, caller.tenantId, given)
    await needRoom(tx, caller.tenantId, 'mailbox', now, tools.perTenant)
    const created = await tx.mailbox.create({
      data: {
        name,
        kind,
        security,
        folder,
        enabled,
        authservId,
        ...place,
        ...signInOf(tools, caller.tenantId, id, input),
        id,
        tenantId: caller.tenantId,
        state: input.enabled ? 'waiting' : 'disabled',
        createdAt: now,
        updatedAt: now,
        shops: { create: shopIds.map((shopId) => ({ shopId })) },
      },
      ...MAILBOX_READ,
    })
    const data = {
      name: created.name,
      kind: created.kind,
      auth: created.authKind,
      host: created.host,
      port: created.port,
      security: created.security,
      shopIds,
    }
    await audit(tx, tools, noteOf(caller, 'mailbox.created', id, data))
    return created
  })
  await tools.onMailboxChanged()
  return mailbox
}

/** The REST side's own rules, since zod cannot tell a missing host from one that a provider has. */
function placeOf({ kind, host, port, security, auth }: NewMailboxInput): { host: string; port: number } {
  if (kind === 'inbound') return { host: '', port: 0 }
  const known = host ?? (auth.kind === 'password' ? null : PROVIDERS[auth.kind].host)
  if (known !== null) return { host: known, port: port ?? usualPort(security) }
  const message = 'メールサーバーのホスト名を指定してください（例 imap.example.jp）。'
  throw invalid([{ field: 'host', message, code: 'required' }])
}

function signInOf(tools: MailboxTools, tenantId: string, id: string, input: NewMailboxInput) {
  const sealer = tools.sealer.of(tenantId)
  const { kind, username, password, auth } = input
  if (kind === 'inbound') {
    const given = [username, password, input.host].some((field) => field !== undefined)
    if (given || auth.kind !== 'password') throw invalid([inboundTakesNone])
    // A lease and a cursor of our own: mails are numbered as they are taken in (src/mail/inbound.ts).
    const cursor = { leaseOwner: INBOUND_OWNER, uidValidity: 1n, lastUid: 0n }
    return { sealedUsername: sealer.seal(usernameContext(id), ''), ...cursor }
  }
  if (username === undefined)
    throw invalid([{ field: 'username', message: 'ユーザー名を指定してください。', code: 'required' }])
  const sealedUsername = sealer.seal(usernameContext(id), username)
  const given = toStoredAuth(auth)
  if (given === null) {
    if (password === undefined)
      throw invalid([{ field: 'password', message: 'パスワードを指定してください。', code: 'required' }])
    const sealedPassword = sealer.seal(passwordContext(id), password)
    return { sealedUsername, sealedPassword, passwordSetAt: dateNow(tools.clock) }
  }
  if (password !== undefined) throw invalid([passwordNotTaken])
  const sealedAuth = sealer.sealJson(authContext(id), given.stored)
  const { secretEndsAt } = given
  return { sealedUsername, authKind: given.stored.kind, authVersion: 1, secretEndsAt, sealedAuth }
}

/** Holds the lease of every inbound mailbox for good: there is no session that could. */
export const INBOUND_OWNER = 'inbound'

const inboundTakesNone = {
  field: 'kind',
  message:
    '受信用アドレス（inbound）の受信箱には接続先がありません。host、username、password、auth などを取り除いてください。',
  code: 'not_allowed',
}
const OF_A_SERVER = ['host', 'port', 'security', 'username', 'password', 'auth', 'folder'] as const

export async function changeMailbox(
  tools: MailboxTools,
  caller: Caller,
  id: string,
  change: z.infer<typeof MailboxChange>,
): Promise<MailboxRow> {
  if (change.host !== undefined || change.port !== undefined) {
    const where = { id, tenantId: caller.tenantId }
    const now = await tools.db.mailbox.findFirst({ where, select: { host: true, port: true } })
    if (now) await checkHost('host', change.host ?? now.host, tools.addressRules, change.port ?? now.port)
  }
  const mailbox = await tools.db.$transaction(async (tx) => {
    const before = await lockMailbox(tx, caller.tenantId, id)
    if (Object.keys(change).length === 0)
      return tx.mailbox.findUniqueOrThrow({ where: { id }, ...MAILBOX_READ })
    if (before.kind === 'inbound' && OF_A_SERVER.some((field) => change[field] !== undefined))
      throw invalid([inboundTakesNone])
    const data = mailboxUpdate(tools, before, change)
    await needOwnShops(tx, caller.tenantId, change.shopIds ?? [])
    const updated = await tx.mailbox.update({ where: { id }, data, ...MAILBOX_READ })
    await audit(tx, tools, noteOf(caller, 'mailbox.updated', id, auditData(change)))
    return updated
  })
  await tools.onMailboxChanged()
  return mailbox
}

export async function deleteMailbox(tools: MailboxTools, caller: Caller, id: string): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const { name, host } = await lockMailbox(tx, caller.tenantId, id)
    await tx.mailbox.delete({ where: { id }, select: { id: true } })
    await audit(tx, tools, noteOf(caller, 'mailbox.deleted', id, { name, host }))
  })
  await tools.onMailboxChanged()
}

async function lockMailbox(tx: Tx, tenantId: string, id: string): Promise<Mailbox> {
  await tx.$queryRaw(lockMailboxRow(tenantId, id))
  const mailbox = await tx.mailbox.findFirst({ where: { id, tenantId } })
  if (!mailbox) throw mailboxNotFound()
  return mailbox
}

async function needOwnShops(tx: Tx, tenantId: string, shopIds: readonly string[]): Promise<void> {
  if (shopIds.length === 0) return
  const own = await tx.shop.findMany({ where: { tenantId, id: { in: [...shopIds] } }, select: { id: true } })
  const known = new Set(own.map((shop) => shop.id))
  const fields = shopIds.flatMap((id, index) =>
    known.has(id)
      ? []
      : [
          {
            field: `shopIds[${index}]`,
            message: '店舗が見つかりません。店舗の一覧で ID を確認してください。',
            code: 'not_found',
          },
        ],
  )
  if (fields.length > 0) throw invalid(fields)
}

const usualPort = (security: 'tls' | 'starttls' | 'plain') => (security === 'tls' ? 993 : 143)

export const inboundSecretContext = (id: string) => `mailbox:${id}:inbound-secret`

/**
 * Replaces an inbound mailbox's signing secret, shown this once. Refuses the old one from now on.
 * @throws AppError NOT_FOUND, CONFLICT for a mailbox that is read at a mail server
 */
export async function rotateInboundSecret(tools: MailboxTools, caller: Caller, id: string): Promise<string> {
  const secret = signingSecret(tools.random)
  await tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, dateNow(tools.clock))
    const row = await tx.mailbox.findFirst({
      where: { id, tenantId: caller.tenantId },
      select: { kind: true },
    })
    if (!row) throw mailboxNotFound()
    if (row.kind !== 'inbound') throw notInbound()
    const sealedInboundSecret = tools.sealer.of(caller.tenantId).seal(inboundSecretContext(id), secret)
    await tx.mailbox.update({
      where: { id },
      data: { sealedInboundSecret, updatedAt: dateNow(tools.clock) },
      select: { id: true },
    })
    await audit(tx, tools, noteOf(caller, 'mailbox.secret_rotated', id))
  })
  return secret
}

const notInbound = () =>
  new AppError(
    'CONFLICT',
    'この受信箱はメールサーバーから受信するため、署名鍵を使いません。kind が inbound の受信箱を登録してください。',
  )

// Translates a change of a mailbox into an update of its row.

type Change = z.infer<typeof MailboxChange>

interface ChangeTools {
  clock: Clock
  sealer: Pick<Sealer, 'of'>
}

/** @throws AppError VALIDATION_FAILED when the account moves without a new password */
function mailboxUpdate(tools: ChangeTools, before: Mailbox, change: Change): Prisma.MailboxUpdateInput {
  const moved = movedTo(tools, before, change)
  needProof(moved, before, change)
  return {
    ...authChange(tools, before, change),
    ...plainChange(tools, before, change),
    ...consequences(change, moved, before),
    updatedAt: dateNow(tools.clock),
  }
}

type Moved = ('host' | 'port' | 'security' | 'username')[]

/** Lists the connection fields that really change. */
function movedTo(tools: ChangeTools, before: Mailbox, change: Change): Moved {
  const username = tools.sealer
    .of(before.tenantId)
    .open(usernameContext(before.id), before.sealedUsername)
    .toString('utf8')
  const old = { host: before.host, port: before.port, security: before.security, username }
  return (['host', 'port', 'security', 'username'] as const).filter(
    (field) => change[field] !== undefined && change[field] !== old[field],
  )
}

/** Otherwise an API key's holder could have the stored password, or a token, sent to their own server. */
function needProof(moved: Moved, before: Mailbox, change: Change): void {
  const kind = change.auth?.kind ?? before.authKind
  if (kind !== 'password') {
    if (change.password !== undefined) throw invalid([passwordNotTaken])
    if (moved.length === 0 || change.auth !== undefined) return
    const message = `${wordsOf(moved)}を変えるときは、ログインの方法も入力してください。`
    throw invalid([{ field: 'auth', message, code: 'required' }])
  }
  const turned = change.auth !== undefined && before.authKind !== 'password'
  if ((moved.length === 0 && !turned) || change.password !== undefined) return
  const what = turned ? 'ログインの方法をパスワードに' : `${wordsOf(moved)}を`
  const message = `${what}変えるときは、パスワードも入力してください。`
  throw invalid([{ field: 'password', message, code: 'required' }])
}

const WORDS = { host: 'サーバー', port: 'ポート', security: '暗号化方式', username: 'ユーザー名' }
const wordsOf = (moved: Moved): string => moved.map((field) => WORDS[field]).join('、')

const passwordNotTaken = {
  field: 'password',
  message: 'このログインの方法ではパスワードを使いません。パスワードの項目を取り除いてください。',
  code: 'not_allowed',
}

/** Another way to sign in, or the same anew: what was consented to before does not hold for it. */
function authChange(tools: ChangeTools, before: Mailbox, { auth }: Change): Prisma.MailboxUpdateInput {
  if (auth === undefined) return {}
  const given = toStoredAuth(auth)
  return {
    authKind: auth.kind,
    authVersion: { increment: 1 },
    consentedAt: null,
    consentEndsAt: null,
    secretEndsAt: given?.secretEndsAt ?? null,
    sealedAuth:
      given === null ? null : tools.sealer.of(before.tenantId).sealJson(authContext(before.id), given.stored),
    ...(given === null ? {} : { sealedPassword: null, passwordSetAt: null }),
  }
}

function plainChange(
  tools: ChangeTools,
  { id, tenantId }: Mailbox,
  change: Change,
): Prisma.MailboxUpdateInput {
  const { username, password, shopIds, auth: _auth, ...plain } = change
  const data: Prisma.MailboxUpdateInput = given(plain)
  if (username !== undefined)
    data.sealedUsername = tools.sealer.of(tenantId).seal(usernameContext(id), username)
  if (password !== undefined) {
    data.sealedPassword = tools.sealer.of(tenantId).seal(passwordContext(id), password)
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

/** Another account or folder has other UIDs; another login gets a fresh try. A rename disturbs nothing. */
function consequences(change: Change, moved: Moved, before: Mailbox): Prisma.MailboxUpdateInput {
  const folderMoved = change.folder !== undefined && change.folder !== before.folder
  const enabledTurned = change.enabled !== undefined && change.enabled !== before.enabled
  const proof = change.password !== undefined || change.auth !== undefined
  const fresh = moved.length > 0 || folderMoved || enabledTurned || proof
  const elsewhere = folderMoved || moved.includes('host') || moved.includes('username')
  const enabled = change.enabled ?? before.enabled
  return {
    ...(fresh || change.shopIds !== undefined || change.authservId !== undefined
      ? { settingsVersion: { increment: 1 } }
      : {}),
    ...(fresh ? { ...FRESH_START, state: enabled ? 'waiting' : 'disabled' } : {}),
    ...(elsewhere ? ELSEWHERE : {}),
  }
}

const ELSEWHERE = { uidValidity: null, lastUid: null, readUntil: null, uidsUnstableSince: null }

/** Attention and back-off belong to the login that met them. */
export const FRESH_START = {
  attentionCode: null,
  attentionMessage: null,
  attentionSince: null,
  failures: 0,
  nextAttemptAt: null,
} as const

/** Summarises a change for the audit. Login fields appear by name only. */
function auditData(change: Change): AuditNote['data'] {
  const { username: _username, password: _password, auth, ...plain } = change
  return { ...given({ ...plain, auth: auth?.kind }), changed: Object.keys(change) }
}
