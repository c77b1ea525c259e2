import type { StaffAccount, StaffSession } from '../generated/prisma/client.ts'
import type { BrowserSession, OpenSession, SessionState } from '../http/auth.ts'
import { AppError } from '../platform/errors.ts'
import { networkOf } from '../platform/network.ts'
import { authOf, type StaffTools } from './accounts.ts'
import { hashToken, newToken } from './secrets.ts'

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

/** A new session of a person who has shown a password, a link or an identity. */
export async function beginSession(
  { db, clock, newId, random }: StaffTools,
  account: Holder,
  stage: SessionState,
  from: From,
): Promise<Begun> {
  const { token, hash } = newToken(random)
  const now = clock.now()
  const session = await db.staffSession.create({
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
    },
  })
  return { secret: token, session }
}

/** The same session with a new secret after the second proof: a planted one is worth nothing then. */
export async function raiseSession(
  { db, clock, random }: StaffTools,
  account: Holder,
  sessionId: string,
): Promise<Begun> {
  const { token, hash } = newToken(random)
  const session = await db.staffSession.update({
    where: { id: sessionId },
    data: { hash, stage: 'signed_in', expiresAt: new Date(clock.now() + livesOf(account).wholeMs) },
  })
  return { secret: token, session }
}

export const noSession = () =>
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
          select: { id: true, tenantId: true, role: true, state: true, tenant: { select: { status: true } } },
        },
      },
    })
    const now = clock.now()
    if (!row || row.expiresAt.getTime() <= now) throw noSession()
    const { account } = row
    if (account.state !== 'active') throw noSession()
    if (row.stage === 'signed_in' && now - row.seenAt.getTime() > livesOf(account).idleMs) throw noSession()
    checkTenant(account.tenant)
    if (now - row.seenAt.getTime() >= MINUTE_MS)
      // updateMany: the session may have been ended meanwhile.
      await db.staffSession
        .updateMany({ where: { id: row.id }, data: { seenAt: new Date(now) } })
        .catch((err: unknown) => log.warn({ err }, 'the use of a session was not noted'))
    return { id: row.id, accountId: account.id, state: row.stage, auth: authOf(account) }
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

/** Null: one of the operator's people. */
export function checkTenant(tenant: { status: 'applied' | 'active' | 'suspended' } | null): void {
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

/** Ends all of a person's sessions, but perhaps the one that asks for it. */
export async function endSessions(
  { db }: Pick<StaffTools, 'db'>,
  accountId: string,
  butNot?: string,
): Promise<number> {
  const ended = await db.staffSession.deleteMany({
    where: { accountId, ...(butNot === undefined ? {} : { id: { not: butNot } }) },
  })
  return ended.count
}

/** Deletes expired sessions; run now and then. */
export async function deleteOldSessions({ db, clock }: Pick<StaffTools, 'db' | 'clock'>): Promise<void> {
  await db.staffSession.deleteMany({ where: { expiresAt: { lt: new Date(clock.now()) } } })
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
