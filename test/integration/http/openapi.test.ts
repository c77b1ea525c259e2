import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { NAMES } from '../../../src/http/openapi/named.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { wholeServer } from '../../support/http/rest-server.ts'

/**
 * The REST surface is a contract: docs/openapi.json and docs/routes.txt record it, so that an unintended
 * change shows in a review. An intended one is recorded with `vitest run
 * test/integration/http/openapi.test.ts --update`.
 */

let database: TestDatabase
let app: App
let document: Document

interface Schema {
  description?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  $ref?: string
  additionalProperties?: unknown
}
interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; description?: string; schema?: Schema }[]
  requestBody?: {
    content: Record<string, { schema: Schema; example?: unknown; examples?: Record<string, unknown> }>
  }
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>
}
interface Document {
  openapi: string
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

beforeAll(async () => {
  database = await freshDatabase()
  // Building the document takes long enough to be called busy on a machine that is.
  app = await wholeServer(database, { eventLoopDelayMs: 60_000 })
  // Built here first: what is wrong with it is thrown by its own name.
  app.swagger()
  document = (await app.inject('/openapi.json')).json()
})

afterAll(async () => {
  await app?.close()
  await database?.close()
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )

test('the document is the recorded one', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../../docs/openapi.json')
})

test('the routes are the recorded ones', async () => {
  // The files of the board are a route only where they are built.
  const routes = app.routeTable
    .filter(({ url }) => !url.startsWith('/docs') && !url.startsWith('/board/assets/'))
    .map((route) => `${route.method.padEnd(6)} ${route.url}`)
  await expect(`${routes.sort().join('\n')}\n`).toMatchFileSnapshot('../../../docs/routes.txt')
})

test('what each operation owes is the recorded one', async () => {
  const rows = app.routeTable
    .filter(({ config, url }) => config.who !== undefined && !url.startsWith('/docs'))
    .map(({ method, url, need, config: { who, cost, repeat, since, audit = [], tools = [] }, bodyLimit }) => {
      const bound = who?.kind === 'tenant' ? who.bound.replaceAll(' ', '_') : '-'
      const body = ['POST', 'PUT', 'PATCH'].includes(method) ? `${bodyLimit / 1_024}KiB` : '-'
      const again = (typeof repeat === 'object' ? repeat.key : (repeat ?? '-')).replaceAll(' ', '_')
      return [
        method,
        url,
        need,
        bound,
        typeof cost === 'function' ? 'by_query' : cost,
        body,
        again,
        since ?? '-',
        audit.join(',') || '-',
        tools.join(',') || '-',
      ]
    })
  const heads = ['method', 'path', 'role', 'bound_key', 'cost', 'body', 'repeat', 'since', 'audit', 'tools']
  const lines = [heads, ...rows.sort()].map((row) => row.join(' '))
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../../docs/access.txt')
})

test('the 3.0 document has the same operations and nothing that only 3.1 knows', async () => {
  const older = (await app.inject('/openapi-3.0.json')).json()
  expect(older.openapi, JSON.stringify(older).slice(0, 500)).toBe('3.0.3')
  expect(Object.keys(older.paths)).toEqual(Object.keys(document.paths))
  const wrong: string[] = []
  const walk = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [name, inner] of Object.entries(part)) {
      if (name === 'example' || name === 'value' || name === 'default') continue
      if (name === 'type' && (Array.isArray(inner) || inner === 'null')) wrong.push(`${path} type`)
      if (name === 'const' && !path.endsWith('/properties')) wrong.push(`${path} const`)
      if (name === '$ref' && Object.keys(part).length > 1) wrong.push(`${path} beside $ref`)
      walk(inner, `${path}/${name}`)
    }
  }
  walk(older, '')
  expect(wrong).toEqual([])
  expect(older.info.license).toEqual({ name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' })
  // What only webhooks need, which 3.0 has not.
  const names = (of: { components: { schemas: object } }) => Object.keys(of.components.schemas)
  expect(names(document)).toContain('NoticeMessage')
  expect(names(older)).not.toContain('NoticeMessage')
  expect(names(older)).toEqual(expect.arrayContaining(['MailboxAuthRequestGoogle', 'OrderEvent']))
})

test('every route is documented, apart from the documentation itself and the pages', () => {
  const hidden = app.routeTable.filter((route) => !route.documented).map((route) => route.url)
  expect(hidden.filter((url) => !/^\/(?:docs|board|admin\/queues)|^\/$/.test(url))).toEqual([
    '/openapi.json',
    '/openapi-3.0.json',
  ])
})

test('/docs is light until an operation is opened: one script, the list, and of the document the part that is opened', async () => {
  const page = await app.inject('/docs')
  expect(
    [...page.body.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)].map(([, url]) => url),
  ).toEqual([...['/docs/all/static/favicon-32x32.png', '/docs/page.js']])
  expect(page.body.length).toBeLessThan(150_000)
  // Those with the largest bodies and answers.
  for (const id of ['listOrders', 'editOrder', 'requestSiteChanges']) {
    const part = await app.inject(`/docs/operations/${id}`)
    expect([id, part.statusCode]).toEqual([id, 200])
    expect(part.body.length, id).toBeLessThan(150_000)
  }
})

