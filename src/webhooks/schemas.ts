import { z } from 'zod'
import type { Webhook, WebhookDelivery } from '../generated/prisma/client.ts'
import { positionText, sequenceText } from '../http/paging.ts'
import { Id, iso, isoOrNull, Time } from '../http/schemas.ts'
import { MadeBy } from '../shops/tenants/actor-names.ts'

const KINDS = ['order', 'change', 'attention', 'notice'] as const

const Url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .describe('Where the rows are sent, https (送信先URL)')
const Name = z.string().trim().min(1).max(200).describe('Name for staff (名称)')
const Kinds = z.array(z.enum(KINDS)).max(KINDS.length).describe('Kinds of rows; empty: all (通知する種類)')
const Enabled = z
  .boolean()
  .describe('false: nothing is sent; what happens meanwhile is sent later (利用する)')

export const NewWebhook = z
  .strictObject({ name: Name, url: Url, kinds: Kinds.default([]) })
  .meta({ description: 'A webhook to be made (Webhookの登録)' })

export const WebhookChange = z
  .strictObject({
    name: Name.optional(),
    url: Url.optional().describe(
      'A new address; the one that is shown, or none, leaves it as it is (送信先URL)',
    ),
    kinds: Kinds.optional(),
    enabled: Enabled.optional(),
  })
  .meta({ description: 'What is to be changed (Webhookの変更)' })

export const Rotation = z
  .strictObject({
    overlapHours: z.int().min(0).max(168).default(24).describe('Both secrets sign for so long (併用時間)'),
  })
  .meta({ description: 'Change of the secret (署名鍵の変更)' })

export const WebhookAnswer = z
  .object({
    id: Id,
    name: z.string().describe('名称'),
    url: z
      .string()
      .describe(
        'Scheme and host; path and query are sealed and shown as `…` (送信先URL。パス以降は表示しません)',
      ),
    kinds: z.array(z.string()).describe('Empty: all (通知する種類)'),
    enabled: Enabled,
    failures: z.int().describe('Attempts that failed in a row (連続失敗回数)'),
    failingSince: Time.nullable().describe('失敗が続いている開始日時'),
    disabledAt: Time.nullable().describe('When the service switched it off by itself (自動停止日時)'),
    disabledCode: z
      .string()
      .nullable()
      .describe('FAILING 失敗が続いた, GONE 送信先が 410 を返した (自動停止の理由)'),
    resetAt: Time.nullable().describe(
      'When it last began anew at the present, with a row `reset`: what lay between was not sent (最後に現在の位置から再開した日時)',
    ),
    resetCode: z
      .string()
      .nullable()
      .describe('HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (再開の理由)'),
    oldSecretUntil: Time.nullable().describe('Until when the secret before signs too (旧署名鍵の期限)'),
    lastSentAt: Time.nullable().describe('最終送信日時'),
    createdBy: MadeBy.nullable().describe(
      'Who made it, or gave it another address since; null: longer ago than the audit goes back (登録者)',
    ),
    createdAt: Time.describe('作成日時'),
  })
  .meta({ id: 'Webhook', description: 'An address that the change feed is sent to (Webhook)' })

export const WebhookWithSecret = WebhookAnswer.extend({
  secret: z.string().describe('`whsec_…`, shown this once (署名鍵)'),
}).meta({ id: 'WebhookWithSecret', description: 'A webhook with its new secret (Webhookと署名鍵)' })

const LoggedAttempt = z
  .object({
    at: Time.describe('送信日時'),
    status: z.int().nullable().describe('HTTP status (応答)'),
    code: z.string().nullable().describe('As `lastCode`; null when it was taken (失敗の理由)'),
    ms: z.int().describe('応答時間 (ms)'),
    answer: z.string().nullable().describe('First 200 characters of the answer (応答の先頭)'),
  })
  .describe('One attempt (送信)')

/** Rows of an earlier release have none. */
export const loggedAttempts = (stored: unknown): z.infer<typeof LoggedAttempt>[] =>
  z.array(LoggedAttempt).catch([]).parse(stored)

