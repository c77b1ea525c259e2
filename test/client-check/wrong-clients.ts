import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Clients as they are often written, each with one mistake, and some without: `node wrong-clients.ts <name>
 * <folder>`. The kit must find every mistake and must find none in those without
 * (test/e2e/client-check.test.ts).
 *
 * All pull; what else they do is what the mistake needs, and the first one does all. What they have stored
 * stands in stored.txt, what they have worked off in changes.txt.
 */

const RIGHT = {
  none: 'does it as docs/client.md says',
  key: 'pulls by a key, and keeps it until it brought orders',
  'two-desks': 'has two pullers at once, each with a desk of its own',
} as const
const MISTAKES = {
  'early-position': 'stores the position before the orders',
  'no-position': 'stores no position',
  'position-elsewhere': 'keeps its position where a backup of its orders does not have it',
  'skips-replayed': 'passes over what is replayed',
  'seen-first': 'takes for known what it has seen, by number',
  'drops-holds': 'stores no order with holds',
  'no-upsert': 'inserts, and stores the position 100 ms later',
  'new-key': 'pulls by a key, and makes a new one for each try',
  'key-after-empty': 'pulls by a key, and takes a new one after an empty answer',
  'early-forget': 'pulls by a key, and forgets it before the orders are stored',
  'one-key': 'has one key for all its pulls',
  'conflict-ends': 'pulls by a key, and takes a 409 or 412 of something in between for the end',
  impatient: 'comes again at once, whatever Retry-After says',
  'blind-edit': 'edits with If-Match: *',
  'stale-edit': 'edits with the ETag that it once read',
  'early-feed': 'keeps the position of the feed before the changes are worked off',
  'feed-in-memory': 'keeps no position of the feed on its disk',
  'feed-now': 'begins the feed at the present after any error',
  'keeps-erased': 'does not listen to erasures',
  'new-ship-key': 'ships under a new key for each try',
  'new-memo-key': 'writes a memo under a new key for each try',
} as const
const [name = '', folder = ''] = process.argv.slice(2)
const is = (...mistakes: (keyof typeof MISTAKES | keyof typeof RIGHT)[]): boolean =>
  (mistakes as string[]).includes(name)
if (!Object.hasOwn({ ...RIGHT, ...MISTAKES }, name) || folder === '')
  throw new Error(Object.keys({ ...RIGHT, ...MISTAKES }).join(' | '))

const { TORIKOMI_URL = '', TORIKOMI_API_KEY = '' } = process.env
/** What lies between two steps of a client that asks a person, a printer or a slow disk. */
const GAP_MS = 100

/** Half of the malls take no memo, and few answers are lost: eight would meet none now and then. */
const MOST_MEMOS = 40
const MOST_WORKED_ON = 8

/** One by one, so that each kind of fault meets a pull; in pairs where others of a batch matter. */
const LIMIT = is('drops-holds') ? 3 : 1

const file = (path: string) => join(folder, path)
const read = (path: string): string | null =>
  existsSync(file(path)) ? readFileSync(file(path), 'utf8') : null
function write(path: string, text: string): void {
  writeFileSync(file(`${path}.new`), text)
  renameSync(file(`${path}.new`), file(path))
}

interface Answer {
  status: number
  etag: string | null
  body: Record<string, unknown>
}

