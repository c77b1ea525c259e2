import { z } from 'zod'
import type { NoticeChannel } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { checkPublicUrl, invalid, type UrlRules } from '../../http/validation.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import type { Random } from '../../platform/random.ts'
import { MadeBy } from '../../shops/tenants/actor-names.ts'

/**
 * Destination of a channel and its secret. Stored sealed: anyone with one of these URLs or tokens can write
 * into the room.
 */

const CHANNEL_KINDS = ['mail', 'slack', 'chatwork', 'line_works', 'webhook'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail') }),
  z.object({ kind: z.enum(['slack', 'line_works']), url: z.string() }),
  z.object({ kind: z.literal('chatwork'), roomId: z.string(), token: z.string() }),
  z.object({ kind: z.literal('webhook'), url: z.string(), secret: z.string() }),
])
export type Target = z.infer<typeof Target>

export const targetContext = (channelId: string): string => `notice_channel:${channelId}:target`

/** Target fields of a request. The error answer names those that the kind requires. */
export type GivenTarget = Pick<ChannelChange, 'url' | 'roomId' | 'token'>

/** Hosts of each service: another host would accept our messages and show nothing. */
const HOSTS: Readonly<Record<'slack' | 'line_works', readonly string[]>> = {
  slack: ['hooks.slack.com', 'hooks.slack-gov.com'],
  line_works: ['webhook.worksmobile.com'],
}

const NEEDS: Readonly<Record<ChannelKind, readonly (keyof GivenTarget)[]>> = {
  mail: [],
  slack: ['url'],
  line_works: ['url'],
  chatwork: ['roomId', 'token'],
  webhook: ['url'],
}

/** @throws AppError VALIDATION_FAILED or HOST_NOT_ALLOWED naming the field */
export async function checkedTarget(
  tools: { random: Pick<Random, 'bytes'>; channelHosts: UrlRules },
  kind: ChannelKind,
  given: GivenTarget,
): Promise<Target> {
  const faults = (Object.keys(given) as (keyof GivenTarget)[])
    .filter((field) => given[field] !== undefined && !NEEDS[kind].includes(field))
    .map((field) => ({
      field,
      message: `${kind} では使わない項目です。取り除いてください。`,
      code: 'unknown_field',
    }))
  const missing = NEEDS[kind]
    .filter((field) => given[field] === undefined)
    .map((field) => ({ field, message: `${kind} では必須です。`, code: 'required' }))
  if (faults.length + missing.length > 0) throw invalid([...faults, ...missing])
  const { url = '', roomId = '', token = '' } = given
  if (url !== '') await checkUrl(tools.channelHosts, kind, url)
  switch (kind) {
    case 'mail':
      return { kind }
    case 'chatwork':
      return { kind, roomId, token }
    case 'webhook':
      return { kind, url, secret: signingSecret(tools.random) }
    default:
      return { kind, url }
  }
}

async function checkUrl(hosts: UrlRules, kind: ChannelKind, url: string): Promise<void> {
  const { hostname } = new URL(url)
  const known = kind === 'slack' || kind === 'line_works' ? HOSTS[kind] : null
  if (known !== null && !known.includes(hostname) && !hosts.allow.includes(hostname))
    throw invalid([
      {
        field: 'url',
        message: `${known.join(' または ')} の Webhook URL を指定してください。`,
        code: 'wrong_host',
      },
    ])
  await checkPublicUrl('url', url, hosts)
}

const TOPICS = ['attention', 'expiry', 'report'] as const
const PACES = ['soon', 'daily'] as const

const Kind = z
  .enum(CHANNEL_KINDS)
  .describe('mail メール, slack Slack, chatwork Chatwork, line_works LINE WORKS, webhook Webhook (種類)')
const Name = z.string().trim().min(1).max(100).describe('Name for staff (名称)')
const Topics = z
  .array(z.enum(TOPICS))
  .min(1)
  .max(TOPICS.length)
  .describe('attention 要対応, expiry 期限のお知らせ, report 日次レポート (受け取る通知)')
const ShopIds = z
  .array(z.uuid())
  .max(200)
  .describe('Only notices of these shops, and those of none; empty: all (対象店舗)')
