import recorded from './text-answers.json' with { type: 'json' }
import type { OpenApiDocument, OpenApiSchema } from './types.ts'

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

const EXAMPLES: Readonly<Record<string, Record<string, string>>> = recorded

/** Before the recorded answers are put in, so that those of JSON find their place. */
export function describeFiles(document: OpenApiDocument): void {
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
