import recorded from './answers.json' with { type: 'json' }
import { JAPANESE } from './japanese.ts'
import type { OpenApiDocument, OpenApiOperation } from './types.ts'

interface Schema {
  [word: string]: unknown
  $ref?: string
  properties?: Record<string, Schema>
  anyOf?: Schema[]
}

interface Answer {
  content?: Record<string, { schema?: unknown; example?: unknown }>
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
 * Puts into the document what the demo really answered to each operation (test/e2e/docs-examples.test.ts records it), and the
 * Japanese half of each description.
 */
export function tellAnswers(document: OpenApiDocument): OpenApiDocument {
  const answers = new Map(
    Object.entries({ ...(recorded as Record<string, Record<string, unknown>>), ...NOT_IN_THE_DEMO }),
  )
  const japanese = new Map(Object.entries(JAPANESE))
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const id = operation.operationId ?? ''
    showExamples(operation, new Map(Object.entries(answers.get(id) ?? {})))
    const text = japanese.get(id)
    if (text !== undefined) operation.description = [operation.description, text].filter(Boolean).join('\n\n')
    if (id === 'editOrder') describePatch(operation, document.components?.schemas as Record<string, Schema>)
    if (id in VERSION_CONFLICTS) describeConflict(operation, VERSION_CONFLICTS[id as 'editOrder'])
  }
  return document
}

function showExamples(operation: OpenApiOperation, byStatus: ReadonlyMap<string, unknown>): void {
  for (const [status, response] of Object.entries(operation.responses) as [string, Answer][]) {
    const example = byStatus.get(status)
    if (example === undefined) continue
    for (const media of Object.values(response.content ?? {})) media.example ??= example
  }
}

/** What a 412 holds beside the problem: what is there now, and what was sent. */
const VERSION_CONFLICTS = {
  editOrder: {
    current: { $ref: '#/components/schemas/EditedOrder' },
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
} as const

function describeConflict(operation: OpenApiOperation, properties: object): void {
  operation.responses['412'] = {
    description: '`VERSION_MISMATCH` Somebody was faster; nothing was changed. (ほかの人が先に更新しました)',
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties }] },
      },
    },
  }
}

/** A merge patch is checked when it is merged; what may stand in it is what the order has, each field on its own. */
function describePatch(operation: OpenApiOperation, schemas: Readonly<Record<string, Schema>>): void {
  const order = schemas.OrderDetail?.properties ?? {}
  for (const media of Object.values(operation.requestBody?.content ?? {}) as { schema?: Schema }[]) {
    for (const [name, field] of Object.entries(media.schema?.properties ?? {})) {
      if (field.readOnly !== true) Object.assign(field, mergePatch(order[name] ?? {}, schemas))
    }
  }
}

function mergePatch(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const { $ref, ...rest } = structuredClone(schema)
  const named = $ref === undefined ? undefined : schemas[$ref.split('/').at(-1) ?? '']
  if (named !== undefined) return { ...mergePatch(named, schemas), ...rest }
  if (rest.anyOf) return { ...rest, anyOf: rest.anyOf.map((one) => mergePatch(one, schemas)) }
  if (rest.properties === undefined) return rest
  const fields = Object.entries(rest.properties).map(([name, field]) => [name, mergePatch(field, schemas)])
  return { ...rest, properties: Object.fromEntries(fields), required: undefined }
}
