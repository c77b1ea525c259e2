import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  checkCsrf,
  cookieName,
  csrfTokenOf,
  isSecure,
  type OpenSession,
  SESSION_COOKIE,
  sessionSecret,
} from '../http/auth.ts'
import { Id } from '../http/schemas.ts'
import { AppError } from '../platform/errors.ts'
import { type AuditNote, audit, noteOf } from '../shops/tenants/audit.ts'
import {
  actorOf,
  boundProvider,
  emailOf,
  nameOf,
  PersonName,
  RoleSchema,
  type StaffTools,
} from './accounts.ts'
import { DEVICE_SECONDS, newDevice } from './locks.ts'
import { PASSWORD_LENGTH } from './secrets.ts'
import { type Begun, type From, noSession } from './sessions.ts'
import { type AccountWithTenant, WITH_TENANT } from './sign-in.ts'

/** Sessions as browsers see them, and the cookies that hold them. */

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
            secondFactor: account.sealedTotp !== null,
            identityProvider: boundProvider({ sealer }, account),
          }
        : null,
    mayShowPersonalData: state === 'signed_in' && role !== 'operator_without_personal_data',
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

/** Of a person at a keyboard; the locks count besides, for all processes. */
export const BY_HAND = { rateLimit: { max: 60, timeWindow: 60_000 } }

export const Password = z.string().min(1).max(PASSWORD_LENGTH.most).describe('パスワード')

/** Audits what a signed-in person did to their own account. */
export const noteOwn = (
  tools: StaffTools,
  { account }: Current,
  source: string,
  action: AuditNote['action'],
) => audit(tools.db, tools, noteOf(actorOf(account, source), action, account.id))