const Pace = z
  .enum(PACES)
  .describe(
    'soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan ' +
      '(soon すぐに, daily 1日1回)',
  )
const Enabled = z.boolean().describe('false: nothing is sent, and nothing is kept for later (利用する)')
const Url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .describe('slack, line_works: the incoming webhook’s URL; webhook: where to, https (送信先URL)')
const RoomId = z
  .string()
  .regex(/^\d{1,20}$/)
  .describe('chatwork: the room, the number behind `rid` in its address (ルームID)')
const Token = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .describe('chatwork: API token (APIトークン)')

export const NewChannel = z
  .strictObject({
    kind: Kind,
    name: Name,
    for: z
      .enum(['me', 'tenant'])
      .optional()
      .describe('me: one’s own, of a signed-in person; tenant: everybody’s, by an owner (誰の通知先か)'),
    topics: Topics.default(['attention', 'expiry']),
    shopIds: ShopIds.default([]),
    pace: Pace.default('soon'),
    enabled: Enabled.default(true),
    url: Url.optional(),
    roomId: RoomId.optional(),
    token: Token.optional(),
  })
  .meta({ description: 'A channel to be made (通知先の登録)' })
export type NewChannel = z.infer<typeof NewChannel>

export const ChannelChange = z
  .strictObject({
    name: Name,
    topics: Topics,
    shopIds: ShopIds,
    pace: Pace,
    enabled: Enabled,
    url: Url,
    roomId: RoomId,
    token: Token,
  })
  .partial()
  .meta({ description: 'What is to be changed (通知先の変更)' })
export type ChannelChange = z.infer<typeof ChannelChange>

export const ChannelAnswer = z
  .object({
    id: Id,
    kind: Kind,
    name: z.string().describe('名称'),
    for: z.enum(['me', 'tenant']).describe('me 自分の通知先, tenant 契約店全体 (誰の通知先か)'),
    topics: z.array(z.enum(TOPICS)).describe('受け取る通知'),
    shopIds: z.array(z.uuid()).describe('Empty: all (対象店舗)'),
    pace: Pace,
    enabled: Enabled,
    lastSentAt: Time.nullable().describe('最終送信日時'),
    failures: z.int().describe('Attempts that failed in a row (連続失敗回数)'),
    failingSince: Time.nullable().describe('失敗が続いている開始日時'),
    code: z
      .string()
      .nullable()
      .describe('Why the last attempt failed: `HTTP 404`, unreachable, timeout, … (エラーコード)'),
    createdBy: MadeBy.nullable().describe(
      'Who made it, or gave it another address since; null: longer ago than the audit goes back (登録者)',
    ),
    createdAt: Time.describe('作成日時'),
  })
  .meta({
    id: 'NoticeChannel',
    description: 'A way that notices take beside the mails to the tenant’s addresses (通知先)',
  })

export const ChannelMade = ChannelAnswer.extend({
  secret: z.string().nullable().describe('Of a webhook: `whsec_…`, shown this once (署名鍵)'),
}).meta({ id: 'NoticeChannelMade', description: 'A channel that was made (登録した通知先)' })

export const ChannelTest = z
  .object({
    ok: z.boolean().describe('It was taken (送信できた)'),
    code: z.string().nullable().describe('Why it was not (エラーコード)'),
    message: z.string().describe('Japanese (結果)'),
  })
  .meta({ id: 'NoticeChannelTest', description: 'How a test message went (テスト送信の結果)' })

export const channelAnswer = (
  row: NoticeChannel,
  createdBy: z.infer<typeof MadeBy> | null,
): z.infer<typeof ChannelAnswer> => ({
  id: row.id,
  kind: row.kind as z.infer<typeof Kind>,
  name: row.name,
  for: row.accountId === null ? 'tenant' : 'me',
  topics: row.topics as z.infer<typeof Topics>,
  shopIds: row.shopIds,
  pace: row.pace as z.infer<typeof Pace>,
  enabled: row.enabled,
  lastSentAt: isoOrNull(row.lastSentAt),
  failures: row.failures,
  failingSince: isoOrNull(row.failingSince),
  code: row.lastCode,
  createdBy,
  createdAt: iso(row.createdAt),
})
