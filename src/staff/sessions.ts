import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { StaffAccount, StaffSession } from '../generated/prisma/client.ts'
import {
  type BrowserSession,
  checkCsrf,
  cookieName,
  csrfTokenOf,
  isSecure,
  type OpenSession,
  SESSION_COOKIE,
  type SessionState,
  sessionSecret,
} from '../http/auth.ts'
import { Id } from '../http/schemas.ts'
import type { DbOrTx, Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { networkOf } from '../platform/network.ts'
import { type AuditNote, audit, noteOf } from '../shops/tenants/audit.ts'
import { lockAccount } from '../shops/tenants/statements.ts'
import { movedTo } from '../shops/tenants/tenants.ts'
import {
  type AccountWithTenant,
  actorOf,
  authOf,
  boundProvider,
  emailOf,
  hasSecondFactor,
  nameOf,
  PersonName,
  RoleSchema,
  type StaffTools,
  WITH_TENANT,
} from './accounts.ts'
import { DEVICE_SECONDS, newDevice } from './locks.ts'
import { hashToken, newToken, PASSWORD_LENGTH } from './secrets.ts'

/**
 * Sessions are rows of our own: @fastify/session hands its store the id in the clear, saves with every
 * request, and its rows could not be listed, counted or ended by person.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Lifetimes of sessions, in all and without a request. Operators, who see every tenant, sign in each day. */
const LIVES = {
  client: { wholeMs: 7 * 24 * HOUR_MS, idleMs: 12 * HOUR_MS },
  operator: { wholeMs: 12 * HOUR_MS, idleMs: HOUR_MS },
} as const
/** To type a code, or to set up the phone. */
const UNFINISHED_MS = 15 * MINUTE_MS

export interface From {
  address: string
  userAgent: string
  /** The cookie of a browser that has been signed in before. */
  device: string | null
}

export interface Begun {
  /** For the cookie, and nowhere else. */
  secret: string
  session: StaffSession
}

type Holder = Pick<StaffAccount, 'id' | 'tenantId'>

const livesOf = (account: Holder) => LIVES[account.tenantId === null ? 'operator' : 'client']

/** A new session of a person who has shown a password, a link or an identity. Called behind `openDoor`. */
export async function beginSession(
  { clock, newId, random }: StaffTools,
  tx: Tx,
  account: Holder,
  stage: SessionState,
  from: From,
): Promise<Begun> {
  const { token, hash } = newToken(random)
  const now = clock.now()
  const session = await tx.staffSession.create({
    data: {
      id: newId(),
      accountId: account.id,
      hash,
      stage,
      network: networkOf(from.address),
      userAgent: shortAgent(from.userAgent),
      createdAt: new Date(now),
      seenAt: new Date(now),
      expiresAt: new Date(now + (stage === 'signed_in' ? livesOf(account).wholeMs : UNFINISHED_MS)),
      knowsPasskeys: true,
    },
  })
  return { secret: token, session }
}

/** Gives the session a new secret after the second proof, which prevents session fixation. */
export async function raiseSession(
  { clock, random }: StaffTools,
  tx: Tx,
  account: Holder,
  sessionId: string,
): Promise<Begun> {
  const { token, hash } = newToken(random)
  const session = await tx.staffSession.update({
    where: { id: sessionId },
    data: { hash, stage: 'signed_in', expiresAt: new Date(clock.now() + livesOf(account).wholeMs) },
  })
  return { secret: token, session }
}

const noSession = () =>
  new AppError(
    'UNAUTHENTICATED',
    'ログインしていないか、ログインの有効期限が切れています。ログインしてください。',
  )

/** Read with every request of a browser; not remembered, so that an ended session ends at once. */
export const createOpenSession =
  ({ db, clock, log }: Pick<StaffTools, 'db' | 'clock' | 'log'>): OpenSession =>
  async (secret): Promise<BrowserSession> => {
    const row = await db.staffSession.findUnique({
      where: { hash: hashToken(secret) },
      include: {
        account: {
          select: {
            id: true,
            tenantId: true,
            role: true,
            state: true,
            tenant: { select: { id: true, status: true } },
          },
        },
      },
    })
    const now = clock.now()
    if (!row || row.expiresAt.getTime() <= now) throw noSession()
    const { account } = row
    if (account.state !== 'active') throw noSession()
    if (row.stage === 'signed_in' && now - row.seenAt.getTime() > livesOf(account).idleMs) throw noSession()
    await checkTenant(db, account.tenant)
    if (now - row.seenAt.getTime() >= MINUTE_MS)
      // updateMany: the session may have been ended meanwhile.
      await db.staffSession
        .updateMany({ where: { id: row.id }, data: { seenAt: new Date(now) } })
        .catch((err: unknown) => log.warn({ err }, 'the use of a session was not noted'))
    return { id: row.id, accountId: account.id, state: row.stage, auth: authOf(account, row.id) }
  }

/** Those that still open, as `createOpenSession` sees it. */
export const stillOpen = (account: Holder, now: number) => ({
  stage: 'signed_in' as const,
  expiresAt: { gt: new Date(now) },
  seenAt: { gte: new Date(now - livesOf(account).idleMs) },
})

/** Counts the browsers in which each of these people, all of one tenant, is signed in now. */
export async function countSessions(
  { db, clock }: Pick<StaffTools, 'db' | 'clock'>,
  accounts: readonly Holder[],
): Promise<ReadonlyMap<string, number>> {
  const [first] = accounts
  if (!first) return new Map()
  const counts = await db.staffSession.groupBy({
    by: ['accountId'],
    where: { accountId: { in: accounts.map(({ id }) => id) }, ...stillOpen(first, clock.now()) },
    _count: true,
  })
  return new Map(counts.map((one) => [one.accountId, one._count]))
}

/** Null: one of the operator's people. A browser is led on by nobody but its person: no redirect. */
export async function checkTenant(
  db: DbOrTx,
  tenant: { id: string; status: 'applied' | 'active' | 'suspended' } | null,
): Promise<void> {
  const away = tenant?.status === 'suspended' ? await movedTo(db, tenant.id) : null
  if (away !== null)
    throw new AppError(
      'TENANT_SUSPENDED',
      `ご契約のデータは ${away} へ移転しました。そちらで、同じメールアドレスとパスワードでログインしてください。`,
      { details: { movedTo: away } },
    )
  if (tenant?.status === 'suspended')
    throw new AppError(
      'TENANT_SUSPENDED',
      'ご契約は現在停止中です。再開については運営者へお問い合わせください。',
    )
  if (tenant?.status === 'applied')
    throw new AppError(
      'TENANT_NOT_ACTIVE',
      'お申し込みは受付済みです。運営者が利用を開始するまでお待ちください。',
    )
}

/**
 * Ends one session, under the lock of its account: what it is giving meanwhile is given under that lock too,
 * so that nothing is given behind its end.
 */
export async function endSession(
  tx: Tx,
  { accountId, id }: { accountId: string; id: string },
): Promise<boolean> {
  await tx.$executeRaw(lockAccount(accountId))
  return (await tx.staffSession.deleteMany({ where: { id, accountId } })).count > 0
}

/** Ends all of a person's sessions, but perhaps the one that asks for it. Called under the account's lock. */
export async function endSessions(tx: Tx, accountId: string, butNot?: string): Promise<void> {
  await tx.staffSession.deleteMany({
    where: { accountId, ...(butNot === undefined ? {} : { id: { not: butNot } }) },
  })
}

/** Ends the mailed links to set a password. The rows stay, since a day's mails are counted by them. */
export async function endResetLinks(
  tx: Tx,
  { clock }: Pick<StaffTools, 'clock'>,
  accountId: string,
): Promise<number> {
  const where = { accountId, usedAt: null }
  return (await tx.passwordReset.updateMany({ where, data: { usedAt: new Date(clock.now()) } })).count
}

type Known = readonly (readonly [name: string, looks: RegExp])[]

/** The first that fits: Edge names Chrome and Safari as well, an Android phone Linux. */
const BROWSERS: Known = [
  ['Edge', /\bEdg(A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|\bCriOS)\//],
  ['Safari', /\bSafari\//],
]
const SYSTEMS: Known = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
]

/** `Chrome / Windows`: what a person knows their machine by. */
export function shortAgent(userAgent: string): string {
  const text = userAgent.slice(0, 500)
  const names = [BROWSERS, SYSTEMS].flatMap((known) => known.find(([, looks]) => looks.test(text))?.[0] ?? [])
  return names.join(' / ') || '不明なブラウザー'
}

// Sessions as browsers see them, and the cookies that hold them.

const Account = z
  .object({
    id: Id,
    name: PersonName,
    email: z.string().describe('メールアドレス'),
    role: RoleSchema,
    tenantId: Id.nullable().describe('Null for the operator’s people (契約店)'),
    tenantName: z.string().nullable().describe('契約店名'),
    secondFactor: z.boolean().describe('Whether a second factor is set up (二段階認証)'),
    identityProvider: z
      .string()
      .nullable()
      .describe('Host of the provider whose identity is bound; null: none (シングルサインオン)'),
  })
  .meta({ id: 'SignedInAccount', description: 'Who is signed in (ログイン中の担当者)' })

export const SessionAnswer = z
  .object({
    state: z
      .enum(['signed_in', 'second_factor_required', 'second_factor_setup_required'])
      .describe('How far the sign-in has come (ログインの段階)'),
    csrfToken: z
      .string()
      .describe(
        'To be sent as `x-csrf-token` with every change by cookie; new with each step (変更時に付けるトークン)',
      ),
    account: Account.nullable().describe('Null until the sign-in is complete (担当者)'),
    mayShowPersonalData: z
      .boolean()
      .describe('Whether orders’ personal data may be shown (個人情報の表示可否)'),
    factors: z
      .array(z.enum(['authenticator_app', 'passkey']))
      .describe('Second factors that are set up; since 1.2.0 (設定済みの二段階認証)'),
  })
  .meta({ id: 'Session', description: 'The browser’s session (ログイン状態)' })

export function sessionAnswer(
  { sealer }: Pick<StaffTools, 'sealer'>,
  account: AccountWithTenant,
  { secret, session: { stage: state } }: Begun,
): z.infer<typeof SessionAnswer> {
  const { id, role, tenantId, tenant } = account
  return {
    state,
    csrfToken: csrfTokenOf(secret),
    account:
      state === 'signed_in'
        ? {
            id,
            role,
            tenantId,
            name: nameOf(sealer, account),
            email: emailOf(sealer, account) ?? '',
            tenantName: tenant?.name ?? null,
            secondFactor: hasSecondFactor(account),
            identityProvider: boundProvider({ sealer }, account),
          }
        : null,
    mayShowPersonalData: state === 'signed_in' && role !== 'operator_without_personal_data',
    factors: [
      ...(account.sealedTotp === null ? [] : ['authenticator_app' as const]),
      ...(account._count.passkeys === 0 ? [] : ['passkey' as const]),
    ],
  }
}

const DEVICE_COOKIE = 'torikomi_device'

export const fromOf = (request: FastifyRequest): From => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
  device: request.cookies[cookieName(request, DEVICE_COOKIE)] ?? null,
})

