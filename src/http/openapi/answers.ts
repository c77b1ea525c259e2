import recorded from './answers.json' with { type: 'json' }
import { JAPANESE } from './japanese.ts'
import problems from './problem-answers.json' with { type: 'json' }
import texts from './text-answers.json' with { type: 'json' }
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './types.ts'

const RECORDED: Readonly<Record<string, Record<string, unknown>>> = recorded

/** Problems that test/integration/http/problem-examples.test.ts records beside the codes. */
const REFUSALS: Readonly<Record<string, Record<string, unknown>>> = {
  editOrder: { 412: problems.VERSION_MISMATCH },
  moveOrders: { 412: problems.moveOrders },
  getReadiness: { 503: problems.getReadiness },
}

/** Of what asks somebody outside, whom the demo does not have: a mail server, the DNS, a queue at Amazon. */
const NOT_IN_THE_DEMO: Readonly<Record<string, Record<string, unknown>>> = {
  askPasswordReset: { 202: { mailed: null } },
  discoverMailbox: {
    200: { by: 'srv', host: 'imap.example.jp', port: 993, security: 'tls', preset: null },
  },
  subscribeNotifications: {
    200: { subscribed: true, code: null, messages: ['注文の変更の通知を購読しました。'] },
  },
}

/**
 * Puts into the document what the demo really answered to each operation (test/e2e/docs-examples.test.ts
 * records it), and the Japanese half of each description.
 */
export function documentAnswers(document: OpenApiDocument): OpenApiDocument {
  describeFiles(document)
  describeStoredSettings(document)
  const answers = new Map(Object.entries({ ...RECORDED, ...NOT_IN_THE_DEMO }))
  const japanese = new Map(Object.entries(JAPANESE))
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const id = operation.operationId ?? ''
    const text = japanese.get(id)
    if (text !== undefined) operation.description = [operation.description, text].filter(Boolean).join('\n\n')
    if (id === 'editOrder') describePatch(operation, document.components?.schemas ?? {})
    const conflict = VERSION_CONFLICTS[id]
    if (conflict !== undefined) describeConflict(operation, conflict)
    showExamples(operation, new Map(Object.entries({ ...answers.get(id), ...REFUSALS[id] })))
  }
  return document
}

function showExamples(operation: OpenApiOperation, byStatus: ReadonlyMap<string, unknown>): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const example = byStatus.get(status)
    if (example === undefined) continue
    for (const [type, media] of Object.entries(response.content ?? {}))
      if (/json$/.test(type)) media.example ??= example
  }
}

/** Fields of a 412 beside the problem: the current content, and the sent one. */
const VERSION_CONFLICTS: Readonly<Record<string, Record<string, OpenApiSchema>>> = {
  editOrder: {
    current: { $ref: '#/components/schemas/OrderWithEdits' },
    sent: {
      type: 'object',
      description: 'What this request asked for (送った内容)',
      properties: {
        version: { type: 'integer', description: 'The version of If-Match (編集元の版)' },
        patch: { type: 'object', description: 'The patch (変更内容)', additionalProperties: true },
      },
    },
  },
  moveOrders: {
    current: {
      type: 'array',
      description: 'The orders that somebody else changed (ほかの人が更新した受注)',
      items: {
        type: 'object',
        properties: {
          orderId: { type: 'string', format: 'uuid', description: 'Order (受注 ID)' },
          status: { $ref: '#/components/schemas/OrderStatus' },
          version: { type: 'integer', description: 'The version that it has now (現在の版)' },
        },
      },
    },
    sent: {
      type: 'object',
      description: 'What this request asked for (送った内容)',
      properties: {
        ifVersions: {
          type: 'object',
          description: 'By order id (版)',
          additionalProperties: { type: 'integer' },
        },
      },
    },
  },
}

function describeConflict(operation: OpenApiOperation, properties: Record<string, OpenApiSchema>): void {
  operation.responses['412'] = {
    description: '`VERSION_MISMATCH` Somebody was faster; nothing was changed. (ほかの人が先に更新しました)',
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties }] },
      },
    },
  }
}

