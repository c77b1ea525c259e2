import { z } from 'zod'
import type { Routes } from '../http/app-types.ts'
import { shopsOf, tenantOf } from '../http/auth.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { Id, iso, isoOrNull, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import type { Db } from '../platform/db/database.ts'
import { AT_ONCE } from '../shops/calendar/lifetimes.ts'

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
    app.get(
      '/notices',
      {
        schema: {
          tags: ['shops'],
          operationId: 'listNotices',
          summary: 'What was told of keys, consents, and shops and mailboxes that stand still (通知の一覧)',
          description:
            'Newest first. Each goes to every address of the tenant by mail, where SMTP_URL is set, to the channels that want it, and as a `notice` ' +
            'to GET /v1/events. Reports go to channels alone, and are made where one wants them.',
          querystring: z.strictObject({
            shopId: Id.optional().describe('Only of this shop (店舗)'),
            mailboxId: Id.optional().describe('Only of this mailbox (受信箱)'),
            kind: z.enum(['expiry', 'attention', 'report']).optional().describe('種別'),
            ...pageQuery(),
          }),
          response: { 200: z.object({ notices: z.array(NoticeAnswer), nextCursor: NextCursor }) },
        },
      },
      async (request) => {
        const { shopId, mailboxId, kind, cursor, limit } = request.query
        const [before] = cursor === undefined ? [] : decodeCursor(cursor, z.tuple([z.uuid()]))
        const bound = shopsOf(request)
        const rows = await db.notice.findMany({
          where: {
            tenantId: tenantOf(request),
            AND: [
              shopId === undefined ? {} : { shopId },
              // Notices of a mailbox or the tenant concern more than the key's shops.
              bound === null ? {} : { shopId: { in: [...bound] } },
            ],
            ...(mailboxId === undefined ? {} : { mailboxId }),
            ...(kind === undefined ? {} : { kind }),
            ...(before === undefined ? {} : { id: { lt: before } }),
          },
          include: { mails: { orderBy: { address: 'asc' } } },
          orderBy: { id: 'desc' },
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [row.id])
        return { notices: page.rows.map(answerOf), nextCursor: page.nextCursor }
      },
    )
  }

interface Row {
  id: string
  shopId: string | null
  mailboxId: string | null
  webhookId: string | null
  kind: string
  what: string
  occursAt: Date
  threshold: number
  subject: string
  text: string
  createdAt: Date
  mails: {
    address: string
    state: 'waiting' | 'sent' | 'failed'
    attempts: number
    lastCode: string | null
    sentAt: Date | null
  }[]
}

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