export function setSession(
  tools: Pick<StaffTools, 'sealer' | 'random' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { secret, session }: Begun,
): void {
  const kept = { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure(request) } as const
  reply.header('cache-control', 'no-store')
  reply.setCookie(cookieName(request, SESSION_COOKIE), secret, { ...kept, expires: session.expiresAt })
  if (session.stage !== 'signed_in') return
  const device = newDevice(tools, session.accountId)
  reply.setCookie(cookieName(request, DEVICE_COOKIE), device, { ...kept, maxAge: DEVICE_SECONDS })
}

export const clearSession = (request: FastifyRequest, reply: FastifyReply): void =>
  void reply.clearCookie(cookieName(request, SESSION_COOKIE), { path: '/', secure: isSecure(request) })

export interface Current {
  account: AccountWithTenant
  begun: Begun
}

export type CurrentSession = (request: FastifyRequest) => Promise<Current>

/**
 * The session of a route that takes unfinished ones, too. @throws AppError UNAUTHENTICATED, CSRF_TOKEN_WRONG
 */
export const createCurrentSession =
  ({ db }: StaffTools, open: OpenSession): CurrentSession =>
  async (request) => {
    const secret = sessionSecret(request)
    if (secret === null) throw noSession()
    const { id, accountId, auth, state } = await open(secret)
    checkCsrf(request, secret)
    if (state === 'signed_in') request.auth = auth
    const [account, session] = await Promise.all([
      db.staffAccount.findUnique({ where: { id: accountId }, include: WITH_TENANT }),
      db.staffSession.findUnique({ where: { id } }),
    ])
    if (!account || !session) throw noSession()
    return { account, begun: { secret, session } }
  }

/** @throws AppError SECOND_FACTOR_REQUIRED while the sign-in is not complete */
export function needSignedIn({ begun }: Current): void {
  const { stage: state } = begun.session
  if (state !== 'signed_in')
    throw new AppError('SECOND_FACTOR_REQUIRED', '先にログインを完了してください。', { details: { state } })
}

/** Limit for a person at a keyboard; the locks count besides, for all processes. */
export const BY_HAND = { rateLimit: { max: 60, timeWindow: 60_000 } }

export const Password = z.string().min(1).max(PASSWORD_LENGTH.most).describe('パスワード')

/** Audits what a signed-in person did to their own account. */
export const noteOwn = (
  tx: DbOrTx,
  tools: StaffTools,
  { account }: Current,
  source: string,
  action: AuditNote['action'],
) => audit(tx, tools, noteOf(actorOf(account, source), action, account.id))

/** Values that `openDoor` compares of a request by a session. */
export const seenIn = ({ account, begun }: Current) => ({ account, session: begun.session })