/** Describes a shop's settings as sent. Older releases may have stored more: answers are not held to it. */
function describeStoredSettings(document: OpenApiDocument): void {
  const body = document.paths['/v1/shops']?.post?.requestBody?.content['application/json']
  const sent = body?.schema?.properties?.settings
  const shop = document.components?.schemas?.Shop?.properties
  if (sent === undefined || shop === undefined) return
  const { default: _, ...settings } = structuredClone(sent)
  shop.settings = settings
}

/** A merge patch is checked when it is merged; it may hold what the order has, each field on its own. */
function describePatch(operation: OpenApiOperation, schemas: Readonly<Record<string, OpenApiSchema>>): void {
  const order = schemas.OrderDetail?.properties ?? {}
  for (const media of Object.values(operation.requestBody?.content ?? {})) {
    for (const [name, field] of Object.entries(media.schema?.properties ?? {})) {
      if (field.readOnly !== true) Object.assign(field, mergePatch(order[name] ?? {}, schemas))
    }
  }
}

function mergePatch(schema: OpenApiSchema, schemas: Readonly<Record<string, OpenApiSchema>>): OpenApiSchema {
  const { $ref, ...rest } = structuredClone(schema)
  const named = $ref === undefined ? undefined : schemas[$ref.split('/').at(-1) ?? '']
  if (named !== undefined) return { ...mergePatch(named, schemas), ...rest }
  if (rest.anyOf) return { ...rest, anyOf: rest.anyOf.map((one) => mergePatch(one, schemas)) }
  if (rest.properties === undefined) return rest
  const fields = Object.entries(rest.properties).map(([name, field]) => [name, mergePatch(field, schemas)])
  return { ...rest, properties: Object.fromEntries(fields), required: undefined }
}

/**
 * Answers that are no JSON: files, pages and texts. Their routes write them by themselves, so no schema of
 * theirs says so, and a client made from the document would throw them away. What the demo answered is shown
 * (test/e2e/docs-examples.test.ts records it).
 */
const FILES: Readonly<Record<string, Record<string, string | OpenApiSchema>>> = {
  pushOrders: {
    'application/json': {
      type: 'object',
      description: 'What was taken (受付結果)',
      properties: { taken: { type: 'integer', description: 'Order numbers (件数)' } },
      required: ['taken'],
    },
    'text/xml': 'To the mall’s own message, in its words (モールへの応答)',
  },
  exportOrders: { 'text/csv': 'CSV, UTF-8 with a mark or Shift_JIS (CSV)' },
  exportAudit: { 'application/jsonl': 'One entry a line (JSON Lines)', 'text/csv': 'CSV' },
  exportOwnAudit: { 'application/jsonl': 'One entry a line (JSON Lines)', 'text/csv': 'CSV' },
  getMetrics: { 'text/plain': 'Prometheus text format (メトリクス)' },
  endConsent: { 'text/html': 'A page for the person who consented (結果の画面)' },
  endMailboxConsent: { 'text/html': 'A page for the person who consented (結果の画面)' },
}

const EXAMPLES: Readonly<Record<string, Record<string, string>>> = texts

/** Before the recorded answers are put in, so that those of JSON find their place. */
function describeFiles(document: OpenApiDocument): void {
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const id = operation.operationId ?? ''
    const answer = operation.responses['200']
    if (answer === undefined) continue
    for (const [type, schema] of Object.entries(FILES[id] ?? {})) {
      const described = typeof schema === 'string' ? { type: 'string', description: schema } : schema
      answer.content = { ...answer.content, [type]: { schema: described } }
    }
    // That of the stream is described where its events are.
    for (const [type, example] of Object.entries(EXAMPLES[id] ?? {})) {
      const media = answer.content?.[type]
      if (media !== undefined) Object.assign(media, { example })
    }
  }
}
