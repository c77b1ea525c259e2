import { keysOf } from '../../platform/narrow.ts'
import { PROBLEM_NOTES, PROBLEMS, type ProblemCode } from '../problems.ts'
import recorded from './answers.json' with { type: 'json' }
import { JAPANESE } from './japanese.ts'
import {
  type OpenApiAnswer,
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiParameter,
  type OpenApiSchema,
  operationsOf,
  schemasOf,
} from './model.ts'
import { nameParts } from './named.ts'
import { openAnswers } from './open-values.ts'
import { describeWhatIsSent } from './outside-routes.ts'
import problems from './problem-answers.json' with { type: 'json' }
import texts from './text-answers.json' with { type: 'json' }

const header = (description: string, type = 'integer') => ({ description, schema: { type } })

const renamed = (name: string) => ({ ...header(`Deprecated: use \`${name}\` (旧名)`), deprecated: true })

const HEADERS = {
  'x-request-id': header('Quote it when asking the operator (問い合わせ番号)', 'string'),
  ratelimit: header(
    '`"requests";r=` left, `;t=` seconds until it begins anew; IETF RateLimit (残り回数と再開までの秒数)',
    'string',
  ),
  'ratelimit-policy': header(
    '`"requests";q=` quota, `;w=` seconds; IETF RateLimit-Policy (上限と単位時間)',
    'string',
  ),
  'x-ratelimit-limit': renamed('RateLimit-Policy'),
  'x-ratelimit-remaining': renamed('RateLimit'),
  'x-ratelimit-reset': renamed('RateLimit'),
}
const RETRY_AFTER = { 'retry-after': header('Seconds to wait (待つ秒数)') }

/** Headers of a refusal. */
const OF_STATUS: ReadonlyMap<number, object> = new Map<number, object>([
  [308, { location: header('The same request at the new address (移転先の URL)', 'string') }],
  [401, { 'www-authenticate': header('How to show a key (認証方式)', 'string') }],
  [405, { allow: header('The methods of this path (使えるメソッド)', 'string') }],
  [409, RETRY_AFTER],
  [429, RETRY_AFTER],
  [503, RETRY_AFTER],
])

const ETAG = { etag: header('For `If-Match` and `If-None-Match` (版)', 'string') }
const LOCATION = { location: header('Where it is (登録したデータの URL)', 'string') }
/** As `markDeprecation` sends them. */
const DEPRECATED = {
  deprecation: header('Since when, `@` and seconds since 1970; RFC 9745 (非推奨になった日時)', 'string'),
  sunset: header('Not before when it is gone; RFC 8594 (廃止予定日時)', 'string'),
  link: header('`<path>; rel="successor-version"`: what takes its place (代わりの URL)', 'string'),
}
const REPLAYED = {
  'idempotency-replayed': header('`true`: the answer that was given before under this key (再送)', 'string'),
}
const FILE_NAME = { 'content-disposition': header('The name of the file (ファイル名)', 'string') }

/** Headers of a success, by operation. */
const OF_SUCCESS: ReadonlyMap<string, object> = new Map<string, object>([
  ['getOrder', ETAG],
  ['listOrders', ETAG],
  ['listSiteChanges', ETAG],
  ['listImportRequests', ETAG],
  ['editOrder', ETAG],
  ['createShop', LOCATION],
  ['createMailbox', LOCATION],
  ['createOrderFile', LOCATION],
  ['getPapers', ETAG],
  ['setPapers', ETAG],
  ['exportFigures', FILE_NAME],
  ['exportItems', FILE_NAME],
  ['exportOrders', FILE_NAME],
  ['exportShippedOrders', FILE_NAME],
  ['exportAudit', FILE_NAME],
  ['exportOwnAudit', FILE_NAME],
  ['getRehearsalFile', FILE_NAME],
])

/** One answer for each status, with an example of every code that comes with it. */
function problemResponses(): Record<string, OpenApiAnswer> {
  const byStatus = Map.groupBy(keysOf(PROBLEMS), (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [`Problem${status}`, answerOf(status, codes)]),
  )
}

/** Real answers, which test/integration/http/problem-examples.test.ts provokes and records. */
const REAL_PROBLEMS: Readonly<Record<ProblemCode, object>> = problems

