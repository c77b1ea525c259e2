import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** docs/decisions/names-of-the-contract.md, held against the document. */

interface Schema {
  $ref?: string
  type?: string
  format?: string
  deprecated?: boolean
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  const?: unknown
}
interface Operation {
  parameters?: { name: string; in: string }[]
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document
const { schemas } = document.components

const nameOf = ({ $ref = '' }: Schema = {}): string => $ref.split('/').at(-1) ?? ''
const resolve = (schema: Schema = {}): Schema =>
  schema.$ref === undefined ? schema : resolve(schemas[nameOf(schema)])
const fieldsOf = (schema: Schema | undefined) => Object.entries(resolve(schema).properties ?? {})
const current = (schema: Schema | undefined): string[] =>
  fieldsOf(schema)
    .filter(([, field]) => field.deprecated !== true)
    .map(([name]) => name)

/** Answers of 2xx, with the names of their query's parameters. */
const answers = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { parameters = [], responses }]) => {
    const answer = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
    const schema = answer?.content?.['application/json']?.schema
    const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
    return schema === undefined ? [] : [{ name: `${method.toUpperCase()} ${path}`, query, schema }]
  }),
)

/** Their length is what is asked for, or they are one document. */
const NO_LISTS = [
  'GET /v1/admin/health',
  'GET /v1/changes',
  'GET /v1/board',
  'GET /v1/mark-rules',
  'GET /v1/move-rules',
  'GET /v1/pulls/{id}',
  'GET /v1/reimports/{id}',
  'GET /v1/shops/{id}/completeness',
  'GET /v1/shops/{id}/triggers',
  'GET /v1/why',
]

const listsOf = (schema: Schema): [string, Schema][] =>
  fieldsOf(schema).filter(([, field]) => field.type === 'array' && field.deprecated !== true)

test('every list takes cursor and limit, and answers nextCursor', () => {
  const paged = answers.filter(({ schema }) => current(schema).includes('nextCursor'))
  expect(paged.length).toBeGreaterThan(35)
  for (const { name, query, schema } of paged) {
    expect([name, query.filter((one) => one === 'cursor' || one === 'limit').sort()]).toEqual([
      name,
      ['cursor', 'limit'],
    ])
    expect([name, listsOf(schema).length > 0]).toEqual([name, true])
  }
  const unpaged = answers
    .filter(
      ({ name, schema }) =>
        name.startsWith('GET ') &&
        /\/(?:\w+-)*\w+s$/.test(name) &&
        !paged.some((one) => one.name === name) &&
        listsOf(schema).length > 0,
    )
    .map(({ name }) => name)
  expect(unpaged.filter((name) => !NO_LISTS.includes(name))).toEqual([])
})

test('the key of a list names one kind of thing', () => {
  const kinds = new Map<string, Set<string>>()
  for (const { schema } of answers) {
    if (!current(schema).includes('nextCursor')) continue
    for (const [key, { items }] of listsOf(schema))
      kinds.set(key, (kinds.get(key) ?? new Set()).add(nameOf(items)))
  }
  const shared = [...kinds].filter(([, names]) => names.size > 1)
  expect(Object.fromEntries(shared.map(([key, names]) => [key, [...names].sort()]))).toEqual({
    mailboxes: ['Mailbox', 'MailboxCredentials'],
    orders: ['ListedOrder', 'WaitingOrder'],
    queues: ['NotificationQueue', 'Queue'],
    shops: ['Shop', 'ShopReason'],
  })
  expect(kinds.has('changes')).toBe(false)
})

test('a row of the feed has one set of names wherever it is sent', () => {
  const ROW = ['at', 'data', 'kind', 'position', 'sequence']
  for (const { $ref } of resolve({ $ref: '/FeedRow' }).oneOf ?? [])
    expect(current({ $ref: $ref ?? '' }).sort()).toEqual(ROW)
  const messages = (resolve({ $ref: '/WebhookMessage' }).oneOf ?? []).map(resolve)
  expect(messages).toHaveLength(6)
  for (const message of messages) expect(current(message).sort()).toEqual(ROW)
  expect(current({ $ref: '/NoticeMessage' }).sort()).toEqual(['at', 'data', 'kind'])
  expect(current({ $ref: '/WebhookDelivery' })).toEqual(
    expect.arrayContaining(ROW.filter((one) => one !== 'data')),
  )
})

test('a name that goes stands beside the one that stays, and no name is two kinds of thing', () => {
  const kinds = new Map<string, Set<string>>()
  const wrong: string[] = []
  for (const [name, schema] of Object.entries(schemas)) {
    // A patch takes whatever JSON its rules make of it.
    if (name === 'OrderPatch') continue
    for (const [field, shape] of fieldsOf(schema)) {
      const told = /^Deprecated: use `(\w+)`/.exec(
        String((shape as { description?: string }).description),
      )?.[1]
      if (shape.deprecated === true && !current(schema).includes(told ?? '')) wrong.push(`${name}.${field}`)
      if (shape.deprecated === true || !/^mall(?:Sub)?Status(?:Code)?$/.test(field)) continue
      for (const one of shape.anyOf ?? [shape])
        if (one.type !== 'null')
          kinds.set(field, (kinds.get(field) ?? new Set()).add(one.type ?? nameOf(one)))
    }
  }
  expect(wrong).toEqual([])
  expect(Object.fromEntries([...kinds].map(([field, found]) => [field, [...found]]))).toEqual({
    mallStatus: ['MallStatus'],
    mallSubStatus: ['MallStatus'],
    mallStatusCode: ['string'],
    mallSubStatusCode: ['string'],
  })
})

/** The position that a batch begins behind (docs/decisions/hand-over.md). */
const NO_TIME = ['Pull.since']

test('a field is a time or a day by its name, in one form', () => {
  const formsOf = ({ anyOf, ...one }: Schema): string[] =>
    (anyOf ?? [one]).filter(({ type }) => type === 'string').map(({ format = 'text' }) => format)
  const wrong = Object.entries(schemas).flatMap(([name, schema]) =>
    fieldsOf(schema).flatMap(([field, shape]) => {
      const wanted = /(?:At|Until|Since)$|^(?:until|since|timestamp)$/.test(field)
        ? 'date-time'
        : /(?:On|Date|shipBy)$|^(?:day|date)$/.test(field)
          ? 'date'
          : null
      const forms = formsOf(shape)
      if (NO_TIME.includes(`${name}.${field}`)) return []
      return wanted === null || forms.every((one) => one === wanted) ? [] : [`${name}.${field}: ${forms}`]
    }),
  )
  expect(wrong).toEqual([])
})
