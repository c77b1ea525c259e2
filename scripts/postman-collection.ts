import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Makes clients/postman/torikomi.postman_collection.json from docs/openapi.json, for Postman, Bruno and
 * Insomnia.
 */

const DOCUMENT = new URL('../docs/openapi.json', import.meta.url)
export const COLLECTION = new URL('../clients/postman/torikomi.postman_collection.json', import.meta.url)

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  example?: unknown
  schema?: { default?: unknown; description?: string; examples?: unknown[] }
}

interface Operation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
}

interface Document {
  info: { title: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}

export async function collection(): Promise<string> {
  const document = JSON.parse(await readFile(DOCUMENT, 'utf8')) as Document
  const requests = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags?.[0],
      item: requestOf(method, path, operation),
    })),
  )
  const folders = document.tags.map(({ name, description }) => ({
    name,
    description,
    item: requests.filter(({ tag }) => tag === name).map(({ item }) => item),
  }))
  const operationOf = (id: string) => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.operationId === id) return { method, path, operation }
    throw new Error(`${id} is no operation of the document`)
  }
  const chain = {
    name: CHAIN,
    description: CHAIN_DESCRIPTION,
    item: STEPS.map(({ name, operation, body, path = {}, query = {}, headers = {}, script }) => {
      const found = operationOf(operation)
      const item = requestOf(found.method, found.path, found.operation)
      const { request } = item
      for (const variable of request.url.variable) variable.value = path[variable.key] ?? variable.value
      request.url.query = Object.entries(query).map(([key, value]) => ({ key, value, description: '' }))
      for (const header of request.header) header.value = headers[header.key] ?? header.value
      if (body !== undefined && request.body) request.body.raw = body
      return { ...item, name, event: [{ listen: 'test', script: { type: 'text/javascript', exec: script } }] }
    }),
  }
  const whole = {
    info: {
      name: document.info.title,
      description: document.info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiKey}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: 'http://127.0.0.1:3000' },
      { key: 'apiKey', value: '' },
      { key: 'operatorKey', value: '' },
      { key: 'marketplace', value: 'rakuten' },
      { key: 'shopCode', value: '400001' },
      { key: 'credentials', value: '{}' },
      { key: 'orderNumber', value: '' },
    ],
    item: [chain, ...folders],
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

export const CHAIN = '0 First pull (はじめての受注取込)'

const CHAIN_DESCRIPTION =
  'From nothing to a shipped order, each request with what the one before has answered. Set `baseUrl`, `operatorKey`, and of a shop ' +
  '`marketplace`, `shopCode`, `credentials` (as in POST /v1/shops, JSON) and the `orderNumber` of an order that it has; run the folder. ' +
  '上から順に実行します。baseUrl、operatorKey、店舗の marketplace・shopCode・credentials・orderNumber を設定してください。'

interface Step {
  name: string
  operation: string
  /** JSON with variables. */
  body?: string
  path?: Record<string, string>
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Lines of a script behind the answer. */
  script: string[]
}

const status = (code: number): string =>
  `pm.test('${code}', () => pm.response.to.have.status(${code})); const answer = pm.response.json();`
const keep = (name: string, value: string): string => `pm.collectionVariables.set('${name}', ${value});`

