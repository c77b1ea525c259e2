import { z } from 'zod'
import { clientGone } from '../http/answers.ts'
import type { App, Routes } from '../http/app-types.ts'
import { type OpenSession, sessionSecret } from '../http/auth.ts'
import { CutLater, Id, IdParams, iso, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import { Email, emailOf } from './accounts.ts'
import { beginSetup, checkSecondFactor, confirmSetup, renewRecoveryCodes, TotpCode } from './second-factor.ts'
import { hashToken, PASSWORD_LENGTH, passwordFaults } from './secrets.ts'
import {
  BY_HAND,
  type CurrentSession,
  clearSession,
  createCurrentSession,
  endSessions,
  fromOf,
  needSignedIn,
  noteOwn,
  Password,
  raiseSession,
  SessionAnswer,
  sessionAnswer,
  setSession,
  stillOpen,
} from './sessions.ts'
import { checkOwnPassword, noteSignedIn, type SignInTools, sealedPassword, signIn } from './sign-in.ts'

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

const RecoveryCodes = z
  .array(z.string())
  .describe('Shown this once: each signs in once without the phone (リカバリーコード)')

function secondFactorRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  app.post(
    '/v1/session/second-factor',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'showSecondFactor',
        summary: 'Complete the sign-in (二段階認証)',
        description: 'No code opens twice. Five failures lock it for 15 minutes.',
        security: [{ session: [] }],
        body: z
          .union([
            z.strictObject({ code: TotpCode }),
            z.strictObject({ recoveryCode: z.string().min(10).max(20).describe('リカバリーコード') }),
          ])
          .meta({ examples: [{ code: '123456' }] }),
        response: { 200: SessionAnswer },
      },
    },
    async (request, reply) => {
      const { account, begun } = await current(request)
      if (begun.session.stage !== 'second_factor_required') throw notNow()
      await checkSecondFactor(tools, account, request.body)
      const raised = await raiseSession(tools, account, begun.session.id)
      await noteSignedIn(tools, account, fromOf(request))
      setSession(tools, request, reply, raised)
      return sessionAnswer(tools, account, raised)
    },
  )

  app.post(
    '/v1/session/second-factor/setup',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'beginSecondFactorSetup',
        summary: 'Begin to set up a second factor (二段階認証の設定開始)',
        description:
          'Show `otpauthUrl` as a QR code; the factor counts once a code of it was confirmed. Whoever has one already shows a code of it.',
        security: [{ session: [] }],
        body: z
          .strictObject({ code: TotpCode.optional() })
          .meta({ examples: [{}] })
          .optional(),
        response: {
          200: z.object({
            secret: z.string().describe('To be typed where no camera is (キー)'),
            otpauthUrl: z.string().describe('For the QR code (QRコードの内容)'),
          }),
        },
      },
    },
    async (request, reply) => {
      const now = await current(request)
      const { account, begun } = now
      // A session that owes the second factor must not replace it by another.
      if (begun.session.stage === 'second_factor_required') needSignedIn(now)
      if (account.sealedTotp !== null) {
        const code = request.body?.code
        if (code === undefined)
          throw invalid([
            { field: 'code', message: '現在の認証アプリの確認コードを入力してください。', code: 'required' },
          ])
        await checkSecondFactor(tools, account, { code })
      }
      reply.header('cache-control', 'no-store')
      return beginSetup(tools, account, {
        email: emailOf(tools.sealer, account) ?? '',
        sessionId: begun.session.id,
      })
    },
  )

  app.post(
    '/v1/session/second-factor/confirm',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'confirmSecondFactor',
        summary: 'The set-up factor counts from now on (二段階認証の設定完了)',
        description: 'The recovery codes are in this answer alone.',
        security: [{ session: [] }],
        body: z.strictObject({ code: TotpCode }).meta({ examples: [{ code: '123456' }] }),
        response: { 200: SessionAnswer.extend({ recoveryCodes: RecoveryCodes }) },
      },
    },
    async (request, reply) => {
      const now = await current(request)
      if (now.begun.session.stage === 'second_factor_required') needSignedIn(now)
      const recoveryCodes = await confirmSetup(tools, now.account, {
        code: request.body.code,
        sessionId: now.begun.session.id,
      })
      await noteOwn(tools, now, request.ip, 'staff.second_factor_set')
      await endSessions(tools, now.account.id, now.begun.session.id)
      const raised = await raiseSession(tools, now.account, now.begun.session.id)
      await noteSignedIn(tools, now.account, fromOf(request))
      setSession(tools, request, reply, raised)
      const account = { ...now.account, sealedTotp: new Uint8Array() }
      return { ...sessionAnswer(tools, account, raised), recoveryCodes }
    },
  )

  app.post(
    '/v1/session/recovery-codes',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: 'renewRecoveryCodes',
        summary: 'New recovery codes (リカバリーコードの再発行)',
        description: 'The ones before stop working.',
        security: [{ session: [] }],
        body: z.strictObject({ code: TotpCode }).meta({ examples: [{ code: '123456' }] }),
        response: { 200: z.object({ recoveryCodes: RecoveryCodes }) },
      },
    },
    async (request, reply) => {
      const now = await current(request)
      needSignedIn(now)
      await checkSecondFactor(tools, now.account, request.body)
      const recoveryCodes = await renewRecoveryCodes(tools, now.account.id)
      await noteOwn(tools, now, request.ip, 'staff.recovery_codes_made')
      reply.header('cache-control', 'no-store')
      return { recoveryCodes }
    },
  )
}

const notNow = () =>
  new AppError('CONFLICT', 'このログインでは二段階認証の確認は必要ありません。画面を読み込み直してください。')
