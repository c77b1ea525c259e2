import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App, Routes } from '../../http/app-types.ts'
import { callerOf } from '../../http/auth.ts'
import { asksOthers } from '../../http/limits.ts'
import { CutLater, IdParams } from '../../http/schemas.ts'
import { dateNow } from '../../platform/clock.ts'
import { NoticeRefused } from '../mailer.ts'
import { withFooter } from '../texts.ts'
import {
  ChannelAnswer,
  ChannelChange,
  ChannelMade,
  ChannelTest,
  channelAnswer,
  NewChannel,
} from './schemas.ts'
import { type SenderTools, sendMessage } from './sender.ts'
import {
  type ChannelCaller,
  type ChannelTools,
  changeChannel,
  createChannel,
  deleteChannel,
  findChannel,
  listChannels,
} from './store.ts'

const tags = ['shops']

export type ChannelRouteTools = ChannelTools & SenderTools

/** /v1/notice-channels: relative to /v1, for people and keys of a tenant. */
export const channelRoutes =
  (tools: ChannelRouteTools): Routes =>
  (app) => {
    readRoutes(app, tools)
    changeRoutes(app, tools)
    testRoute(app, tools)
  }

function channelCaller(request: FastifyRequest): ChannelCaller {
  const { auth } = request
  const person = auth.kind === 'client' && auth.apiKeyId === undefined ? auth.accountId : null
  return {
    ...callerOf(request),
    accountId: person,
    owner: auth.kind === 'client' && auth.role === 'owner',
  }
}

function readRoutes(app: App, tools: ChannelRouteTools): void {
  app.get(
    '/notice-channels',
    {
      schema: {
        tags,
        operationId: 'listNoticeChannels',
        summary: 'Where notices go (通知先の一覧)',
        description:
          'Those of the tenant and, for a signed-in person, their own. The addresses of the contract get mails beside them. URLs and tokens ' +
          'are never shown again (URL とトークンは表示されません).',
        response: { 200: z.object({ channels: z.array(ChannelAnswer), nextCursor: CutLater }) },
      },
    },
    async (request) => ({
      channels: (await listChannels(tools.db, channelCaller(request))).map(channelAnswer),
      nextCursor: null,
    }),
  )
}

function changeRoutes(app: App, tools: ChannelRouteTools): void {
  app.post(
    '/notice-channels',
    {
      schema: {
        tags,
        operationId: 'createNoticeChannel',
        summary: 'Have notices sent somewhere (通知先の登録)',
        description:
          'A person makes their own: which notices, of which shops, at once or once a day. Many at once come as one message. `webhook` is posted ' +
          'as `{ kind: "notices", at, data: { subject, text, notices } }`, signed by the rule of Standard Webhooks with the `secret` of ' +
          'this answer (署名鍵はこの応答だけに含まれます).',
        body: NewChannel.meta({
          examples: [
            {
              kind: 'chatwork',
              name: '受注担当ルーム',
              for: 'tenant',
              roomId: '12345678',
              token: '0123456789',
            },
          ],
        }),
        response: { 201: ChannelMade },
      },
    },
    async (request, reply) => {
      const { row, target } = await createChannel(tools, channelCaller(request), request.body)
      const secret = target.kind === 'webhook' ? target.secret : null
      return reply.code(201).send({ ...channelAnswer(row), secret })
    },
  )
  app.patch(
    '/notice-channels/:id',
    {
      schema: {
        tags,
        operationId: 'updateNoticeChannel',
        summary: 'Change a channel (通知先の変更)',
        description: 'What is left out stays (指定しない項目は変わりません).',
        params: IdParams,
        body: ChannelChange.meta({ examples: [{ topics: ['attention', 'report'], pace: 'daily' }] }),
        response: { 200: ChannelAnswer },
      },
    },
    async (request) =>
      channelAnswer(await changeChannel(tools, channelCaller(request), request.params.id, request.body)),
  )
  app.delete(
    '/notice-channels/:id',
    {
      schema: {
        tags,
        operationId: 'deleteNoticeChannel',
        summary: 'Remove a channel (通知先の削除)',
        description: 'What still waits for it is not sent (送信待ちの通知は送信されません).',
        params: IdParams,
        response: { 204: z.null().describe('Removed (削除済み)') },
      },
    },
    async (request, reply) => {
      await deleteChannel(tools, channelCaller(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function testRoute(app: App, tools: ChannelRouteTools): void {
  app.post(
    '/notice-channels/:id/test',
    {
      // Others of the tenant would wait for its turn as long as that server is silent.
      config: { ...asksOthers(), waits: true },
      schema: {
        tags,
        operationId: 'testNoticeChannel',
        summary: 'Send a test message (テスト送信)',
        description: 'At once; the answer says how it went (結果を応答で返します).',
        params: IdParams,
        response: { 200: ChannelTest },
      },
    },
    async (request) => {
      const channel = await findChannel(tools.db, channelCaller(request), request.params.id)
      const now = dateNow(tools.clock)
      const text = withFooter(['テスト送信です。この通知先に、選択した通知が届きます。'])
      const message = { id: tools.newId(), at: now, subject: '【自動受注取込】テスト送信', text, notices: [] }
      try {
        await sendMessage(tools, channel, message, now)
        return { ok: true, code: null, message: '送信しました。届いていることを確認してください。' }
      } catch (error) {
        if (!(error instanceof NoticeRefused)) throw error
        return { ok: false, code: error.code, message: adviceOf(error.code) }
      }
    },
  )
}

function adviceOf(code: string): string {
  if (code === 'NO_ADDRESS')
    return 'メールを送信できません。メールサーバーが設定されていないか、担当者のアドレスがありません。'
  if (/^HTTP (401|403)$/.test(code))
    return '送信先に拒否されました。トークンまたは URL を発行し直してください。'
  if (/^HTTP (404|410)$/.test(code))
    return '送信先が見つかりません。ルームまたは Webhook URL を確認してください。'
  if (code === 'HTTP 429') return '送信先の回数制限に達しています。しばらくしてからお試しください。'
  if (code.startsWith('HTTP')) return '送信先が受け付けませんでした。送信先の状態と設定を確認してください。'
  return '送信先に接続できませんでした。URL を確認し、しばらくしてからお試しください。'
}