/** One try. Null: nobody knows, or it is to come again later; Retry-After has been waited for. */
async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer | null> {
  try {
    const answer = await fetch(TORIKOMI_URL + path, {
      method,
      headers: { authorization: `Bearer ${TORIKOMI_API_KEY}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const after = answer.headers.get('retry-after')
    const text = await answer.text()
    if (after !== null && is('impatient')) return await call(method, path, body, headers)
    if (after !== null) await sleep(Number(after) * 1_050)
    if (answer.status >= 500 || answer.status === 429) return null
    return { status: answer.status, etag: answer.headers.get('etag'), body: JSON.parse(text) }
  } catch {
    return null
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

interface Pulled {
  id: string
  orderNumber: string
  holds: string[]
}

/** Behind the position that stands beside the orders. */
async function pullByPosition(desk = ''): Promise<void> {
  const name = is('position-elsewhere') ? '../elsewhere' : `position${desk}`
  const after = is('no-position') ? null : read(name)
  const body = { after, limit: LIMIT, ...(desk === '' ? {} : { desk }) }
  const answer = await call('POST', '/v1/orders/pull', body, JSON_TYPE)
  if (answer?.status !== 200 || typeof answer.body.position !== 'string') return
  const orders = answer.body.orders as Pulled[]
  if (orders.length === 0 && answer.body.replayed !== true) return
  const isSkipped = is('skips-replayed') && answer.body.replayed === true
  if (is('early-position')) {
    write(name, answer.body.position)
    await sleep(3 * GAP_MS)
  }
  store(isSkipped ? [] : (await wanted(orders)).map(({ id }) => id))
  if (is('no-upsert')) await sleep(GAP_MS)
  if (!is('no-position')) write(name, answer.body.position)
}

/** All of them, where nothing is wrong. */
async function wanted(orders: readonly Pulled[]): Promise<readonly Pulled[]> {
  if (is('drops-holds')) return orders.filter(({ holds }) => holds.length === 0)
  if (!is('seen-first')) return orders
  const seen = (read('seen') ?? '').split('\n')
  appendFileSync(file('seen'), orders.map(({ orderNumber }) => `${orderNumber}\n`).join(''))
  await sleep(3 * GAP_MS)
  return orders.filter(({ orderNumber }) => !seen.includes(orderNumber))
}

/** The form of release 1.0.0. */
async function pullByKey(): Promise<void> {
  const key = is('new-key') ? randomUUID() : is('one-key') ? 'torikomi' : (read('key') ?? randomUUID())
  write('key', key)
  const headers = { ...JSON_TYPE, 'idempotency-key': key }
  const answer = await call('POST', '/v1/orders/pull', { limit: LIMIT }, headers)
  if (answer && (answer.status === 409 || answer.status === 412) && is('conflict-ends')) rmSync(file('key'))
  if (answer?.status !== 200 || typeof answer.body.pullId !== 'string') return
  const orders = answer.body.orders as Pulled[]
  if (is('early-forget')) {
    rmSync(file('key'))
    await sleep(3 * GAP_MS)
  }
  store(orders.map(({ id }) => id))
  if (orders.length > 0 || is('key-after-empty')) rmSync(file('key'), { force: true })
}

const BY_KEY = is('key', 'new-key', 'key-after-empty', 'early-forget', 'one-key', 'conflict-ends')
const pull = (): Promise<void> => (BY_KEY ? pullByKey() : pullByPosition())

/** A table with the id as its key, but for the one that inserts. */
function store(ids: readonly string[]): void {
  const stored = (read('stored.txt') ?? '').split('\n')
  const lines = is('no-upsert') ? ids : ids.filter((id) => !stored.includes(id))
  if (lines.length > 0)
    write(
      'stored.txt',
      [...stored.filter((line) => line !== ''), ...lines].map((line) => `${line}\n`).join(''),
    )
}

/** Some of the orders that are not edited or shipped; the others in the next turns. */
async function work(done: string, step: (id: string) => Promise<boolean>): Promise<void> {
  const ready = (read(done) ?? '').split('\n')
  const open = (read('stored.txt') ?? '').split('\n').filter((line) => line !== '' && !ready.includes(line))
  // A few are enough, and what is asked for beside keeps the pulls waiting.
  const most = is('new-memo-key') ? MOST_MEMOS : MOST_WORKED_ON
  const left = most - ready.filter((line) => line !== '').length
  for (const id of open.slice(0, Math.min(3, left))) if (await step(id)) appendFileSync(file(done), `${id}\n`)
}

async function edit(id: string): Promise<boolean> {
  if (is('stale-edit')) {
    const etag = read(`etag-${id}`)
    if (etag !== null) return (await patch(id, etag))?.status === 200
  }
  const order = await call('GET', `/v1/orders/${id}`)
  if (order?.status !== 200 || !order.etag) return false
  const notes = (order.body.detail as { notes?: { shop?: string } } | undefined)?.notes
  if (notes?.shop === '確認済み') return true
  if (is('stale-edit')) write(`etag-${id}`, order.etag)
  // Somebody reads it before they edit.
  await sleep(GAP_MS)
  return (await patch(id, is('blind-edit') ? '*' : order.etag))?.status === 200
}

const patch = (id: string, etag: string): Promise<Answer | null> =>
  call('PATCH', `/v1/orders/${id}`, { notes: { shop: '確認済み' } }, { ...JSON_TYPE, 'if-match': etag })

async function ship(id: string): Promise<boolean> {
  const shippedOn = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)
  const change = {
    orderId: id,
    action: 'ship',
    shippedOn,
    parcels: [{ carrier: 'yamato', trackingNumber: '400000000001' }],
  }
  return ask(change, is('new-ship-key'))
}

const writeMemo = (id: string): Promise<boolean> =>
  ask({ orderId: id, action: 'memo', memo: '発送準備済み' }, is('new-memo-key'))

async function ask(change: object, isNewKey: boolean): Promise<boolean> {
  const body = { changes: [change] }
  const key = isNewKey ? randomUUID() : createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const answer = await call('POST', '/v1/site-changes', body, { ...JSON_TYPE, 'idempotency-key': key })
  return answer !== null && [202, 422].includes(answer.status)
}

let inMemory: string | null = null

async function follow(): Promise<void> {
  const kept = is('feed-in-memory') ? inMemory : read('feed')
  const after = kept ?? (is('feed-in-memory', 'feed-now') ? null : 'oldest')
  const query = after === null ? '' : `&after=${encodeURIComponent(after)}`
  const answer = await call('GET', `/v1/changes?limit=10${query}`)
  if (answer === null && is('feed-now')) rmSync(file('feed'), { force: true })
  if (answer?.status !== 200 || !Array.isArray(answer.body.changes)) return
  const { changes, position } = answer.body as {
    changes: { position: string; kind: string; data: { orderId: string; what: string[] } }[]
    position: string
  }
  if (is('early-feed')) {
    write('feed', position)
    await sleep(changes.length > 0 ? 3 * GAP_MS : 0)
  }
  if (changes.length > 0)
    appendFileSync(file('changes.txt'), changes.map((change) => `${change.position}\n`).join(''))
  for (const { kind, data } of changes)
    if (kind === 'order' && data.what.includes('erased'))
      appendFileSync(file('erased.txt'), `${data.orderId}\n`)
  inMemory = position
  if (!is('feed-in-memory')) write('feed', position)
}

const edits = is('none', 'blind-edit', 'stale-edit')
const follows = is('none', 'early-feed', 'feed-in-memory', 'feed-now')

async function turn(desk?: string): Promise<void> {
  await (desk === undefined ? pull() : pullByPosition(desk))
  if (edits) await work('edited', edit)
  if (is('none', 'new-ship-key')) await work('shipped', ship)
  if (is('none', 'new-memo-key')) await work('memos', writeMemo)
  if (follows) await follow()
  await sleep(20)
}

// Without its kit it would ask for ever.
const kit = process.ppid
const loop = async (desk?: string) => {
  while (process.ppid === kit) await turn(desk)
}
if (is('two-desks')) await Promise.all(['窓口1', '窓口2'].map(loop))
else await loop()
