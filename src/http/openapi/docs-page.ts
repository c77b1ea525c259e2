import { readFileSync } from 'node:fs'
import { factsOf } from '../../platform/narrow.ts'
import { anyone } from '../access.ts'
import type { App } from '../app-types.ts'
import { page } from '../operation.ts'
import { HttpProblem } from '../problems.ts'
import {
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiSchema,
  operationsOf,
  type PlacedOperation,
  schemasOf,
} from './model.ts'
import { samplesOf } from './samples.ts'

/** Swagger UI with the whole document at once, and the files that the page takes from it. */
export const WHOLE_UI = '/docs/all'

const SCRIPT = readFileSync(new URL('docs-page.js', import.meta.url), 'utf8')

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1100px; padding: 1rem; color: #222 }
h1 { font-size: 1.4rem; margin: 0 } input { font: inherit; width: 100%; padding: .5rem; margin: 1rem 0; box-sizing: border-box }
summary { cursor: pointer; padding: .35rem 0 } .tag > summary { font-weight: 600; border-bottom: 1px solid #ccc }
.operation { margin-left: 1rem } code { font: 13px ui-monospace, monospace } .method { display: inline-block; min-width: 4.2rem; font-weight: 600 }
.samples { margin: .5rem 1rem 1rem } .samples pre { background: #f6f6f6; padding: .75rem; overflow-x: auto; font-size: 13px }
[hidden] { display: none !important } .operation .info, .operation .opblock-tag { display: none }`

/**
 * The page at /docs: all operations, by tag, closed, with a search over them. Swagger UI takes seconds for a
 * document of this size, so each operation is given to it alone, once it is opened.
 */
export function serveDocsPage(
  app: App,
  policy: Record<string, string>,
  { read, fill }: { read: () => OpenApiDocument; fill: (part: OpenApiDocument) => OpenApiDocument },
): void {
  const headers = {
    'content-security-policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'cache-control': 'no-cache',
  }
  const who = anyone('nothing')
  let list: string | null = null
  for (const at of ['GET /docs', 'GET /docs/'] as const)
    page(app, {
      at,
      who,
      run: async (_request, reply) => {
        list ??= pageOf(read())
        return reply.headers(headers).type('text/html; charset=utf-8').send(list)
      },
    })
  page(app, {
    at: 'GET /docs/page.js',
    who,
    run: (_request, reply) => reply.headers(headers).type('text/javascript; charset=utf-8').send(SCRIPT),
  })
  page(app, {
    at: 'GET /docs/operations/:id',
    who,
    run: async ({ params }, reply) => {
      const part = partOf(read(), String(factsOf(params).id))
      if (part === null)
        throw new HttpProblem('ROUTE_NOT_FOUND', 'この操作はありません。/docs で操作を確認してください。')
      return reply
        .headers(headers)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(withSamples(fill(part))))
    },
  })
}

function pageOf(document: OpenApiDocument): string {
  const { tags = [] } = document
  const schemas = document.components?.schemas ?? {}
  const operations = operationsOf(document)
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => tagOf(operation) === name)
    const rows = own.map((one) => rowOf(one, wordsOf(one, schemas))).join('')
    return `<details class="tag"><summary>${escaped(name)} – ${escaped(description)} (${own.length})</summary>${rows}</details>`
  })
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Torikomi API</title><link rel="icon" href="${WHOLE_UI}/static/favicon-32x32.png"><style>${STYLE}</style></head><body data-ui="${WHOLE_UI}/static">
<h1>Torikomi API</h1>
<p><a href="/openapi.json">OpenAPI 3.1</a> · <a href="/openapi-3.0.json">OpenAPI 3.0</a> · <a href="${WHOLE_UI}">一つのページで表示 (all at once)</a></p>
<input type="search" id="search" placeholder="検索: 操作、パス、説明 (search operations)" aria-label="検索 (search)" autofocus>
<p id="none" hidden>該当する操作はありません。</p>
${sections.join('\n')}
<script src="/docs/page.js"></script></body></html>`
}

const tagOf = ({ tags }: OpenApiOperation) => tags?.[0]

/** Fields of its body, and the values that tell its shapes apart: actions of a site change. */
function wordsOf({ operation }: PlacedOperation, schemas: Readonly<Record<string, OpenApiSchema>>): string {
  const body = JSON.stringify(operation.requestBody ?? {})
  const parts = [...schemasOf(operation.requestBody ?? {}, schemas)].map((name) => schemas[name])
  const told = [...JSON.stringify(parts).matchAll(/"enum":\["([\w-]+)"\]/g)].map(([, value]) => value)
  const [, own = ''] = /"\$ref":"#\/components\/schemas\/(\w+)"/.exec(body) ?? []
  return [...Object.keys(schemas[own]?.properties ?? {}), ...new Set(told)].join(' ')
}

/** @param sent fields and values of its body */
function rowOf({ path, method, operation }: PlacedOperation, sent: string): string {
  const { operationId = '', description = '', summary = '' } = operation
  const going = operation.deprecated ? ' <em>非推奨 (deprecated)</em>' : ''
  const names = (operation.parameters ?? []).map(({ name }) => name).join(' ')
  const text = `${method} ${path} ${operationId} ${summary} ${description} ${names} ${sent}`.toLowerCase()
  return `<details class="operation" id="${escaped(operationId)}" data-text="${escaped(text)}"><summary><code><span class="method">${method.toUpperCase()}</span>${escaped(path)}</code> ${escaped(summary)}${going}</summary></details>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter)

/** Adds calls in some languages, of what the examples have by now. */
function withSamples(part: OpenApiDocument): OpenApiDocument {
  for (const placed of operationsOf(part))
    Object.assign(placed.operation, { 'x-codeSamples': samplesOf(placed) })
  return part
}

/** The document with one operation, and of the components those that it refers to. */
function partOf(document: OpenApiDocument, id: string): OpenApiDocument | null {
  const found = operationsOf(document).find(({ operation }) => operation.operationId === id)
  if (found === undefined) return null
  const kept: Record<string, Record<string, unknown>> = {}
  const open: unknown[] = [found.operation]
  while (open.length > 0) {
    for (const [, kind = '', name = ''] of JSON.stringify(open.pop()).matchAll(
      /"\$ref":"#\/components\/([^/"]+)\/([^/"]+)"/g,
    )) {
      const part = factsOf(factsOf(document.components)[kind])[name]
      kept[kind] ??= {}
      if (part === undefined || kept[kind][name] !== undefined) continue
      kept[kind][name] = part
      open.push(part)
    }
  }
  const { webhooks: _, components, ...rest } = document
  const { securitySchemes } = components ?? {}
  return {
    ...rest,
    paths: { [found.path]: { [found.method]: found.operation } },
    components: { ...kept, securitySchemes },
  }
}
