import type { z } from 'zod'
import type { Mailbox, Prisma } from '../../generated/prisma/client.ts'
import { invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { AuditNote } from '../tenants/audit.ts'
import type { MailboxChange } from './mailbox-schemas.ts'
import { authContext } from './oauth/access.ts'
import { toStoredAuth } from './oauth/schemas.ts'

/** Translates a change of a mailbox into an update of its row. */

export const usernameContext = (id: string) => `mailbox:${id}:username`
export const passwordContext = (id: string) => `mailbox:${id}:password`

type Change = z.infer<typeof MailboxChange>

interface ChangeTools {
  clock: Clock
  sealer: Pick<Sealer, 'of'>
}

/** @throws AppError VALIDATION_FAILED when the account moves without a new password */
export function mailboxUpdate(
  tools: ChangeTools,
  before: Mailbox,
  change: Change,
): Prisma.MailboxUpdateInput {
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

export const passwordNotTaken = {
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
  const data: Prisma.MailboxUpdateInput = Object.fromEntries(
    Object.entries(plain).filter(([, value]) => value !== undefined),
  )
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

/** Summarises a change for the audit. Login fields appear by name only. */
export function auditData(change: Change): AuditNote['data'] {
  const { username: _username, password: _password, auth, ...plain } = change
  const shown = Object.entries(plain).filter(([, value]) => value !== undefined)
  return {
    ...(Object.fromEntries(shown) as AuditNote['data']),
    ...(auth === undefined ? {} : { auth: auth.kind }),
    changed: Object.keys(change),
  }
}
