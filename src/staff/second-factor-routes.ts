import { z } from 'zod'
import type { App } from '../http/app-types.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import { emailOf } from './accounts.ts'
import { beginSetup, checkSecondFactor, confirmSetup, renewRecoveryCodes, TotpCode } from './second-factor.ts'
import {
  BY_HAND,
  type CurrentSession,
  fromOf,
  needSignedIn,
  noteOwn,
  SessionAnswer,
  sessionAnswer,
  setSession,
} from './session-cookie.ts'
import { endSessions, raiseSession } from './sessions.ts'
import { noteSignedIn, type SignInTools } from './sign-in.ts'

const tags = ['staff']
const RecoveryCodes = z
  .array(z.string())
  .describe('Shown this once: each signs in once without the phone (リカバリーコード)')

export function secondFactorRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
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
