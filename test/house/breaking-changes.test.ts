import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { breakingChanges, type Document } from '../../scripts/breaking-changes.ts'

const recorded = (): Document =>
  JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as Document

/** What a careless change would do to the document, and what is told of it. */
type Plant = (document: Document) => void
const operation = (document: Document, path: string, method: string) => {
  const found = document.paths[path]?.[method]
  if (!found) throw new Error(`${path} is not in the document`)
  return found
}
const schema = (document: Document, name: string) => {
  const found = document.components?.schemas?.[name]
  if (!found?.properties) throw new Error(`${name} is not in the document`)
  return found as typeof found & { properties: Record<string, object> }
}

const breaks: [what: string, plant: Plant, told: RegExp][] = [
  ['an operation is removed', (d) => delete d.paths['/v1/board'], /GET \/v1\/board: the operation is gone/],
  [
    'a field of an answer is removed',
    (d) => delete schema(d, 'Board').properties.staged,
    /Board|board.*staged is gone/,
  ],
  [
    'a field of an answer need not be there any more',
    (d) => {
      const board = schema(d, 'Board')
      board.required = (board.required ?? []).filter((name) => name !== 'staged')
    },
    /staged may be missing now/,
  ],
  [
    'a field of an answer may be null',
    (d) => {
      schema(d, 'Board').properties.staged = { anyOf: [{ type: 'integer' }, { type: 'null' }] }
    },
    /staged may be null now/,
  ],
  [
    'a query parameter is demanded where there was none',
    (d) =>
      operation(d, '/v1/board', 'get').parameters?.push({ name: 'mall', in: 'query', required: true }) ??
      Object.assign(operation(d, '/v1/board', 'get'), {
        parameters: [{ name: 'mall', in: 'query', required: true }],
      }),
    /query parameter mall is required now/,
  ],
  [
    'a query parameter is put in front of others',
    (d) => operation(d, '/v1/orders', 'get').parameters?.unshift({ name: 'new', in: 'query' }),
    /GET \/v1\/orders: query parameters are no longer in the order of before/,
  ],
  [
    'a query parameter is removed',
    (d) => {
      const list = operation(d, '/v1/orders', 'get')
      list.parameters = (list.parameters ?? []).filter(({ name }) => name !== 'shopId')
    },
    /query parameter shopid is gone/,
  ],
  [
    'a bound of a request is lowered',
    (d) => {
      const limit = operation(d, '/v1/orders', 'get').parameters?.find(({ name }) => name === 'limit')
      Object.assign(limit?.schema ?? {}, { maximum: 3 })
    },
    /limit: maximum is 3 now/,
  ],
  [
    'a value is refused',
    (d) => {
      const status = d.components?.schemas?.OrderStatusInput ?? d.components?.schemas?.OrderStatus
      status?.enum?.pop()
    },
    /is refused now/,
  ],
  [
    'a field of a body is demanded',
    (d) => {
      Object.assign(d.components?.schemas?.PullOrdersRequest ?? {}, { required: ['limit'] })
    },
    /limit is required now/,
  ],
  [
    'an answer is another one',
    (d) => {
      const { responses } = operation(d, '/v1/orders/import', 'post')
      responses['200'] = responses['202'] as object
      delete responses['202']
    },
    /answer 202 is gone/,
  ],
]

test.each(breaks)('%s: told', (_what, plant, told) => {
  const changed = recorded()
  plant(changed)
  const found = breakingChanges(recorded(), changed)
  expect(found.join('\n')).toMatch(told)
})

test('what only adds is none: fields and enum values in answers, optional parameters, wider bounds', () => {
  const changed = recorded()
  schema(changed, 'Board').properties.more = { type: 'integer' }
  schema(changed, 'OrderDetail').required?.push('more')
  operation(changed, '/v1/orders', 'get').parameters?.push({
    name: 'another',
    in: 'query',
    schema: { type: 'string' },
  })
  changed.paths['/v1/new'] = { get: { responses: {} } }
  expect(breakingChanges(recorded(), changed)).toEqual([])
})

test('service and clients have one version, and its document is kept', () => {
  const versionIn = (file: string, pattern: RegExp) => pattern.exec(readFileSync(file, 'utf8'))?.[1]
  const version = versionIn('package.json', /"version": "([^"]+)"/)
  expect([
    versionIn('clients/typescript/package.json', /"version": "([^"]+)"/),
    versionIn('clients/csharp/Torikomi.Client.csproj', /<Version>([^<]+)</),
    versionIn(`docs/released/openapi-${version}.json`, /"version": "([^"]+)"/),
    versionIn('CHANGELOG.md', /^## (\d\S*) - \d{4}-\d\d-\d\d$/m),
  ]).toEqual(Array.from({ length: 4 }, () => version))
})

test('the changes of the API stand by version, newest first, and the documents from 1.0.0 on are kept', () => {
  const text = readFileSync('docs/api-changes.md', 'utf8')
  const [next, ...versions] = [...text.matchAll(/^## (\d+\.\d+\.\d+), (.+)$/gm)]
  expect(next?.[2]).toBe('not released')
  const numbers = versions.map(([, number]) => number)
  const released = readdirSync('docs/released').flatMap(
    (file) => /^openapi-(.+)\.json$/.exec(file)?.[1] ?? [],
  )
  expect(released.toSorted().toReversed()).toEqual(numbers.filter((number) => !number?.startsWith('0.')))
  const rank = (version = '') => version.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0)
  const all = [next?.[1], ...numbers].map(rank)
  expect(all).toEqual(all.toSorted((a, b) => b - a))
})

test('a new value in a list that was closed is one where orders are handed over, but for a mall', () => {
  const of = (path: string, values: object): Document => {
    const order = {
      properties: { status: { type: 'string', ...values }, marketplace: { type: 'string', ...values } },
    }
    const answer = {
      content: { 'application/json': { schema: { properties: { orders: { items: order } } } } },
    }
    return { paths: { [path]: { post: { responses: { 200: answer } } } } }
  }
  const told = (path: string) =>
    breakingChanges(of(path, { enum: ['old'] }), of(path, { 'x-known-values': ['old', 'new'] }))
  expect(told('/v1/orders/pull')).toEqual([
    'POST /v1/orders/pull: answer 200.orders[].status may be new now, which clients of closed lists never read',
  ])
  expect(told('/v1/orders')).toEqual([])
})

test('what was always null may get a value, as a field may come; what may be a value of another type may not', () => {
  const of = (schema: object): Document => ({
    paths: {
      '/x': {
        get: {
          responses: {
            200: { content: { 'application/json': { schema: { properties: { next: schema } } } } },
          },
        },
      },
    },
  })
  const text = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  expect(breakingChanges(of({ type: 'null' }), of(text))).toEqual([])
  expect(breakingChanges(of({ type: 'integer' }), of(text))).not.toEqual([])
})

test('what goes stands in docs/upgrading.md: operations, and fields by their old names', () => {
  const page = readFileSync('docs/upgrading.md', 'utf8')
  const names = new Set<string>()
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { properties } = part as { properties?: Record<string, { deprecated?: boolean }> }
    for (const [name, field] of Object.entries(properties ?? {})) if (field.deprecated) names.add(name)
    Object.values(part).forEach(walk)
  }
  const { components, paths } = recorded()
  walk(components)
  for (const [path, methods] of Object.entries(paths))
    for (const [method, one] of Object.entries(methods as Record<string, { deprecated?: boolean }>))
      if (one.deprecated) names.add(`${method.toUpperCase()} ${path}`)
  expect(names.size).toBeGreaterThan(5)
  expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