export const DeliveryAnswer = z
  .object({
    id: Id.describe('Sent as `webhook-id`, the same at every attempt (送信ID)'),
    position: z.string().nullable().describe('Place in the feed; null for a test (位置)'),
    sequence: z
      .string()
      .nullable()
      .describe('The place as text that compares as the feed is ordered; null for a test (順番)'),
    kind: z.string().describe('種類'),
    state: z
      .enum(['waiting', 'delivered', 'failed'])
      .describe('waiting 送信待ち, delivered 送信済み, failed 送信失敗 (状態)'),
    attempts: z.int().describe('送信回数'),
    nextAttemptAt: Time.nullable().describe(
      'Also while the webhook pauses; null while it is off (次回送信予定)',
    ),
    lastAttemptAt: Time.nullable().describe('最終送信日時'),
    lastStatus: z.int().nullable().describe('HTTP status of the last answer (最終応答)'),
    lastCode: z
      .string()
      .nullable()
      .describe(
        'Why it failed: status, timeout, unreachable, broken, too_large, forbidden_address; reset: given up because all began anew (失敗の理由)',
      ),
    lastMs: z.int().nullable().describe('応答時間 (ms)'),
    attemptLog: z
      .array(LoggedAttempt)
      .describe('The latest 20 attempts, oldest first (送信の履歴、直近20回)'),
    at: Time.describe('When it happened (発生日時)'),
    createdAt: Time.describe('作成日時'),
  })
  .meta({ id: 'WebhookDelivery', description: 'One row on its way to one webhook (送信記録)' })

/** Returns the part of an address that lists show: its path and query often carry the receiver's secret. */
export function shownUrlOf(url: string): string {
  const { origin, pathname, search, hash } = new URL(url)
  return pathname + search + hash === '/' ? `${origin}/` : `${origin}/…`
}

export const shownOf = (row: Pick<Webhook, 'url' | 'shownUrl'>): string =>
  row.url === '' ? row.shownUrl : shownUrlOf(row.url)

export function answerOf(
  row: Webhook,
  createdBy: z.infer<typeof MadeBy> | null,
): z.infer<typeof WebhookAnswer> {
  const { id, name, kinds, enabled, failures, disabledCode, resetCode } = row
  return {
    url: shownOf(row),
    id,
    name,
    kinds,
    enabled,
    failures,
    disabledCode,
    resetCode,
    failingSince: isoOrNull(row.failingSince),
    disabledAt: isoOrNull(row.disabledAt),
    resetAt: isoOrNull(row.resetAt),
    oldSecretUntil: isoOrNull(row.oldSecretUntil),
    lastSentAt: isoOrNull(row.lastSentAt),
    createdBy,
    createdAt: iso(row.createdAt),
  }
}

/** Named as in the feed's rows; a test has no place there. */
export const placeOf = ({
  xid,
  eventId: id,
  epoch,
}: Pick<WebhookDelivery, 'xid' | 'eventId' | 'epoch'>): Pick<
  z.infer<typeof DeliveryAnswer>,
  'position' | 'sequence'
> =>
  xid === null || id === null
    ? { position: null, sequence: null }
    : { position: positionText({ xid, id }, epoch), sequence: sequenceText({ xid, id }) }

/** When it is sent again: not while its webhook pauses after a failure, nor while it is off. */
function nextAttemptAt(row: WebhookDelivery, { enabled, leaseOwner, leaseUntil }: Webhook): string | null {
  if (row.state !== 'waiting' || !enabled) return null
  const pausesUntil = leaseOwner === null ? leaseUntil : null
  return iso(pausesUntil !== null && pausesUntil > row.nextAttemptAt ? pausesUntil : row.nextAttemptAt)
}

export function deliveryOf(row: WebhookDelivery, webhook: Webhook): z.infer<typeof DeliveryAnswer> {
  const { id, kind, attempts, lastStatus, lastCode, lastMs } = row
  const state = row.state === 'delivered' || row.state === 'failed' ? row.state : 'waiting'
  return {
    id,
    kind,
    state,
    attempts,
    lastStatus,
    lastCode,
    lastMs,
    ...placeOf(row),
    attemptLog: loggedAttempts(row.attemptLog),
    nextAttemptAt: nextAttemptAt(row, webhook),
    lastAttemptAt: isoOrNull(row.lastAttemptAt),
    at: iso(row.at),
    createdAt: iso(row.createdAt),
  }
}