const STEPS: readonly Step[] = [
  {
    name: '1 Contract',
    operation: 'createTenant',
    body: JSON.stringify({ name: '株式会社とりこみ商店', emails: ['owner@example.jp'] }),
    script: [status(201), keep('tenantId', 'answer.id')],
  },
  {
    name: '2 API key',
    operation: 'createApiKey',
    body: JSON.stringify({ tenantId: '{{tenantId}}', name: 'Postman' }),
    script: [status(201), keep('apiKey', 'answer.key')],
  },
  {
    name: '3 Shop',
    operation: 'createShop',
    body: '{"marketplace":"{{marketplace}}","code":"{{shopCode}}","name":"とりこみ商店","credentials":{{credentials}}}',
    script: [status(201), keep('shopId', 'answer.id')],
  },
  {
    name: '4 Does it connect?',
    operation: 'testShop',
    path: { id: '{{shopId}}' },
    script: [
      status(200),
      "pm.test('the mall lets it in', () => pm.expect(answer.ok, JSON.stringify(answer)).to.be.true);",
    ],
  },
  {
    name: '5 Where the feed is',
    operation: 'listChanges',
    script: [status(200), keep('position', 'answer.position')],
  },
  {
    name: '6 Fetch an order',
    operation: 'importOrders',
    body: JSON.stringify({ shopId: '{{shopId}}', orderNumbers: ['{{orderNumber}}'] }),
    script: [status(202)],
  },
  {
    name: '7 It is here',
    operation: 'listChanges',
    query: { after: '{{position}}', wait: '30' },
    script: [
      status(200),
      keep('position', 'answer.position'),
      "const staged = answer.changes.some(({ kind, data }) => kind === 'order' && data.what.includes('staged'));",
      "const turns = Number(pm.collectionVariables.get('turns') || 0) + 1;",
      "pm.collectionVariables.set('turns', staged ? 0 : turns);",
      '// The feed tells more than this; it waits up to 30 s for the next.',
      'if (!staged && turns < 20) pm.execution.setNextRequest(pm.info.requestName);',
      "else pm.test('the order is staged', () => pm.expect(staged).to.be.true);",
    ],
  },
  {
    name: '8 受注取込',
    operation: 'pullOrders',
    body: JSON.stringify({ after: null }),
    script: [
      status(200),
      "pm.test('it is the order', () => pm.expect(answer.orders.map((order) => order.orderNumber)).to.include(pm.variables.get('orderNumber')));",
      keep('orderId', 'answer.orders[0].id'),
    ],
  },
  {
    name: '9 Read it',
    operation: 'getOrder',
    path: { id: '{{orderId}}' },
    script: [status(200), keep('etag', "pm.response.headers.get('etag')")],
  },
  {
    name: '10 Edit it',
    operation: 'editOrder',
    path: { id: '{{orderId}}' },
    headers: { 'If-Match': '{{etag}}' },
    body: JSON.stringify({ notes: { shop: '電話で日時を確認済み' } }),
    script: [
      status(200),
      keep('today', 'new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)'),
      "pm.test('the note is there', () => pm.expect(answer.detail.notes.shop).to.equal('電話で日時を確認済み'));",
    ],
  },
  {
    name: '11 Ship it',
    operation: 'requestSiteChanges',
    body: JSON.stringify({
      changes: [
        {
          orderId: '{{orderId}}',
          action: 'ship',
          shippedOn: '{{today}}',
          parcels: [{ carrier: 'yamato', trackingNumber: '400000000001' }],
        },
      ],
    }),
    script: [status(202), keep('siteChangeId', 'answer.siteChanges[0].id')],
  },
  {
    name: '12 The mall has it',
    operation: 'getSiteChange',
    path: { id: '{{siteChangeId}}' },
    script: [
      status(200),
      "const ended = ['succeeded', 'failed'].includes(answer.state);",
      "const looks = Number(pm.collectionVariables.get('looks') || 0) + 1;",
      "pm.collectionVariables.set('looks', ended ? 0 : looks);",
      '// Half a second, as long as the script has a timer.',
      'if (!ended && looks < 120) { pm.execution.setNextRequest(pm.info.requestName); setTimeout(() => {}, 500); }',
      "else pm.test('shipped', () => pm.expect(answer.state, JSON.stringify(answer)).to.equal('succeeded'));",
    ],
  },
]

function requestOf(method: string, path: string, operation: Operation) {
  const of = (place: string) => (operation.parameters ?? []).filter((parameter) => parameter.in === place)
  const segments = path
    .split('/')
    .slice(1)
    .map((part) => part.replace(/^\{(\w+)\}$/, ':$1'))
  const media = operation.requestBody?.content['application/json']
  const body = media?.example ?? Object.values(media?.examples ?? {})[0]?.value
  return {
    name: operation.summary ?? path,
    request: {
      method: method.toUpperCase(),
      description: operation.description ?? '',
      header: [
        // A new key each time it is sent.
        ...of('header').map((parameter) => ({
          ...entry(parameter),
          ...(parameter.name.toLowerCase() === 'idempotency-key' ? { value: '{{$guid}}' } : {}),
        })),
        ...(body === undefined ? [] : [{ key: 'content-type', value: 'application/json' }]),
      ],
      url: {
        raw: `{{baseUrl}}/${segments.join('/')}`,
        host: ['{{baseUrl}}'],
        path: segments,
        query: of('query').map(entry),
        variable: of('path').map(entry),
      },
      ...(path.startsWith('/v1/admin/')
        ? { auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{operatorKey}}', type: 'string' }] } }
        : {}),
      ...(body === undefined
        ? {}
        : {
            body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } },
          }),
    },
  }
}

const entry = ({ name, required, description, example, schema }: Parameter) => ({
  key: name,
  value: String(example ?? schema?.examples?.[0] ?? schema?.default ?? ''),
  description: description ?? schema?.description ?? '',
  ...(required ? {} : { disabled: true }),
})

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(COLLECTION, await collection())
