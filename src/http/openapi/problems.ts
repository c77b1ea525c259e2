import { keysOf } from '../../platform/narrow.ts'
import { PROBLEM_NOTES } from '../problem-notes.ts'
import { PROBLEMS, type ProblemCode } from '../problems.ts'
import { nameParts } from './named.ts'
import { describeWhatIsSent } from './outside-routes.ts'
import recorded from './problem-answers.json' with { type: 'json' }
import type {
  OpenApiAnswer,
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiSchema,
} from './types.ts'

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
  [401, { 'www-authenticate': header('How to show a key (認証方式)', 'string') }],
  [405, { allow: header('The methods of this path (使えるメソッド)', 'string') }],
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
  ['exportOrders', FILE_NAME],
  ['exportAudit', FILE_NAME],
  ['exportOwnAudit', FILE_NAME],
])

/** One answer for each status, with an example of every code that comes with it. */
function problemResponses(): Record<string, OpenApiAnswer> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of keysOf(PROBLEMS)) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [`Problem${status}`, answerOf(status, codes)]),
  )
}

/** Real answers, which test/integration/http/problem-examples.test.ts provokes and records. */
const EXAMPLES: Readonly<Record<ProblemCode, object>> = recorded

function answerOf(status: number, codes: readonly ProblemCode[]) {
  const example = (code: ProblemCode) => {
    const { cause, remedy } = PROBLEM_NOTES[code]
    return [code, { summary: cause, description: remedy, value: EXAMPLES[code] }]
  }
  return {
    description: codes
      .map((code) => `\`${code}\` ${PROBLEM_NOTES[code].cause} (${PROBLEMS[code].title})`)
      .join(' '),
    headers: { 'x-request-id': HEADERS['x-request-id'], ...OF_STATUS.get(status) },
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
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
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
  }
  const described = describeWhatIsSent(document)
  const whole = { ...described, components: { ...described.components, responses: problemResponses() } }
  // Before the naming, so that nothing is called after what nobody refers to, and after it.
  return withoutUnusedSchemas(documentSentPatch(nameParts(withoutUnusedSchemas(whole))))
}

/** A refused edit shows the patch as it was sent: of the shape that has its name only now. */
function documentSentPatch(document: OpenApiDocument): OpenApiDocument {
  const sent = document.components?.schemas?.OrderConflictFactsSent?.properties
  if (sent?.patch)
    sent.patch = { description: 'The patch (変更内容)', $ref: '#/components/schemas/OrderPatch' }
  return document
}

/** Reads that ask a mall, which may refuse. */
const ASKS_MALL: ReadonlySet<string> = new Set(['listSubStatuses', 'listPurchaseApplications'])

function addProblems(
  method: string,
  path: string,
  operation: OpenApiOperation,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): void {
  const inputs =
    operation.requestBody !== undefined || operation.parameters?.some((parameter) => parameter.in === 'query')
  const needsKey = operation.parameters?.some(isNeeded)
  const needsVersion = operation.parameters?.some((parameter) => parameter.name === 'if-match')
  const statuses = [
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
    ...(inputs || method !== 'get' || ASKS_MALL.has(operation.operationId ?? '') ? ['422'] : []),
    ...(needsVersion ? ['428'] : []),
    '429',
    '500',
    '503',
  ]
  for (const status of statuses) operation.responses[status] ??= problem(status)
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

function showHeaders({ operationId = '', deprecated, responses }: OpenApiOperation): void {
  for (const [status, response] of Object.entries(responses)) {
    const own = status.startsWith('2') ? OF_SUCCESS.get(operationId) : {}
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
  const used = new Set<string>()
  const visit = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue
      used.add(name)
      visit(schemas[name] ?? null)
    }
  }
  visit([document.paths, document.webhooks])
  const paths = JSON.stringify(document.paths)
  const responses = Object.entries(document.components?.responses ?? {}).filter(([name]) =>
    paths.includes(`"#/components/responses/${name}"`),
  )
  visit(responses)
  // By name: otherwise their order would follow that of the imports.
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name] ?? {}]))
  return {
    ...document,
    components: { ...document.components, responses: Object.fromEntries(responses), schemas: kept },
  }
}
