import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAccess } from '../../scripts/access-doc.ts'
import { freshDatabase } from '../support/database/database.ts'
import {
  callByHand,
  callExample,
  type DocumentedOperation,
  REFUSED_BY_HAND,
  rawCall,
  readOperations,
} from '../support/http/calls-by-hand.ts'
import { recordAnswers, shortened } from '../support/http/recorded-answers.ts'
import { type RunningDemo, startDemo } from '../support/service/demo.ts'

/** Whoever opens /docs in the demo, authorizes and presses "Execute" gets a real answer from every call. */

const RECORDER = fileURLToPath(new URL('../support/database/record-needs.ts', import.meta.url))

let demo: RunningDemo
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-needs-'))
  demo = await startDemo({ NODE_OPTIONS: `--import=${RECORDER}`, NEEDS_FILE: join(folder, 'needs') })
})
afterAll(async () => {
  await demo?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Reads first, then writes, deletions last. */
const TURN: Readonly<Record<string, number>> = { GET: 0, POST: 1, PATCH: 1, DELETE: 2 }
/** Called by hand on the way, and documented with values of their own. */
const TWICE = ['createMailbox', 'listShops', 'pullOrders']

const turnOf = ({ method }: DocumentedOperation) => TURN[method] ?? 1

/** Only a browser that comes back from the mall has a state that counts. */
const REFUSED: Readonly<Record<string, number>> = { endConsent: 400, ...REFUSED_BY_HAND }

/**
 * These ask somebody outside, who is not there: the DNS of a domain, a queue at Amazon. What they answer is
 * shown by src/shops/mailboxes/discover.test.ts and test/integration/notifications.
 */
const OUTSIDE = ['discoverMailbox', 'subscribeNotifications']
const isExpected = ({ operationId, status }: Answer) =>
  REFUSED[operationId] === undefined ? status >= 200 && status < 300 : status === REFUSED[operationId]

test('every operation answers its example', { timeout: 120_000 }, async () => {
  const operations = (await readOperations(demo.url)).sort((one, other) => turnOf(one) - turnOf(other))
  const answers: Answer[] = await callByHand(demo)
  const byHand = new Set(answers.map(({ operationId }) => operationId))
  for (const { operationId, bodies } of operations) {
    if (OUTSIDE.includes(operationId) || (byHand.has(operationId) && !TWICE.includes(operationId))) continue
    for (let index = 0; index < Math.max(bodies.length, 1); index += 1) {
      answers.push(await tryOut(operationId, index))
    }
  }
  expect(answers.filter((answer) => !isExpected(answer))).toEqual([])
  const first = (operationId: string) =>
    JSON.parse(answers.find((answer) => answer.operationId === operationId)?.text ?? 'null')
  const begun = first('beginConsent')
  // A program began it, so the page that the mall sends back to asks for the code.
  const asked = await fetch(begun.url)
  const consented = await fetch(`${asked.url}&confirmation=${begun.code}`)
  const page = { operationId: 'endConsent', status: consented.status, text: await consented.text() }
  if (process.env.RECORD_ANSWERS === '1') {
    await recordAnswers(ANSWERS, jsonExamples(answers))
    await recordAnswers(TEXTS, textExamples([...answers, { ...page, headers: consented.headers }]))
  }
  expect(await wrongHeaders(answers)).toEqual([])
  expect(new Set(answers.map(({ operationId }) => operationId)).size).toBe(operations.length - OUTSIDE.length)

  expect((await unwrittenAudit(operations, answers)).toSorted()).toEqual(NOTHING_TO_WRITE)

  expect(first('pullOrders').orders.length).toBeGreaterThan(0)
  expect(first('listOrders').orders.length).toBeGreaterThan(0)
  expect(first('importOrders').requested).toHaveLength(1)
  expect(first('testShop').ok).toBe(true)
  expect(consented.status).toBe(200)
  expect(consented.url).toMatch(`${demo.url}/oauth/yahoo/callback`)
  expect(first('testMailbox').ok).toBe(true)
})

/**
 * Sent in other tests alone, as nobody outside is asked here and the demo's addresses fit no carrier's file.
 */
const SENT_ELSEWHERE = [
  ...['INSERT labels', 'UPDATE labels'],
  ...['SELECT mailbox_tokens', 'INSERT mailbox_tokens', 'UPDATE mailbox_tokens'],
]

/** Of triggers that run as the owner of the tables: no request may do it by itself. */
const OF_THE_OWNER = ['UPDATE api_keys.created_by']

test('a tenant’s requests have the rights that their statements need, and no others', async () => {
  await askBeyondExamples()
  const lines = (await readFile(join(folder, 'needs'), 'utf8')).trim().split('\n')
  const needs = new Map<string, Set<string>>()
  for (const line of lines.filter((one) => !OF_THE_OWNER.includes(one))) {
    const [right, name = ''] = line.split(' ')
    const [table, column = ''] = name.split('.')
    const need = `${right} ${table}`
    needs.set(need, (needs.get(need) ?? new Set()).add(column))
  }
  const database = await freshDatabase()
  try {
    const { rows: tables } = await database.pool.query<{ may: string }>(
      `select privilege_type || ' ' || table_name as may from information_schema.role_table_grants where grantee = 'torikomi_tenant'`,
    )
    const { rows: columns } = await database.pool.query<{ may: string; columns: string[] }>(
      `select privilege_type || ' ' || table_name as may, array_agg(column_name::text order by column_name) as columns
       from information_schema.role_column_grants c where grantee = 'torikomi_tenant' and not exists (
         select from information_schema.role_table_grants t
         where (t.grantee, t.table_name, t.privilege_type) = (c.grantee, c.table_name, c.privilege_type)) group by 1`,
    )
    const granted = [...tables, ...columns].map(({ may }) => may)
    expect([...needs.keys(), ...SENT_ELSEWHERE].toSorted()).toEqual(granted.toSorted())
    // Updates of a table that says who may do what are granted by column; `*` is a lock.
    for (const { may, columns: named } of columns)
      expect([may, [...(needs.get(may) ?? [])].filter((name) => name !== '*').toSorted()]).toEqual([
        may,
        named,
      ])
  } finally {
    await database.close()
  }
})

/**
 * Asks for what the examples leave out: the rest of a form, an order's texts, a buyer who is known, a key
 * that comes twice.
 */
async function askBeyondExamples(): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: answers of ten shapes, each looked at once
  const call = async (method: string, path: string, body?: object, headers = {}): Promise<any> => {
    const { status, json } = await rawCall(demo.url, method, path, { key: demo.apiKey, body, headers })
    expect([path, status < 500], JSON.stringify(json)).toEqual([path, true])
    return status < 300 ? json : null
  }
  await call('PATCH', '/contract', {
    emails: ['shop@example.jp'],
    registrationNumber: 'T1234567890123',
    statusFollowsMall: true,
  })
  const { shops } = await call('GET', '/shops')
  const [{ id: shopId }] = shops
  for (const enabled of [false, true]) await call('PATCH', `/shops/${shopId}`, { enabled })
  // What is asked in a rehearsal is counted; a shop with changes under way begins none.
  for (const shop of shops) {
    await call('POST', `/shops/${shop.id}/rehearsal`)
    await call('POST', `/shops/${shop.id}/test`)
    await call('POST', `/shops/${shop.id}/rehearsal/end`)
  }
  // The first one is stored anew, the second over it.
  for (const headText of ['', 'お買い上げありがとうございます。'])
    await call('PUT', `/shops/${shopId}/papers`, { headText, footText: '', logo: null }, { 'if-match': '*' })
  await call('POST', '/why/actions', { action: 'look_at_day', shopId, day: '2026-11-01' })
  const { mailboxes } = await call('GET', '/mailboxes')
  const { id, shopIds } = mailboxes.find((one: { shopIds: string[] }) => one.shopIds.length > 0)
  await call('PATCH', `/mailboxes/${id}`, { shopIds })
  const invited = await call('POST', '/staff/invitations', { email: 'needs@example.jp', role: 'staff' })
  const token = new URL(invited.url).hash.split('/').at(-1)
  await call('POST', `/invitations/${token}/accept`, { name: '山田 次郎', password: 'a long pass phrase' })
  const { staff } = await call('GET', '/staff')
  const person = staff.find(({ name }: { name: string }) => name === '山田 次郎')
  await call('PATCH', `/staff/${person.id}`, {
    name: '山田 三郎',
    role: 'read_only',
    removeSecondFactor: true,
  })
  await call('GET', `/orders?item=${encodeURIComponent('抹茶')}`)
  const { orders } = await call('GET', '/orders?detail=true&status=new&limit=100')
  const { id: orderId, detail } = orders.find(
    (order: { detail: unknown; marks: string[] }) => order.detail !== null && order.marks.length > 0,
  )
  const items = detail.items.map((item: object) => ({ ...item, name: '名入れ済みの品' }))
  await call('PATCH', `/orders/${orderId}`, { items }, { 'if-match': '*' })
  const { phone } = detail.buyer
  for (const value of [phone, phone, 'no phone'])
    await call(
      'POST',
      '/blocked-buyers',
      { kind: 'phone', value, reason: '受取拒否' },
      { 'idempotency-key': `needs-${value}`.replace(' ', '-') },
    )
  await call('POST', '/erasure', { phone })
  // With its last shop the mails of a later mall go, which a process of before could not list.
  const last = shops.find(({ marketplace }: { marketplace: string }) => marketplace === 'shopify')
  await call('DELETE', `/shops/${last.id}?withOrders=true`)
}

/** No notification with a text is there, no label fits the demo's addresses, and no identity is bound. */
const NOTHING_TO_WRITE = ['listNotifications', 'makeLabels', 'removeIdentity']

/** Operations that answered well, and of whose actions (docs/access.txt) the audit has none. */
async function unwrittenAudit(operations: readonly DocumentedOperation[], answers: readonly Answer[]) {
  const written = new Set<string>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const path = `/admin/audit?limit=500${cursor && `&cursor=${cursor}`}`
    const { json } = await rawCall(demo.url, 'GET', path, { key: demo.operatorKey, headers: {} })
    for (const { action } of json.audit) written.add(action)
    cursor = json.nextCursor
  }
  expect(written.size).toBeGreaterThan(30)
  const actionsOf = new Map(readAccess().map(({ method, url, audit }) => [`${method} ${url}`, audit]))
  const silent = operations.filter(({ operationId, method, path }) => {
    const actions = actionsOf.get(`${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`) ?? []
    const isAnswered = answers.some((one) => one.operationId === operationId && one.status < 300)
    return isAnswered && actions.length > 0 && !actions.some((action) => written.has(action))
  })
  return silent.map(({ operationId }) => operationId)
}