test('every operation says what it does in English and Japanese, and has a known tag and an id of its own', () => {
  const tags = new Set(document.tags.map((tag) => tag.name))
  const seen = new Set<string>()
  for (const { name, operation } of operations()) {
    expect(operation.summary, name).toMatch(/[A-Za-z].*[ぁ-んァ-ヶ一-龠]/s)
    expect(operation.operationId, name).toMatch(/^[a-z][A-Za-z]+$/)
    expect(seen.has(operation.operationId ?? ''), name).toBe(false)
    seen.add(operation.operationId ?? '')
    for (const tag of operation.tags ?? ['none']) expect(tags, name).toContain(tag)
  }
})

test('no text names a path of the surface without its /v1', () => {
  const outside = /^\/(?:v1|board|docs|mcp|oauth|healthz|readyz|metrics|openapi)/
  const texts = JSON.stringify(document)
  const named = [...texts.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) (\/[a-z][^\s`"]*)/g)]
  expect(named.length).toBeGreaterThan(20)
  // Those without a method, as "readable at /orders/…".
  const rooms = new Set(Object.keys(document.paths).map((path) => /^\/v1\/([\w-]+)/.exec(path)?.[1]))
  const bare = [...texts.matchAll(/(?<=[ `(])\/([\w-]+)(?=[/?`])/g)]
  expect(bare.map(([, room]) => room).filter((room) => rooms.has(room))).toEqual([])
  expect(named.map(([, path = '']) => path).filter((path) => !outside.test(path))).toEqual([])
})

test('every body has an example and refuses unknown fields', () => {
  for (const { name, operation } of operations()) {
    const media = operation.requestBody?.content['application/json']
    if (!media) continue
    expect(media.example ?? media.examples, name).toBeDefined()
    const schema = named(media.schema)
    for (const shape of (schema.anyOf ?? [schema]).map(named))
      expect(shape.additionalProperties, name).toBe(false)
  }
})

const named = (schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})

test('every shape, every choice and every list of values has a name, and null is said in one way', () => {
  const wrong: string[] = []
  const walk = (part: unknown, path: string, isNamed = false): void => {
    if (typeof part !== 'object' || part === null) return
    const schema = part as Schema & { type?: unknown; enum?: unknown[]; oneOf?: unknown; allOf?: unknown }
    const { enum: values, properties } = schema
    if (!isNamed && (properties || schema.oneOf || schema.allOf || (values && values.length > 1)))
      wrong.push(`${path} has no name`)
    if (Array.isArray(schema.type) || values?.includes(null)) wrong.push(`${path} has its own null`)
    for (const [word, inner] of Object.entries(part)) {
      if (['example', 'examples', 'default'].includes(word)) continue
      if (word === 'schema' || word === 'additionalProperties') {
        if (typeof inner === 'object' && Object.keys(inner).length === 0)
          wrong.push(`${path} may be anything`)
      }
      if (word !== 'properties') walk(inner, `${path}/${word}`)
      else for (const [name, field] of Object.entries(inner as object)) walk(field, `${path}.${name}`)
    }
  }
  walk(document.paths, '')
  for (const [name, schema] of Object.entries(document.components.schemas)) walk(schema, name, true)
  expect(wrong).toEqual([])
})

test('the names that are given by hand are in use, and none is a number', () => {
  const names = Object.keys(document.components.schemas)
  expect([...NAMES.values()].filter((name) => !names.includes(name))).toEqual([])
  expect(names.filter((name) => /Refusal\d|Input[A-Z]/.test(name))).toEqual([])
})

test('every parameter and field is described', () => {
  const missing: string[] = []
  for (const { name, operation } of operations()) {
    for (const parameter of operation.parameters ?? []) {
      if (!(parameter.description ?? parameter.schema?.description)) missing.push(`${name} ${parameter.name}`)
    }
    for (const media of Object.values(operation.requestBody?.content ?? {})) look(media.schema, name, missing)
    for (const response of Object.values(operation.responses)) {
      for (const media of Object.values(response.content ?? {})) look(media.schema, name, missing)
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) look(schema, name, missing)
  expect([...new Set(missing)]).toEqual([])
})

function look(schema: Schema | undefined, path: string, missing: string[]): void {
  if (!schema) return
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!described(field)) missing.push(`${path}.${name}`)
    look(field, `${path}.${name}`, missing)
  }
  look(schema.items, `${path}[]`, missing)
  for (const branch of schema.anyOf ?? []) look(branch, path, missing)
}

const described = (field: Schema): boolean =>
  field.description !== undefined ||
  field.$ref !== undefined ||
  (field.items !== undefined && described(field.items)) ||
  (field.anyOf ?? []).some(described)