function answerOf(status: number, codes: readonly ProblemCode[]) {
  const example = (code: ProblemCode) => {
    const { cause, remedy } = PROBLEM_NOTES[code]
    return [code, { summary: cause, description: remedy, value: REAL_PROBLEMS[code] }]
  }
  return {
    description: codes
      .map((code) => `\`${code}\` ${PROBLEM_NOTES[code].cause} (${PROBLEMS[code].title})`)
      .join(' '),
    headers: { ...HEADERS, ...OF_STATUS.get(status) },
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map(example)),
      },
    },
  }
}

const problem = (status: string) => ({ $ref: `#/components/responses/Problem${status}` })

const CONSENT_PAGES: ReadonlySet<string> = new Set(['endConsent', 'endMailboxConsent'])

/** Refusals of the operations outside /v1. */
const OUTSIDE_V1 = new Map([
  ['getHealth', ['405']],
  ['getReadiness', ['405']],
  ['getMetrics', ['401', '403']],
  ['endConsent', ['429']],
  ['endMailboxConsent', ['429']],
])

/**
 * All codes for the first page of the document, as docs/problems.md has them; folded, so that the operations
 * are the first thing on /docs. HTML, as Markdown is not read inside of `details`.
 */
export function problemTable(): string {
  const rows = keysOf(PROBLEMS).map((code) => {
    const { status, title } = PROBLEMS[code]
    const { cause, remedy } = PROBLEM_NOTES[code]
    const cells = [`<code>${code}</code>`, status, title, asHtml(cause), asHtml(remedy)]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const heads = ['code', 'status', '意味', 'cause', 'what to do'].map((head) => `<th>${head}</th>`).join('')
  return `<details><summary>Problem codes (エラーコード)</summary><table><tr>${heads}</tr>${rows.join('')}</table></details>`
}

const asHtml = (markdown: string): string =>
  markdown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]*)`/g, '<code>$1</code>')

/** Adds the server's own problems to every operation under /v1, and drops schemas without a reference. */
export function finishDocument(document: OpenApiDocument): OpenApiDocument {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    if (!name.endsWith('Input')) allowMoreFields(schema)
  }
  for (const { path, method, operation } of operationsOf(document)) {
    allowMoreFields(operation.responses)
    nameSuccess(operation.responses)
    if (path.startsWith('/v1/')) {
      showHeaders(operation)
      addProblems(method, path, operation, document.components?.schemas ?? {})
    } else {
      operation.security ??= []
      for (const response of Object.values(operation.responses))
        response.headers = { 'x-request-id': HEADERS['x-request-id'], ...response.headers }
      const page = operation.responses['200']?.content?.['text/html']?.schema
      if (CONSENT_PAGES.has(operation.operationId ?? '') && page)
        operation.responses['400'] ??= {
          description: 'The consent did not succeed; the page says why (同意できなかった理由のページ)',
          headers: HEADERS,
          content: { 'text/html': { schema: page } },
        }
      for (const status of OUTSIDE_V1.get(operation.operationId ?? '') ?? [])
        operation.responses[status] ??= problem(status)
    }
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === 'header') showHeader(parameter)
      describeByComponent(parameter, document.components?.schemas ?? {})
    }
  }
  const described = describeWhatIsSent(document)
  const whole = { ...described, components: { ...described.components, responses: problemResponses() } }
  // Before the naming, so that nothing is called after what nobody refers to, and after it.
  return withoutUnusedSchemas(openAnswers(documentSentPatch(nameParts(withoutUnusedSchemas(whole)))))
}

/** A refused edit shows the patch as it was sent: of the shape that has its name only now. */
function documentSentPatch(document: OpenApiDocument): OpenApiDocument {
  const sent = document.components?.schemas?.OrderConflictFactsSent?.properties
  if (sent?.patch)
    sent.patch = { description: 'The patch (変更内容)', $ref: '#/components/schemas/OrderPatch' }
  return document
}

function addProblems(
  method: string,
  path: string,
  operation: OpenApiOperation,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): void {
  const needsKey = operation.parameters?.some(isNeeded)
  const needsVersion = operation.parameters?.some((parameter) => parameter.name === 'if-match')
  const statuses = [
    '308',
    ...(needsKey ? ['400'] : []),
    '401',
    '403',
    ...(path.includes('{') || namesShop(operation) || namesIds(operation.requestBody, schemas)
      ? ['404']
      : []),
    ...(method === 'get' ? [] : ['409']),
    ...(operation.operationId === 'listChanges' ? ['410'] : []),
    ...(needsVersion ? ['412'] : []),
    ...(operation.requestBody === undefined ? [] : ['413', '415']),
    '422',
    ...(needsVersion ? ['428'] : []),
    '429',
    '500',
    '503',
  ]
  for (const status of statuses)
    operation.responses[status] ??= operation.deprecated
      ? {
          ...problemResponses()[`Problem${status}`],
          headers: { ...HEADERS, ...OF_STATUS.get(Number(status)), ...DEPRECATED },
        }
      : problem(status)
  if (operation.parameters?.some((parameter) => parameter.name === 'if-none-match'))
    operation.responses['304'] = {
      description: 'Unchanged: the client has it already (変更なし)',
      headers: { ...HEADERS, ...ETAG },
    }
}

const namesShop = ({ parameters }: OpenApiOperation): boolean =>
  parameters?.some(({ name }) => name === 'shopId') === true

/** True when a body names something by its id, which may not be there. */
function namesIds(part: unknown, schemas: Readonly<Record<string, OpenApiSchema>>): boolean {
  const text = JSON.stringify(part ?? null)
  if (text.includes('"format":"uuid"')) return true
  return [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].some(([, name]) =>
    JSON.stringify(schemas[name ?? ''] ?? null).includes('"format":"uuid"'),
  )
}

/** A parameter whose schema is a named one says what that says. */
function describeByComponent(
  parameter: OpenApiParameter,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): void {
  if (parameter.description ?? parameter.schema?.description) return
  const name = parameter.schema?.$ref?.split('/').at(-1) ?? ''
  const description = schemas[name]?.description
  if (description !== undefined) parameter.description = description
}

function showHeaders({ operationId = '', deprecated, parameters, responses }: OpenApiOperation): void {
  const isKept = parameters?.some((one) => one.name.toLowerCase() === 'idempotency-key' && !isNeeded(one))
  for (const [status, response] of Object.entries(responses)) {
    const own = status.startsWith('2') ? { ...OF_SUCCESS.get(operationId), ...(isKept && REPLAYED) } : {}
    const going = deprecated ? DEPRECATED : {}
    response.headers = { ...HEADERS, ...own, ...going, ...response.headers }
  }
}

/** Fastify knows headers in lower case; the route asks for this one itself, to refuse by its code. */
function showHeader(parameter: OpenApiParameter): void {
  parameter.name = parameter.name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
  if (parameter.name === 'If-Match' || isNeeded(parameter)) parameter.required = true
}

/** An `Idempotency-Key` without which a request is refused; its description begins so. */
const isNeeded = ({ name, description }: OpenApiParameter): boolean =>
  name.toLowerCase() === 'idempotency-key' && description?.startsWith('Required') === true

/** Answers may gain fields; a client made from this document must not refuse them. */
function allowMoreFields(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as { additionalProperties?: unknown }
  if (schema.additionalProperties === false) delete schema.additionalProperties
  for (const inner of Object.values(part)) allowMoreFields(inner)
}

/** Replaces the description that the plugin writes where a schema is a reference. */
function nameSuccess(responses: Record<string, OpenApiAnswer>): void {
  for (const response of Object.values(responses)) {
    if (response.description === 'Default Response') response.description = 'Done (成功)'
  }
}

function withoutUnusedSchemas(document: OpenApiDocument): OpenApiDocument {
  const schemas = document.components?.schemas ?? {}
  const paths = JSON.stringify(document.paths)
  const responses = Object.entries(document.components?.responses ?? {}).filter(([name]) =>
    paths.includes(`"#/components/responses/${name}"`),
  )
  const used = schemasOf([document.paths, document.webhooks, responses], schemas)
  // By name: otherwise their order would follow that of the imports.
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name] ?? {}]))
  return {
    ...document,
    components: { ...document.components, responses: Object.fromEntries(responses), schemas: kept },
  }
}

const RECORDED: Readonly<Record<string, Record<string, unknown>>> = recorded

/** Problems that test/integration/http/problem-examples.test.ts records beside the codes. */
const REFUSALS: Readonly<Record<string, Record<string, unknown>>> = {
  editOrder: { 412: problems.VERSION_MISMATCH },
  moveOrders: { 412: problems.moveOrders },
  getReadiness: { 503: problems.getReadiness },
}

const CHALLENGE = 'tq6fQfZ1h0yJ0mP2c2n9Vd0m8o5m8bq1x9p3lq0Zr7E'
const SHOW = { options: { challenge: CHALLENGE, rpId: 'torikomi.example.jp', userVerification: 'required' } }
const PASSKEY = {
  id: '01a2313a-f168-72e4-80a0-e7342be1b631',
  name: '事務所のパソコン',
  createdAt: '2026-12-01T01:00:00.000Z',
  lastUsedAt: null,
  synced: true,
  signsIn: true,
}
const SIGNED_IN = { ...recorded.getSession[200], factors: ['passkey'] }
/** Browsers give no passkey to the demo, whose address is a number. */
const PASSKEYS = {
  beginPasskeySignIn: { 200: SHOW },
  signInByPasskey: { 200: SIGNED_IN },
  beginShowingPasskey: { 200: SHOW },
  showPasskey: { 200: SIGNED_IN },
  beginRecoveryCodesByPasskey: { 200: SHOW },
  renewRecoveryCodesByPasskey: { 200: { recoveryCodes: ['7K3Q-9XWD-2MFA'] } },
  beginPasskey: {
    200: {
      options: {
        challenge: CHALLENGE,
        rp: { id: 'torikomi.example.jp', name: 'Torikomi' },
        attestation: 'none',
      },
    },
  },
  addPasskey: { 200: { ...SIGNED_IN, passkey: PASSKEY, recoveryCodes: null } },
  renamePasskey: { 200: PASSKEY },
}

/** Of what asks somebody outside, whom the demo does not have: a mail server, the DNS, a queue at Amazon. */
const NOT_IN_THE_DEMO: Readonly<Record<string, Record<string, unknown>>> = {
  askPasswordReset: { 202: { mailed: null } },
  ...PASSKEYS,
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
  for (const { operation } of operationsOf(document)) {
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
  setPapers: {
    current: { $ref: '#/components/schemas/Papers' },
    sent: {
      type: 'object',
      description: 'What this request was made on (送った版)',
      properties: { version: { type: 'integer', description: 'The version of If-Match (編集元の版)' } },
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
  exportShippedOrders: { 'text/csv': 'CSV in the encoding of the shop’s map (CSV)' },
  exportItems: { 'text/csv': 'CSV, UTF-8 with a mark (CSV)' },
  exportFigures: { 'text/csv': 'CSV, UTF-8 with a mark (CSV)' },
  exportAudit: { 'application/jsonl': 'One entry a line (JSON Lines)', 'text/csv': 'CSV' },
  exportOwnAudit: { 'application/jsonl': 'One entry a line (JSON Lines)', 'text/csv': 'CSV' },
  getRehearsalFile: { 'text/markdown': 'Markdown, Japanese (リハーサル報告)' },
  getMetrics: { 'text/plain': 'Prometheus text format (メトリクス)' },
  endConsent: { 'text/html': 'A page for the person who consented (結果の画面)' },
  endMailboxConsent: { 'text/html': 'A page for the person who consented (結果の画面)' },
}

const EXAMPLES: Readonly<Record<string, Record<string, string>>> = texts

/** Before the recorded answers are put in, so that those of JSON find their place. */
function describeFiles(document: OpenApiDocument): void {
  for (const { operation } of operationsOf(document)) {
    const id = operation.operationId ?? ''
    const answer = operation.responses['200']
    if (answer === undefined) continue
    for (const [type, schema] of Object.entries(FILES[id] ?? {})) {
      // NSwag reads a text for JSON.
      const file = /csv|jsonl/.test(type) ? { format: 'binary' } : {}
      const described = typeof schema === 'string' ? { type: 'string', ...file, description: schema } : schema
      answer.content = { ...answer.content, [type]: { schema: described } }
    }
    // That of the stream is described where its events are.
    for (const [type, example] of Object.entries(EXAMPLES[id] ?? {})) {
      const media = answer.content?.[type]
      if (media !== undefined) Object.assign(media, { example })
    }
  }
}
