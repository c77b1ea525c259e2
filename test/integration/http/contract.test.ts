import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Seeded, seeded } from '../../../sandbox/kit/seeded.ts'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { played, TEST_SEED } from '../../support/drawn-seed.ts'
import { newId } from '../../support/fixtures.ts'
import { QUERIES } from '../../support/http/every-read.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * The document, held against the service as a validating proxy does: each answer has a status, a media type
 * and a body that the document names for its operation, whatever was asked.
 */

interface Answer {
  $ref?: string
  content?: Record<string, object>
}
interface Operation {
  operationId: string
  parameters?: { name: string; in: string }[]
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
  responses: Record<string, Answer>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Answer> }
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
interface Call {
  path: string
  method: Method
  url: string
  headers?: Record<string, string>
  payload?: string
}

let database: TestDatabase
let app: App
let document: Document
let key = ''
/** Ids that are there, by the collection in whose path they stand. */
const ids: Record<string, string> = {}
const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
const compiled = new Map<string, ValidateFunction>()

const asTenant = () => ({ authorization: `Bearer ${key}` })
const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` }

beforeAll(async () => {
  database = await freshDatabase()
  const bench = await importBench(database)
  for (const number of numbers(6)) bench.mall.place(number)
  await bench.want(numbers(6))
  await bench.run()
  app = await wholeServer(database, {
    eventLoopDelayMs: 60_000,
    requestsPerMinute: 1_000_000,
    authFailuresPerMinute: 1_000_000,
  })
  document = (await app.inject('/openapi.json')).json()
  ajv.addSchema(document, 'doc')
  const made = await app.inject({
    method: 'POST',
    url: '/v1/admin/api-keys',
    headers: asOperator,
    payload: { tenantId: bench.tenantId, name: 'contract', role: 'owner' },
  })
  key = made.json<{ key: string }>().key
  const send = async (url: string, payload: object) =>
    (
      await app.inject({
        method: 'POST',
        url,
        payload,
        headers: { ...asTenant(), 'idempotency-key': newId() },
      })
    ).json()
  const orders = await database.db.order.findMany({ where: { tenantId: bench.tenantId } })
  ids.orders = orders[0]?.id ?? ''
  ids.shops = bench.shopId
  ids.tenants = bench.tenantId
  ids.pulls = (await send('/v1/orders/pull', { limit: 2 })).pullId
  ids['import-requests'] = (await database.db.importRequest.findFirstOrThrow()).id
  ids.webhooks = (await send('/v1/webhooks', { name: 'w', url: 'https://93.184.216.34/w' })).id
  ids.reimports = (await send('/v1/orders/reimport', { orderIds: [ids.orders], apply: 'none' })).reimportId
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

/** A stream has no end, and the queue's page is none of the surface. */
const isAsked = (path: string) => path !== '/v1/events'

const fill = (path: string, idOf: (collection: string) => string) =>
  path.replace(
    /([^/]+)\/\{\w+\}/g,
    (_, collection: string) => `${collection}/${encodeURIComponent(idOf(collection))}`,
  )

/** What the document does not say of the answer; null: nothing. */
async function mismatch({ path, method, url, headers = {}, payload }: Call): Promise<string | null> {
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  const operation = document.paths[path]?.[method.toLowerCase()]
  const what = `${method} ${url} ${payload?.slice(0, 200) ?? ''} → ${answer.statusCode}`
  const said = operation?.responses[answer.statusCode]
  if (!operation || !said) return `${what}: status is not in the document: ${answer.body.slice(0, 200)}`
  const at = said.$ref
    ? said.$ref.slice(2).split('/')
    : ['paths', path, method.toLowerCase(), 'responses', String(answer.statusCode)]
  const { content } = said.$ref ? (document.components.responses[at.at(-1) ?? ''] ?? {}) : said
  // A file without a line in it is one, and so is a 304.
  if (answer.body === '')
    return content?.['application/json'] && answer.statusCode !== 304 ? `${what}: no body` : null
  const type = String(answer.headers['content-type']).split(';')[0] ?? ''
  if (!content?.[type]) return `${what}: ${type} is not in the document`
  if (!type.endsWith('json')) return null
  // Orders with the wanted fields alone lack those that the document requires: it says so at `fields`.
  if (/[?&]fields=/.test(url)) return null
  const validate = validatorOf([...at, 'content', type, 'schema'])
  if (validate(answer.json())) return null
  return `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}`
}

function validatorOf(parts: readonly string[]): ValidateFunction {
  const pointer = parts
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  const known = compiled.get(pointer) ?? ajv.compile({ $ref: `doc#/${pointer}` })
  compiled.set(pointer, known)
  return known
}

