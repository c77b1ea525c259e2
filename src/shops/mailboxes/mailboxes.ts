import type { z } from 'zod'
import type { Mailbox } from '../../generated/prisma/client.ts'
import { checkHost, invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { AddressRules } from '../../platform/http/address-guard.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Random } from '../../platform/random.ts'
import { MOST_PER_TENANT, needRoom, type PerTenant } from '../room-for.ts'
import { lockMailboxRow } from '../sql.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import {
  auditData,
  mailboxUpdate,
  passwordContext,
  passwordNotTaken,
  usernameContext,
} from './mailbox-change.ts'
import type { MailboxChange, MailboxRow, NewMailbox } from './mailbox-schemas.ts'
import { authContext } from './oauth/access.ts'
import { PROVIDERS } from './oauth/providers.ts'
import { toStoredAuth } from './oauth/schemas.ts'

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
    await needRoom(tx, caller.tenantId, 'mailbox', (tools.perTenant ?? MOST_PER_TENANT).mailboxes)
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
    // A lease and a cursor of our own: mails are numbered as they are taken in (src/mail/inbound/take.ts).
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
