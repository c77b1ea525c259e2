import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from '@fastify/type-provider-zod'
import { keysOf } from '../../platform/narrow.ts'
import { anyone } from '../access.ts'
import type { App } from '../app-types.ts'
import { SESSION_COOKIE } from '../auth.ts'
import { page, TAGS } from '../operation.ts'
import { documentAnswers, finishDocument, problemTable } from './answers.ts'
import { serveDocsPage, WHOLE_UI } from './docs-page.ts'
import { type OpenApiDocument, type OpenApiOperation, operationsOf } from './model.ts'
import { toOpenApi30 } from './to-3-0.ts'

export interface OpenApiOptions {
  version: string
  /**
   * Ids and bodies that work when tried, known only while running (the demo's). Asked for at every reading.
   */
  examples?: (() => DocExamples) | undefined
}

const DESCRIPTION = `
Order import for Japanese malls (自動受注取込).

An order mail (注文メール) makes the service read the order from the mall's API and stage it (自動受注取込). A client takes all
staged orders over with one \`POST /v1/orders/pull\` (受注取込 → 新規受付).

- **Keys**: press *Authorize* and enter an API key (API キー). Client routes take a key of a tenant (契約店), routes under
  \`/v1/admin\` the operator key (運営者キー).
- **Times** are RFC 3339 with offset (in a query without one: Japan’s), **money** is integer yen (円), **names** are camelCase.
- **Lists** take \`limit\` and answer \`nextCursor\`; pass it as \`cursor\` for the next page.
- **Errors** are RFC 9457 problems with a stable \`code\` and Japanese text for staff; \`errors\` names each wrong field.
`.trim()

/** The plugin's types are those of a library that we do not have; ours name what is touched. */
type OurDocument = OpenApiDocument & ReturnType<App['swagger']>

/** OpenAPI 3.1 at /openapi.json, its page at /docs with nothing from another host. */
export async function serveOpenApi(app: App, options: OpenApiOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Torikomi 取込',
        description: `${DESCRIPTION}\n\n${problemTable()}`,
        version: options.version,
        contact: { name: 'The operator of this service (運営者)' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This service (このサービス)' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'API key `trk_…` or the operator key (API キー、または運営者キー)',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: SESSION_COOKIE,
            description:
              'A signed-in browser; over https the name begins with `__Host-`. Changes also need the header `x-csrf-token` (ログイン中のブラウザー)',
          },
        },
      },
      security: [{ apiKey: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform(SCHEMAS),
    transformObject: (document) =>
      finishDocument(
        documentAnswers(createJsonSchemaTransformObject(SCHEMAS)(document) as OurDocument),
      ) as OurDocument,
  })
  const withExamples = (document: object): OpenApiDocument =>
    fillExamples(structuredClone(document) as OpenApiDocument, options.examples?.() ?? {})
  const read = () => app.swagger() as OurDocument
  const textOf = keepTexts(read, () => options.examples?.() ?? {})
  await app.register(swaggerUi, {
    routePrefix: WHOLE_UI,
    theme: { title: 'Torikomi API' },
    uiConfig: {
      // Without the bar on top, which offers to load other documents.
      layout: 'BaseLayout',
      docExpansion: 'list',
      filter: true,
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    },
    staticCSP: UI_POLICY,
    // In place of the plugin's own, which make the document anew for each request. JSON is YAML as well.
    uiHooks: {
      preHandler: (request, reply, next) => {
        const type = WHOLE_AS[request.url.split('?')[0] ?? '']
        if (type === undefined) next()
        else void reply.type(type).send(textOf('GET /openapi.json'))
      },
    },
  })
  serveDocsPage(app, UI_POLICY, { read, fill: withExamples })
  for (const at of keysOf(SERVED))
    page(app, {
      at,
      who: anyone('nothing'),
      tagged: true,
      run: async (_request, reply) => reply.type('application/json; charset=utf-8').send(textOf(at)),
    })
}

const SERVED = {
  'GET /openapi.json': (document: OpenApiDocument) => document,
  'GET /openapi-3.0.json': toOpenApi30,
}

const WHOLE_AS: Readonly<Record<string, string>> = {
  [`${WHOLE_UI}/json`]: 'application/json; charset=utf-8',
  [`${WHOLE_UI}/yaml`]: 'application/x-yaml',
}

/**
 * Keeps the texts until the examples change. Making one takes half a second of the event loop, in which all
 * tenants wait, and anybody may ask for it without a key.
 */
function keepTexts(read: () => OpenApiDocument, examples: () => DocExamples) {
  let kept = { examples: '', texts: new Map<keyof typeof SERVED, string>() }
  return (at: keyof typeof SERVED): string => {
    const current = examples()
    const key = JSON.stringify(current)
    if (kept.examples !== key) kept = { examples: key, texts: new Map() }
    const text =
      kept.texts.get(at) ?? JSON.stringify(SERVED[at](fillExamples(structuredClone(read()), current)))
    kept.texts.set(at, text)
    return text
  }
}

const SCHEMAS = {
  zodToJsonConfig: { override: ({ jsonSchema }: { jsonSchema: Tidied }) => tidy(jsonSchema) },
}

interface Tidied {
  format?: unknown
  pattern?: unknown
  minimum?: unknown
  maximum?: unknown
}

/** zod repeats `format` as a long regular expression, and bounds integers by what JavaScript can hold. */
function tidy(jsonSchema: Tidied): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

/** The plugin's own policy would turn every request into https, which an office machine does not speak. */
const UI_POLICY = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': "'self'",
}

export interface DocExamples {
  /** Id by the collection in the path: `{ shops: '0199…' }` fills `{id}` of /v1/shops/{id}. */
  ids?: Readonly<Record<string, string>>
  /** By operation id and parameter name, before `ids`: `{ deleteShop: { id: '0199…' } }`. */
  parameters?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Bodies by operation id, the first one is what the page shows: `{ createMailbox: [{ host: … }] }`. */
  bodies?: Readonly<Record<string, readonly unknown[]>>
}

/** Puts what exists right now into the document, so that "Try it out" works without looking up an id. */
export function fillExamples(document: OpenApiDocument, examples: DocExamples): OpenApiDocument {
  for (const { path, operation } of operationsOf(document)) {
    const id = examples.ids?.[collectionOf(path)]
    const name = operation.operationId ?? ''
    const values = { ...(id === undefined ? {} : { id }), ...examples.parameters?.[name] }
    fillParameters(operation, values)
    fillBody(operation, examples.bodies?.[name] ?? [])
  }
  return document
}

/** `shops` of `/v1/shops/{id}/test`. */
const collectionOf = (path: string): string => /\/([^/{}]+)\/\{id\}/.exec(path)?.[1] ?? ''

function fillParameters(operation: OpenApiOperation, values: Readonly<Record<string, string>>): void {
  for (const parameter of operation.parameters ?? []) {
    const value = values[parameter.name]
    if (value !== undefined) parameter.example = value
  }
}

function fillBody(operation: OpenApiOperation, bodies: readonly unknown[]): void {
  if (bodies.length === 0) return
  for (const media of Object.values(operation.requestBody?.content ?? {})) {
    delete media.example
    delete media.examples
    if (bodies.length === 1) media.example = bodies[0]
    else media.examples = Object.fromEntries(bodies.map((value, index) => [`example${index + 1}`, { value }]))
  }
}