test('every GET answers as the document says, to a tenant and to the operator', async () => {
  const wrong: (string | null)[] = []
  for (const [path, methods] of Object.entries(document.paths)) {
    if (!methods.get || !isAsked(path)) continue
    const url = fill(path, (collection) => ids[collection] ?? newId())
    for (const query of QUERIES[path] ?? ['', 'limit=1', 'cursor=x'])
      for (const headers of [asTenant(), asOperator, {}])
        wrong.push(await mismatch({ path, method: 'GET', url: `${url}?${query}`, headers }))
  }
  expect(wrong.length).toBeGreaterThan(200)
  expect(wrong.filter(Boolean)).toEqual([])
})

const ODD_TEXTS = [
  '',
  'x',
  '0',
  '-1',
  '99999999999',
  'true',
  'null',
  '日本語',
  '%00',
  '../x',
  '2026-13-01T00:00:00Z',
]
const ODD_VALUES = [
  null,
  '',
  'x',
  0,
  -1,
  1e300,
  true,
  [],
  {},
  [null],
  '2026-01-01',
  '\u0000',
  '日本語'.repeat(200),
]

/** A call that a client may make by mistake: an example of the document with something wrong in it. */
function oddCall(random: Seeded): Call {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    isAsked(path) ? Object.entries(methods).map(([method, operation]) => ({ path, method, operation })) : [],
  )
  const { path, method, operation } = random.pick(operations)
  const idOf = (collection: string) =>
    random.pick([ids[collection] ?? newId(), newId(), random.pick(ODD_TEXTS) || 'x'])
  const query = (operation.parameters ?? [])
    .filter((one) => one.in === 'query' && random.chance(0.3))
    .map(({ name }) => `${name}=${encodeURIComponent(random.pick([...ODD_TEXTS, newId(), ids.shops ?? '']))}`)
  const example = exampleOf(operation, random)
  const auth = random.pick([asTenant(), asTenant(), asOperator, {}, { authorization: 'Bearer wrong' }])
  const type = random.chance(0.9)
    ? 'application/json'
    : random.pick(['text/plain', 'application/merge-patch+json'])
  return {
    path,
    method: method.toUpperCase() as Method,
    url: `${fill(path, idOf)}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    headers: {
      ...auth,
      ...(random.chance(0.7) ? { 'idempotency-key': newId() } : {}),
      ...(random.chance(0.5) ? { 'if-match': random.pick(['*', '"1"', 'x']) } : {}),
      ...(example === undefined ? {} : { 'content-type': type }),
    },
    ...(example === undefined ? {} : { payload: random.chance(0.95) ? JSON.stringify(example) : '{"a":' }),
  }
}

function exampleOf({ requestBody }: Operation, random: Seeded): unknown {
  const media = requestBody?.content['application/json']
  if (!media) return undefined
  const values = [media.example, ...Object.values(media.examples ?? {}).map(({ value }) => value)]
  const example = structuredClone(random.pick(values.filter((value) => value !== undefined)) ?? {})
  return withOddity(known(example), random)
}

/** Ids of the examples as those that are there. */
const known = (example: unknown): unknown =>
  JSON.parse(
    JSON.stringify(example, (name, value) =>
      name === 'shopId'
        ? ids.shops
        : name === 'orderId'
          ? ids.orders
          : name === 'orderIds'
            ? [ids.orders]
            : value,
    ),
  )

function withOddity(value: unknown, random: Seeded): unknown {
  if (random.chance(0.15)) return random.pick([...ODD_VALUES, newId()])
  if (Array.isArray(value)) return value.map((one) => (random.chance(0.5) ? withOddity(one, random) : one))
  if (typeof value !== 'object' || value === null)
    return random.chance(0.2) ? random.pick([...ODD_VALUES, newId()]) : value
  const entries = Object.entries(value).flatMap(([name, inner]) =>
    random.chance(0.1) ? [] : [[name, random.chance(0.4) ? withOddity(inner, random) : inner]],
  )
  return Object.fromEntries([...entries, ...(random.chance(0.1) ? [['surplus', 1]] : [])])
}

test('1,000 odd calls are answered as the document says', async () => {
  await played(async () => {
    const wrong: string[] = []
    for (let at = 0; at < 1_000; at += 1) {
      const found = await mismatch(oddCall(seeded(TEST_SEED, at)))
      if (found) wrong.push(found)
    }
    expect(wrong).toEqual([])
  })
}, 180_000)
