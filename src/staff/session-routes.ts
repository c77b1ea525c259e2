import { z } from 'zod'
import { anyone, session } from '../http/access.ts'
import { clientGone } from '../http/answers.ts'
import type { App, Routes } from '../http/app-types.ts'
import { type OpenSession, sessionSecret } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { CutLater, Id, IdParams, iso, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { Email, emailOf } from './accounts.ts'
import { openDoor } from './doors.ts'
import {
  beginSetup,
  confirmSetup,
  openBySecondFactor,
  RecoveryCodes,
  renewRecoveryCodes,
  TotpCode,
} from './second-factor.ts'
import { hashToken, PASSWORD_LENGTH, passwordFaults } from './secrets.ts'
import {
  BY_HAND,
  type CurrentSession,
  clearSession,
  createCurrentSession,
  endResetLinks,
  endSession,
  endSessions,
  fromOf,
  needSignedIn,
  noteOwn,
  Password,
  raiseSession,
  SessionAnswer,
  seenIn,
  sessionAnswer,
  setSession,
  stillOpen,
} from './sessions.ts'
import { checkOwnPassword, noteSignedIn, type SignInTools, sealedPassword, signIn } from './sign-in.ts'

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
  operation(app, {
    id: 'signIn',
    at: 'POST /v1/session',
    since: '1.0.0',
    tag: 'staff',
    who: anyone('password'),
    cost: 'light',
    audit: ['session.begun', 'session.refused'],
    limit: BY_HAND,
    summary: 'Sign in by mail address and password (ログイン)',
    description:
      'Sets the cookie `torikomi_session`. `state` says what is still owed. Whether the address or the password was wrong is ' +
      'not told; ten failures in 15 minutes lock the address for 15 minutes, whether it has an account or not.',
    body: json(
      z
        .strictObject({ email: Email, password: Password })
        .meta({ examples: [{ email: 'owner@example.jp', password: 'a long pass phrase' }] }),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const { account, begun } = await signIn(tools, request.body, fromOf(request), clientGone(reply))
      const before = sessionSecret(request)
      if (before !== null) await tools.db.staffSession.deleteMany({ where: { hash: hashToken(before) } })
      setSession(tools, request, reply, begun)
      return sessionAnswer(tools, account, begun)
    },
  })

  operation(app, {
    id: 'getSession',
    at: 'GET /v1/session',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    summary: 'Who is signed in (ログイン状態)',
    description: 'The person, and the token that changes by cookie need.',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const { account, begun } = await current(request)
      reply.header('cache-control', 'no-store')
      return sessionAnswer(tools, account, begun)
    },
  })

  operation(app, {
    id: 'signOut',
    at: 'DELETE /v1/session',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    summary: 'Sign out (ログアウト)',
    description: 'This session only.',
    answers: { 204: z.undefined().describe('Signed out (ログアウト済)') },
    run: async (request, reply) => {
      const { begun } = await current(request)
      await tools.db.$transaction((tx) => endSession(tx, begun.session))
      clearSession(request, reply)
    },
  })
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
  operation(app, {
    id: 'listSessions',
    at: 'GET /v1/sessions',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    summary: 'Where one is signed in (ログイン中の端末)',
    description: 'Newest first; the present one is marked.',
    answers: { 200: z.object({ sessions: z.array(SessionRow), nextCursor: CutLater }) },
    run: async (request) => {
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
  })

  operation(app, {
    id: 'endSession',
    at: 'DELETE /v1/sessions/:id',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['session.ended'],
    summary: 'End one of one’s sessions (ログインの取消)',
    description: 'It ends at once, and its event streams within two seconds.',
    params: IdParams,
    answers: { 204: z.undefined().describe('Ended (取消済)') },
    run: async (request) => {
      const now = await current(request)
      needSignedIn(now)
      await tools.db.$transaction(async (tx) => {
        if (!(await endSession(tx, { accountId: now.account.id, id: request.params.id })))
          throw new AppError('NOT_FOUND', 'ログインが見つかりません。すでに終了しています。')
        await noteOwn(tx, tools, now, request.ip, 'session.ended')
      })
    },
  })

  operation(app, {
    id: 'changePassword',
    at: 'POST /v1/session/password',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.password_changed'],
    limit: BY_HAND,
    summary: 'Change one’s password (パスワードの変更)',
    description: `${PASSWORD_LENGTH.least} characters at least. Ends all other sessions.`,
    body: json(
      z
        .strictObject({ currentPassword: Password, newPassword: Password })
        .meta({ examples: [{ currentPassword: 'the one so far', newPassword: 'a longer pass phrase' }] }),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: { 204: z.undefined().describe('Changed (変更済)') },
    run: async (request) => {
      const now = await current(request)
      needSignedIn(now)
      const { account } = now
      const { currentPassword, newPassword } = request.body
      await checkOwnPassword(tools, account, currentPassword)
      const faults = passwordFaults(newPassword, emailOf(tools.sealer, account) ?? '', 'newPassword')
      if (faults.length > 0) throw invalid(faults)
      const data = await sealedPassword(tools, account, newPassword)
      await openDoor(tools, 'password_changed', seenIn(now), async (tx) => {
        await tx.staffAccount.update({ where: { id: account.id }, data })
        await endSessions(tx, account.id, now.begun.session.id)
        // A link that somebody asked for before is as old as the password.
        await endResetLinks(tx, tools, account.id)
        await noteOwn(tx, tools, now, request.ip, 'staff.password_changed')
      })
    },
  })
}

function secondFactorRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  operation(app, {
    id: 'showSecondFactor',
    at: 'POST /v1/session/second-factor',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['session.begun'],
    limit: BY_HAND,
    summary: 'Complete the sign-in (二段階認証)',
    description: 'No code opens twice. Five failures lock it for 15 minutes.',
    body: json(
      z
        .union([
          z.strictObject({ code: TotpCode }),
          z.strictObject({ recoveryCode: z.string().min(10).max(20).describe('リカバリーコード') }),
        ])
        .meta({ examples: [{ code: '123456' }] }),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const now = await current(request)
      const { account, begun } = now
      if (begun.session.stage !== 'second_factor_required') throw notNow()
      const raise = async (tx: Tx) => {
        await noteSignedIn(tools, tx, account, fromOf(request))
        return raiseSession(tools, tx, account, begun.session.id)
      }
      const raised = await openBySecondFactor(tools, 'session_raised', seenIn(now), request.body, raise)
      setSession(tools, request, reply, raised)
      return sessionAnswer(tools, account, raised)
    },
  })

  operation(app, {
    id: 'beginSecondFactorSetup',
    at: 'POST /v1/session/second-factor/setup',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin to set up a second factor (二段階認証の設定開始)',
    description:
      'Show `otpauthUrl` as a QR code; the factor counts once a code of it was confirmed. Whoever has one already shows a code of it.',
    body: json(
      z
        .strictObject({ code: TotpCode.optional() })
        .meta({ examples: [{}] })
        .optional(),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: {
      200: z.object({
        secret: z.string().describe('To be typed where no camera is (キー)'),
        otpauthUrl: z.string().describe('For the QR code (QRコードの内容)'),
      }),
    },
    run: async (request, reply) => {
      const now = await current(request)
      const { account, begun } = now
      // A session that owes the second factor must not replace it by another.
      if (begun.session.stage === 'second_factor_required') needSignedIn(now)
      const asked = { email: emailOf(tools.sealer, account) ?? '', sessionId: begun.session.id }
      const begin = (tx: Tx) => beginSetup(tools, tx, account, asked)
      reply.header('cache-control', 'no-store')
      if (account.sealedTotp === null) return openDoor(tools, 'second_factor', seenIn(now), begin)
      const code = request.body?.code
      if (code === undefined)
        throw invalid([
          { field: 'code', message: '現在の認証アプリの確認コードを入力してください。', code: 'required' },
        ])
      return openBySecondFactor(tools, 'second_factor', seenIn(now), { code }, begin)
    },
  })

  operation(app, {
    id: 'confirmSecondFactor',
    at: 'POST /v1/session/second-factor/confirm',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.second_factor_set', 'session.begun'],
    limit: BY_HAND,
    summary: 'The set-up factor counts from now on (二段階認証の設定完了)',
    description: 'The recovery codes are in this answer alone.',
    body: json(z.strictObject({ code: TotpCode }).meta({ examples: [{ code: '123456' }] }), '16 KiB'),
    repeat: 'each time',
    answers: { 200: SessionAnswer.extend({ recoveryCodes: RecoveryCodes }) },
    run: async (request, reply) => {
      const now = await current(request)
      if (now.begun.session.stage === 'second_factor_required') needSignedIn(now)
      const { id: sessionId } = now.begun.session
      const done = await confirmSetup(tools, seenIn(now), request.body.code, async (tx, account, codes) => {
        await noteOwn(tx, tools, now, request.ip, 'staff.second_factor_set')
        await endSessions(tx, account.id, sessionId)
        await noteSignedIn(tools, tx, account, fromOf(request))
        return { account, codes, raised: await raiseSession(tools, tx, account, sessionId) }
      })
      setSession(tools, request, reply, done.raised)
      return { ...sessionAnswer(tools, done.account, done.raised), recoveryCodes: done.codes }
    },
  })

  operation(app, {
    id: 'renewRecoveryCodes',
    at: 'POST /v1/session/recovery-codes',
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.recovery_codes_made'],
    limit: BY_HAND,
    summary: 'New recovery codes (リカバリーコードの再発行)',
    description: 'The ones before stop working.',
    body: json(z.strictObject({ code: TotpCode }).meta({ examples: [{ code: '123456' }] }), '16 KiB'),
    repeat: 'each time',
    answers: { 200: z.object({ recoveryCodes: RecoveryCodes }) },
    run: async (request, reply) => {
      const now = await current(request)
      needSignedIn(now)
      const renew = async (tx: Tx) => {
        await noteOwn(tx, tools, now, request.ip, 'staff.recovery_codes_made')
        return renewRecoveryCodes(tools, tx, now.account.id)
      }
      reply.header('cache-control', 'no-store')
      return {
        recoveryCodes: await openBySecondFactor(tools, 'recovery_codes', seenIn(now), request.body, renew),
      }
    },
  })
}

const notNow = () =>
  new AppError('CONFLICT', 'このログインでは二段階認証の確認は必要ありません。画面を読み込み直してください。')
