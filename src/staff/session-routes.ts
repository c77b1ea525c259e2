import { z } from 'zod'
import { clientGone } from '../http/answers.ts'
import type { App, Routes } from '../http/app-types.ts'
import { type OpenSession, sessionSecret } from '../http/auth.ts'
import { CutLater, Id, IdParams, iso, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import { Email, emailOf } from './accounts.ts'
import { secondFactorRoutes } from './second-factor-routes.ts'
import { hashToken, PASSWORD_LENGTH, passwordFaults } from './secrets.ts'
import {
  BY_HAND,
  type CurrentSession,
  clearSession,
  createCurrentSession,
  fromOf,
  needSignedIn,
  noteOwn,
  Password,
  SessionAnswer,
  sessionAnswer,
  setSession,
} from './session-cookie.ts'
import { endSessions, stillOpen } from './sessions.ts'
import { checkOwnPassword, type SignInTools, sealedPassword, signIn } from './sign-in.ts'

const tags = ['staff']

/** Full paths: they are asked before anybody is signed in. */
export const sessionRoutes =
  (tools: SignInTools & { openSession: OpenSession }): Routes =>
  (app) => {
    const current = createCurrentSession(tools, tools.openSession)
    signInRoutes(app, tools, current)
    secondFactorRoutes(app, tools, current)
    ownRoutes(app, tools, current)
  }

function signInRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  app.post(
    '/v1/session',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in by mail address and password (ログイン)',
        description:
          'Sets the cookie `torikomi_session`. `state` says what is still owed. Whether the address or the password was wrong is ' +
          'not told; ten failures in 15 minutes lock the address for 15 minutes, whether it has an account or not.',
        security: [],
        body: z
          .strictObject({ email: Email, password: Password })
          .meta({ examples: [{ email: 'owner@example.jp', password: 'a long pass phrase' }] }),
        response: { 200: SessionAnswer },
      },
    },
    async (request, reply) => {
      const { account, begun } = await signIn(tools, request.body, fromOf(request), clientGone(reply))
      const before = sessionSecret(request)
      if (before !== null) await tools.db.staffSession.deleteMany({ where: { hash: hashToken(before) } })
      setSession(tools, request, reply, begun)
      return sessionAnswer(tools, account, begun)
    },
  )

  app.get(
    '/v1/session',
    {
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Who is signed in (ログイン状態)',
        description: 'The person, and the token that changes by cookie need.',
        security: [{ session: [] }],
        response: { 200: SessionAnswer },
      },
    },
    async (request, reply) => {
      const { account, begun } = await current(request)
      reply.header('cache-control', 'no-store')
      return sessionAnswer(tools, account, begun)
    },
  )

  app.delete(
    '/v1/session',
    {
      schema: {
        tags,
        operationId: 'signOut',
        summary: 'Sign out (ログアウト)',
        description: 'This session only.',
        security: [{ session: [] }],
        response: { 204: z.undefined().describe('Signed out (ログアウト済)') },
      },
    },
    async (request, reply) => {
      const { begun } = await current(request)
      await tools.db.staffSession.deleteMany({ where: { id: begun.session.id } })
      clearSession(request, reply)
      return reply.code(204).send()
    },
  )
}

const SessionRow = z
  .object({
    id: Id,
    current: z.boolean().describe('This one (このログイン)'),
    userAgent: z.string().describe('ブラウザー'),
    network: z.string().describe('Where from, without the last part of the address (接続元)'),
    createdAt: Time.describe('ログイン日時'),
    seenAt: Time.describe('To the minute (最終利用日時)'),
    expiresAt: Time.describe('有効期限'),
  })
  .describe('One of one’s own sessions (ログイン)')

function ownRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  app.get(
    '/v1/sessions',
    {
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'Where one is signed in (ログイン中の端末)',
        description: 'Newest first; the present one is marked.',
        security: [{ session: [] }],
        response: { 200: z.object({ sessions: z.array(SessionRow), nextCursor: CutLater }) },
      },
    },
    async (request) => {
      const now = await current(request)
      needSignedIn(now)
      const rows = await tools.db.staffSession.findMany({
        where: { accountId: now.account.id, ...stillOpen(now.account, tools.clock.now()) },
        orderBy: { seenAt: 'desc' },
        take: 100,
      })
      const sessions = rows.map((row) => ({
        id: row.id,
        current: row.id === now.begun.session.id,
        userAgent: row.userAgent,
        network: row.network,
        createdAt: iso(row.createdAt),
        seenAt: iso(row.seenAt),
        expiresAt: iso(row.expiresAt),
      }))
      return { sessions, nextCursor: null }
    },
  )

  app.delete(
    '/v1/sessions/:id',
    {
      schema: {
        tags,
        operationId: 'endSession',
        summary: 'End one of one’s sessions (ログインの取消)',
        description: 'It ends at once, and its event streams within two seconds.',
        security: [{ session: [] }],
        params: IdParams,
        response: { 204: z.undefined().describe('Ended (取消済)') },
      },
    },
    async (request, reply) => {
      const now = await current(request)
      needSignedIn(now)
      const ended = await tools.db.staffSession.deleteMany({
        where: { id: request.params.id, accountId: now.account.id },
      })
      if (ended.count === 0)
        throw new AppError('NOT_FOUND', 'ログインが見つかりません。すでに終了しています。')
      await noteOwn(tools, now, request.ip, 'session.ended')
      return reply.code(204).send()
    },
  )

  app.post(
    '/v1/session/password',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'changePassword',
        summary: 'Change one’s password (パスワードの変更)',
        description: `${PASSWORD_LENGTH.least} characters at least. Ends all other sessions.`,
        security: [{ session: [] }],
        body: z
          .strictObject({ currentPassword: Password, newPassword: Password })
          .meta({ examples: [{ currentPassword: 'the one so far', newPassword: 'a longer pass phrase' }] }),
        response: { 204: z.undefined().describe('Changed (変更済)') },
      },
    },
    async (request, reply) => {
      const now = await current(request)
      needSignedIn(now)
      const { account } = now
      const { currentPassword, newPassword } = request.body
      await checkOwnPassword(tools, account, currentPassword)
      const faults = passwordFaults(newPassword, emailOf(tools.sealer, account) ?? '', 'newPassword')
      if (faults.length > 0) throw invalid(faults)
      const data = await sealedPassword(tools, account, newPassword)
      await tools.db.staffAccount.update({ where: { id: account.id }, data })
      await endSessions(tools, account.id, now.begun.session.id)
      await noteOwn(tools, now, request.ip, 'staff.password_changed')
      return reply.code(204).send()
    },
  )
}