interface Answer {
  operationId: string
  status: number
  text: string
  headers: Headers
}

/**
 * Headers that a program acts on: where one comes, the document names it for that answer, and the other way
 * round.
 */
const TOLD = [
  'etag',
  'location',
  'content-disposition',
  'x-request-id',
  'x-ratelimit-remaining',
  'retry-after',
]

async function wrongHeaders(answers: readonly Answer[]): Promise<string[]> {
  const document = (await (await fetch(`${demo.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, Described> }>>
  }
  const operations = new Map(
    Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId, responses }) => [operationId, responses]),
  )
  return answers.flatMap(({ operationId, status, headers }) => {
    const described = operations.get(operationId)?.[status]
    if (described === undefined || '$ref' in described) return []
    return TOLD.flatMap((name) =>
      headers.has(name) === name in (described.headers ?? {}) ? [] : [`${operationId} ${status} ${name}`],
    )
  })
}

interface Described {
  $ref?: string
  headers?: Record<string, unknown>
}

const TEXTS = new URL('../../src/http/openapi/text-answers.json', import.meta.url)

/** Answers that are no JSON, by their type: the beginning, as much as is read at a glance. */
function textExamples(answers: readonly Answer[]): Record<string, unknown> {
  const byId: Record<string, Record<string, string>> = {}
  for (const { operationId, status, text, headers } of answers) {
    const [type = ''] = (headers.get('content-type') ?? '').split(';')
    if (status !== 200 || type === 'application/json' || text === '') continue
    byId[operationId] = { ...byId[operationId], [type]: beginningOf(type, text) }
  }
  return byId
}

function beginningOf(type: string, text: string): string {
  if (type === 'text/html') return text.slice(0, 400)
  if (type !== 'text/event-stream') return text.split('\n').slice(0, 3).join('\n')
  // Each kind once, its data as short as that of other answers.
  const events = text
    .split('\n\n')
    .map((event) =>
      event.replace(/^data: (.*)$/m, (_, data) => `data: ${JSON.stringify(shortened(JSON.parse(data)))}`),
    )
  return `${events
    .filter((event) => event.includes('data: '))
    .slice(0, 4)
    .join('\n\n')}\n\n`
}

const ANSWERS = new URL('../../src/http/openapi/answers.json', import.meta.url)

/**
 * The document's examples: the first answer of each operation, short enough to be read, without what opens a
 * door.
 */
function jsonExamples(answers: readonly Answer[]): Record<string, unknown> {
  const byId: Record<string, Record<string, unknown>> = {}
  for (const { operationId, status, text, headers } of answers) {
    // Of the demo alone, so not in the document that is recorded.
    if (operationId === 'signInToDemo') continue
    if (status >= 300 || !/^application\/json(?:;|$)/.test(headers.get('content-type') ?? '')) continue
    byId[operationId] ??= { [status]: shortened(JSON.parse(text)) }
  }
  return byId
}

/**
 * The page is loaded anew for each call, since a pull and a new shop can be made only once with the same
 * values.
 */
async function tryOut(operationId: string, example: number): Promise<Answer> {
  const operation = (await readOperations(demo.url)).find((one) => one.operationId === operationId)
  if (!operation) throw new Error(`${operationId} is gone`)
  const key = operation.path.startsWith('/v1/admin/') ? demo.operatorKey : demo.apiKey
  const answer = await callExample(demo.url, key, operation, operation.bodies[example])
  return { operationId, ...answer }
}
