/** As much of an OpenAPI document as is touched here. */
export interface OpenApiOperation {
  operationId?: string
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[]
  requestBody?: { content: Record<string, { example?: unknown; examples?: unknown }> }
  responses: Record<string, unknown>
  security?: unknown[]
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>
  components?: { schemas?: Record<string, unknown>; [more: string]: unknown }
  [more: string]: unknown
}

const TEXTS: Record<string, string> = {
  400: 'No `Idempotency-Key` (冪等キーがない)',
  401: 'Unknown, expired or revoked key (認証できない)',
  403: 'This key may not do this, or the tenant is suspended (権限なし・利用停止中)',
  404: 'No such thing, or it is another tenant’s (見つからない)',
  410: 'The position is older than what is kept; `position` is where to go on (位置が古い)',
  412: 'Somebody was faster; `current` is the order as it is now, `sent` what was sent (先に更新された)',
  422: 'A field is wrong; `errors` names it (入力誤り)',
  428: 'No `If-Match` (If-Match がない)',
  429: 'Too many requests; see `Retry-After` (リクエスト過多)',
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

/** Adds to every operation under /v1 the problems that the server itself raises, and drops schemas nobody refers to. */
export function finishDocument(document: OpenApiDocument): OpenApiDocument {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    if (!name.endsWith('Input')) allowMoreFields(schema)
  }
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      allowMoreFields(operation.responses)
      nameSuccess(operation.responses)
      if (path.startsWith('/v1/')) addProblems(path, operation)
      else operation.security ??= []
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in === 'header') showHeader(parameter)
      }
    }
  }
  return withoutUnusedSchemas(document)
}

function addProblems(path: string, operation: OpenApiOperation): void {
  const inputs =
    operation.requestBody !== undefined || operation.parameters?.some((parameter) => parameter.in === 'query')
  const needsKey = operation.parameters?.some((parameter) => parameter.name === 'idempotency-key')
  const needsVersion = operation.parameters?.some((parameter) => parameter.name === 'if-match')
  const statuses = [
    ...(needsKey ? ['400'] : []),
    '401',
    '403',
    ...(path.includes('{') ? ['404'] : []),
    ...(operation.operationId === 'listChanges' ? ['410'] : []),
    ...(needsVersion ? ['412'] : []),
    ...(inputs ? ['422'] : []),
    ...(needsVersion ? ['428'] : []),
    '429',
  ]
  for (const status of statuses) operation.responses[status] ??= problem(TEXTS[status] ?? '')
}

/** Fastify knows headers in lower case, and the route asks for this one by itself, to refuse with a code of its own. */
function showHeader(parameter: { name: string; required?: boolean }): void {
  parameter.name = parameter.name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
  if (['Idempotency-Key', 'If-Match'].includes(parameter.name)) parameter.required = true
}

/** Answers may gain fields; a client made from this document must not refuse them. */
function allowMoreFields(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as { additionalProperties?: unknown }
  if (schema.additionalProperties === false) delete schema.additionalProperties
  for (const inner of Object.values(part)) allowMoreFields(inner)
}

/** What the plugin writes where a schema is a reference. */
function nameSuccess(responses: Record<string, unknown>): void {
  for (const response of Object.values(responses) as { description?: string }[]) {
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
  visit(document.paths)
  // By name: otherwise their order would follow that of the imports.
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]))
  return { ...document, components: { ...document.components, schemas: kept } }
}
