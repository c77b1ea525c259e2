import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { NoticeChannel, Prisma } from '../generated/prisma/client.ts'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { asksOthers } from '../http/limits.ts'
import { json, operation } from '../http/operation.ts'
import { pageById } from '../http/paging.ts'
import { CutLater, Id, IdParams, iso, isoOrNull, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import { dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { outside } from '../platform/db/tenant-scope.ts'
import { given, present } from '../platform/narrow.ts'
import { AT_ONCE } from '../shops/calendar/lifetimes.ts'
import { readMakers } from '../shops/tenants/actor-names.ts'
import {
  ChannelAnswer,
  ChannelChange,
  ChannelMade,
  ChannelTest,
  channelAnswer,
  NewChannel,
} from './channels/schemas.ts'
import { type SenderTools, sendMessage } from './channels/sender.ts'
import {
  type ChannelCaller,
  type ChannelTools,
  changeChannel,
  createChannel,
  deleteChannel,
  findChannel,
  listChannels,
} from './channels/store.ts'
import { NoticeRefused } from './mailer.ts'
import { withFooter } from './texts.ts'

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

async function channelAnswers(
  tools: ChannelRouteTools,
  { auth }: Pick<FastifyRequest, 'auth'>,
  rows: readonly NoticeChannel[],
): Promise<z.infer<typeof ChannelAnswer>[]> {
  const makerOf = await readMakers(tools, auth, rows)
  return rows.map((row) => channelAnswer(row, makerOf(row.createdBy)))
}

function readRoutes(app: App, tools: ChannelRouteTools): void {
  operation(app, {
    id: 'listNoticeChannels',
    at: 'GET /v1/notice-channels',
    since: '1.0.0',
    tag: 'shops',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    summary: 'Where notices go (通知先の一覧)',
    description:
      'Those of the tenant and, for a signed-in person, their own. The addresses of the contract get mails beside them. URLs and tokens ' +
      'are never shown again (URL とトークンは表示されません).',
    answers: { 200: z.object({ channels: z.array(ChannelAnswer), nextCursor: CutLater }) },
    run: async (request) => {
      const rows = await listChannels(tools.db, channelCaller(request))
      return { channels: await channelAnswers(tools, request, rows), nextCursor: null }
    },
  })
}

function changeRoutes(app: App, tools: ChannelRouteTools): void {
  operation(app, {
    id: 'createNoticeChannel',
    at: 'POST /v1/notice-channels',
    since: '1.0.0',
    tag: 'shops',
    who: tenant('read_only', 'refused'),
    cost: 'waits',
    audit: ['notice_channel.created'],
    summary: 'Have notices sent somewhere (通知先の登録)',
    description:
      'A person makes their own: which notices, of which shops, at once or once a day. Many at once come as one message. `webhook` is posted ' +
      'as `{ kind: "notices", at, data: { subject, text, notices } }`, signed by the rule of Standard Webhooks with the `secret` of ' +
      'this answer (署名鍵はこの応答だけに含まれます).',
    body: json(
      NewChannel.meta({
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
      '64 KiB',
    ),
    repeat: { key: 'no answer kept' },
    answers: { 201: ChannelMade },
    run: async (request) => {
      const { row, target } = await createChannel(tools, channelCaller(request), request.body)
      const secret = target.kind === 'webhook' ? target.secret : null
      return { ...present((await channelAnswers(tools, request, [row]))[0]), secret }
    },
  })
  operation(app, {
    id: 'updateNoticeChannel',
    at: 'PATCH /v1/notice-channels/:id',
    since: '1.0.0',
    tag: 'shops',
    who: tenant('read_only', 'refused'),
    cost: 'waits',
    audit: ['notice_channel.updated'],
    summary: 'Change a channel (通知先の変更)',
    description: 'What is left out stays (指定しない項目は変わりません).',
    params: IdParams,
    body: json(
      ChannelChange.meta({ examples: [{ topics: ['attention', 'report'], pace: 'daily' }] }),
      '64 KiB',
    ),
    answers: { 200: ChannelAnswer },
    run: async (request) => {
      const row = await changeChannel(tools, channelCaller(request), request.params.id, request.body)
      return present((await channelAnswers(tools, request, [row]))[0])
    },
  })
  operation(app, {
    id: 'deleteNoticeChannel',
    at: 'DELETE /v1/notice-channels/:id',
    since: '1.0.0',
    tag: 'shops',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    audit: ['notice_channel.deleted'],
    summary: 'Remove a channel (通知先の削除)',
    description: 'What still waits for it is not sent (送信待ちの通知は送信されません).',
    params: IdParams,
    answers: { 204: z.null().describe('Removed (削除済み)') },
    run: async (request) => {
      await deleteChannel(tools, channelCaller(request), request.params.id)
    },
  })
}

function testRoute(app: App, tools: ChannelRouteTools): void {
  operation(app, {
    id: 'testNoticeChannel',
    at: 'POST /v1/notice-channels/:id/test',
    since: '1.0.0',
    tag: 'shops',
    who: tenant('read_only', 'refused'),
    cost: 'waits',
    audit: [],
    limit: asksOthers(),
    summary: 'Send a test message (テスト送信)',
    description: 'At once; the answer says how it went (結果を応答で返します).',
    params: IdParams,
    repeat: { key: 'same answer', work: 'several steps' },
    answers: { 200: ChannelTest },
    run: async (request) => {
      const channel = await findChannel(tools.db, channelCaller(request), request.params.id)
      const now = dateNow(tools.clock)
      const text = withFooter(['テスト送信です。この通知先に、選択した通知が届きます。'])
      const message = { id: tools.newId(), at: now, subject: '【自動受注取込】テスト送信', text, notices: [] }
      try {
        await outside(() => sendMessage(tools, channel, message, now))
        return { ok: true, code: null, message: '送信しました。届いていることを確認してください。' }
      } catch (error) {
        if (!(error instanceof NoticeRefused)) throw error
        return { ok: false, code: error.code, message: adviceOf(error.code) }
      }
    },
  })
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

const NoticeAnswer = z
  .object({
    id: Id,
    shopId: Id.nullable().describe('Set when it is about a shop (店舗)'),
    mailboxId: Id.nullable().describe('Set when it is about a mailbox (受信箱)'),
    webhookId: Id.nullable().describe('Set when it is about a webhook (Webhook)'),
    kind: z
      .enum(['expiry', 'attention', 'report'])
      .describe('expiry 期限のお知らせ, attention 要対応または要確認, report 日次レポート (種別)'),
    what: z.string().describe('What ends, as in GET /v1/credentials, or the attention’s code (対象コード)'),
    occursAt: Time.describe(
      'When it ends, since when the shop or mailbox stands still, or the beginning of the day of a report (期限または発生日時)',
    ),
    daysBefore: z
      .int()
      .nullable()
      .describe('30, 14, 7, 3, 1, 0; null when it was told at once (何日前のお知らせか)'),
    subject: z.string().describe('Japanese (件名)'),
    text: z.string().describe('Japanese (本文)'),
    createdAt: Time.describe('作成日時'),
    mails: z
      .array(
        z.object({
          address: z.string().describe('宛先'),
          state: z
            .enum(['waiting', 'sent', 'failed'])
            .describe('waiting 送信待ち, sent 送信済み, failed 送信失敗 (状態)'),
          attempts: z.int().describe('送信回数'),
          code: z.string().nullable().describe('Why the last attempt failed (エラーコード)'),
          sentAt: Time.nullable().describe('送信日時'),
        }),
      )
      .describe('Empty where the service sends no mails, or the tenant has no address (メール送信の状況)'),
  })
  .meta({ id: 'Notice', description: 'Something that was told, once (通知)' })

/** GET /v1/notices */
export const noticeRoutes =
  ({ db }: { db: Db }): Routes =>
  (app) => {
    operation(app, {
      id: 'listNotices',
      at: 'GET /v1/notices',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      summary: 'What was told of keys, consents, and shops and mailboxes that stand still (通知の一覧)',
      description:
        'Newest first. Each goes to every address of the tenant by mail, where SMTP_URL is set, to the channels that want it, and as a `notice` ' +
        'to GET /v1/events. Reports go to channels alone, and are made where one wants them.',
      query: z.strictObject({
        shopId: Id.optional().describe('Only of this shop (店舗)'),
        mailboxId: Id.optional().describe('Only of this mailbox (受信箱)'),
        kind: z.enum(['expiry', 'attention', 'report']).optional().describe('種別'),
        ...pageQuery(),
      }),
      answers: { 200: z.object({ notices: z.array(NoticeAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { shopId, mailboxId, kind } = request.query
        const bound = shopsOf(request)
        const { rows, nextCursor } = await pageById('desc', request.query, ({ id, orderBy, take }) =>
          db.notice.findMany({
            where: {
              tenantId: tenantOf(request),
              ...given({ mailboxId, kind }),
              AND: [
                given({ shopId }),
                // Notices of a mailbox or the tenant concern more than the key's shops.
                bound === null ? {} : { shopId: { in: [...bound] } },
              ],
              id,
            },
            include: { mails: { orderBy: { address: 'asc' } } },
            orderBy,
            take,
          }),
        )
        return { notices: rows.map(answerOf), nextCursor }
      },
    })
  }

type Row = Prisma.NoticeGetPayload<{ include: { mails: true } }>

function answerOf(row: Row): z.infer<typeof NoticeAnswer> {
  const { id, shopId, mailboxId, webhookId, what, threshold, subject, text } = row
  const kind = row.kind === 'attention' || row.kind === 'report' ? row.kind : 'expiry'
  return {
    id,
    shopId,
    mailboxId,
    webhookId,
    kind,
    what,
    occursAt: iso(row.occursAt),
    daysBefore: kind !== 'expiry' || threshold === AT_ONCE ? null : threshold,
    subject,
    text,
    createdAt: iso(row.createdAt),
    mails: row.mails.map(({ address, state, attempts, lastCode, sentAt }) => ({
      address,
      state,
      attempts,
      code: lastCode,
      sentAt: isoOrNull(sentAt),
    })),
  }
}
