import type { OpenApiDocument, OpenApiSchema } from './model.ts'

/** Messages that no route's answer describes: the events of a stream, and webhooks. */

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const time = { type: 'string', format: 'date-time', description: 'When it happened (発生日時)' }

/** As in GET /v1/changes; what each tells is a component of its own. */
const FEED = {
  order: 'OrderEvent',
  change: 'SiteChangeEvent',
  attention: 'AttentionEvent',
  notice: 'NoticeEvent',
}

const streamEvent = (event: string, data: OpenApiSchema, id = true): OpenApiSchema => ({
  type: 'object',
  description: `\`event: ${event}\``,
  properties: {
    ...(id ? { id: { type: 'string', description: 'For `Last-Event-ID` (位置)' } } : {}),
    event: { type: 'string', const: event, description: '種類' },
    data,
  },
  required: [...(id ? ['id'] : []), 'event', 'data'],
})

const NOTHING = { type: 'object', description: 'Nothing yet (空)', additionalProperties: false }

const STREAM_EVENT = {
  description: 'One event of GET /v1/events; `data` is the JSON of its data lines (ストリームのイベント)',
  oneOf: [
    streamEvent('ready', NOTHING),
    streamEvent('reset', NOTHING),
    streamEvent('heartbeat', NOTHING, false),
    streamEvent('board', ref('Board'), false),
    ...Object.entries(FEED).map(([event, name]) => streamEvent(event, ref(name))),
  ],
}

const namesOfBefore = (kind: string) => ({
  type: { type: 'string', const: kind, description: 'Deprecated: use `kind` (旧名)', deprecated: true },
  timestamp: { ...time, description: 'Deprecated: use `at` (旧名)', deprecated: true },
})

const message = (type: string, data: OpenApiSchema): OpenApiSchema => ({
  type: 'object',
  description: `\`kind: ${type}\``,
  properties: {
    kind: { type: 'string', const: type, description: '種類' },
    at: time,
    sequence: {
      anyOf: [{ type: 'string' }, { type: 'null' }],
      description: 'Compares as text as the feed is ordered; null for a test (順番)',
    },
    ...namesOfBefore(type),
    position: {
      anyOf: [{ type: 'string' }, { type: 'null' }],
      description: 'Its place in the feed; null for a test (位置)',
    },
    data,
  },
  required: ['kind', 'at', 'sequence', 'type', 'timestamp', 'position', 'data'],
})

const TEST = {
  type: 'object',
  description: 'テスト送信',
  properties: { message: { type: 'string', description: '説明' } },
  required: ['message'],
}

const RESET = {
  type: 'object',
  description: 'What lay before this position cannot be sent: read the lists anew (一覧の読み直しが必要)',
  properties: {
    code: {
      type: 'string',
      enum: ['HISTORY', 'GAP'],
      description: 'HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (理由)',
    },
  },
  required: ['code'],
}

const WEBHOOK_MESSAGE = {
  description: 'What a webhook gets: a row of the feed, a reset, or a test (Webhook の本文)',
  oneOf: [
    ...Object.entries(FEED).map(([type, name]) => message(type, ref(name))),
    message('reset', RESET),
    message('test', TEST),
  ],
}

const NOTICE_MESSAGE = {
  type: 'object',
  description: 'What a notice channel of the kind `webhook` gets (通知の本文)',
  properties: {
    kind: { type: 'string', const: 'notices', description: '種類' },
    at: time,
    ...namesOfBefore('notices'),
    data: {
      type: 'object',
      description: 'Notices as one message (通知のまとめ)',
      properties: {
        subject: { type: 'string', description: 'Japanese (件名)' },
        text: { type: 'string', description: 'Japanese, for people (本文)' },
        notices: {
          type: 'array',
          description: '通知',
          items: {
            type: 'object',
            description: 'One of them (通知)',
            properties: {
              id: { type: 'string', format: 'uuid', description: '通知ID' },
              kind: { type: 'string', enum: ['expiry', 'attention', 'report'], description: '種別' },
              what: { type: 'string', description: 'What ends, or the attention’s code (対象コード)' },
              subject: { type: 'string', description: 'Japanese (件名)' },
              at: time,
            },
            required: ['id', 'kind', 'what', 'subject', 'at'],
          },
        },
      },
      required: ['subject', 'text', 'notices'],
    },
  },
  required: ['kind', 'at', 'type', 'timestamp', 'data'],
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
})
const SIGNED = [
  header('webhook-id', 'The same at each attempt: what came twice is told by it (メッセージID)'),
  header('webhook-timestamp', 'Seconds since 1970, of the attempt (送信時刻)'),
  header(
    'webhook-signature',
    '`v1,…` by the rule of Standard Webhooks, several while a secret is rotated (署名)',
  ),
]

const sent = (operationId: string, summary: string, tag: string, description: string, body: string) => ({
  post: {
    operationId,
    summary,
    description,
    tags: [tag],
    security: [],
    parameters: SIGNED,
    requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } },
    responses: {
      '200': { description: 'Taken; any 2xx (受信済み)' },
      '410': { description: 'Not wanted any more: the webhook is switched off at once (送信停止)' },
    },
  },
})

const WEBHOOKS = {
  feed: sent(
    'onFeedRow',
    'A row of the change feed (変更フィードの送信)',
    'webhooks',
    'To each webhook, in no order, at least once. Any answer but 2xx is an attempt that failed; attempts go on for days.\n\n' +
      '登録した Webhook に送信します。順序は保証されず、同じ内容が複数回届くことがあります。2xx 以外の応答は失敗として扱い、数日にわたって再送します。',
    'WebhookMessage',
  ),
  notices: sent(
    'onNotices',
    'Notices as one message (通知の送信)',
    'shops',
    'To a notice channel of the kind `webhook`.\n\n種類が `webhook` の通知先に送信します。',
    'NoticeMessage',
  ),
}

/** Only where the rooms that send them are there: a server of a test may have none. */
export function describeWhatIsSent(document: OpenApiDocument): OpenApiDocument {
  const media = document.paths['/v1/events']?.get?.responses['200']?.content?.['text/event-stream']
  if (media === undefined) return document
  // Still a string to clients; what its events are is beside it. (3.2 has `itemSchema` for this.)
  const text = { type: 'string', contentMediaType: 'text/event-stream', contentSchema: ref('StreamEvent') }
  media.schema = { ...media.schema, ...text }
  const schemas = {
    ...document.components?.schemas,
    StreamEvent: STREAM_EVENT,
    WebhookMessage: WEBHOOK_MESSAGE,
    NoticeMessage: NOTICE_MESSAGE,
  }
  return { ...document, webhooks: structuredClone(WEBHOOKS), components: { ...document.components, schemas } }
}
