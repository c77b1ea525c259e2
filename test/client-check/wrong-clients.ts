import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Clients as they are often written, each with one mistake, and one without: `node wrong-clients.ts <name>
 * <folder>`. The kit must find every mistake and must find none in the one without
 * (test/e2e/client-check.test.ts).
 *
 * All pull; what else they do is what the mistake needs, and the one without does all. What they have stored
 * stands in stored.txt, what they have worked off in changes.txt.
 */

const MISTAKES = {
  none: 'does it as docs/client.md says',
  'new-key': 'makes a new key for each try',
  'early-forget': 'forgets the key before the orders are stored',
  'no-upsert': 'inserts, and forgets the key 100 ms later',
  'no-key': 'sends no key',
  'one-key': 'has one key for all its pulls',
  impatient: 'comes again at once, whatever Retry-After says',
  'conflict-ends': 'takes a 409 or 412 of something in between for the end',
  'blind-edit': 'edits with If-Match: *',
  'early-position': 'keeps the position of the feed before the changes are worked off',
  'new-ship-key': 'ships under a new key for each try',
} as const
const [name = '', folder = ''] = process.argv.slice(2)
const is = (mistake: keyof typeof MISTAKES): boolean => name === mistake
if (!Object.hasOwn(MISTAKES, name) || folder === '') throw new Error(Object.keys(MISTAKES).join(' | '))

const { TORIKOMI_URL = '', TORIKOMI_API_KEY = '' } = process.env
/** What lies between two steps of a client that asks a person, a printer or a slow disk. */
const GAP_MS = 100

/** One by one, so that each kind of fault meets a pull; with other work beside it more at once. */
const LIMIT = is('none') || is('blind-edit') || is('new-ship-key') ? 4 : 1

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

async function pull(): Promise<void> {
  const key = is('new-key') ? randomUUID() : is('one-key') ? 'torikomi' : (read('key') ?? randomUUID())
  write('key', key)
  const headers: Record<string, string> = {
    ...JSON_TYPE,
    ...(is('no-key') ? {} : { 'idempotency-key': key }),
  }
  const answer = await call('POST', '/v1/orders/pull', { limit: LIMIT }, headers)
  if (answer && (answer.status === 409 || answer.status === 412) && is('conflict-ends')) rmSync(file('key'))
  if (answer?.status !== 200 || typeof answer.body.pullId !== 'string') return
  const orders = answer.body.orders as { id: string }[]
  if (is('early-forget')) {
    rmSync(file('key'))
    await sleep(3 * GAP_MS)
  }
  store(orders.map(({ id }) => id))
  if (is('no-upsert')) await sleep(GAP_MS)
  rmSync(file('key'), { force: true })
}

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
  for (const id of open.slice(0, 3)) if (await step(id)) appendFileSync(file(done), `${id}\n`)
}

async function edit(id: string): Promise<boolean> {
  const order = await call('GET', `/v1/orders/${id}`)
  if (order?.status !== 200 || !order.etag) return false
  const notes = (order.body.detail as { notes?: { shop?: string } } | undefined)?.notes
  if (notes?.shop === '確認済み') return true
  const headers = { ...JSON_TYPE, 'if-match': is('blind-edit') ? '*' : order.etag }
  const answer = await call('PATCH', `/v1/orders/${id}`, { notes: { shop: '確認済み' } }, headers)
  return answer?.status === 200
}

async function ship(id: string): Promise<boolean> {
  const shippedOn = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)
  const change = {
    orderId: id,
    action: 'ship',
    shippedOn,
    parcels: [{ carrier: 'yamato', trackingNumber: '400000000001' }],
  }
  const body = { changes: [change] }
  const key = is('new-ship-key')
    ? randomUUID()
    : createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const answer = await call('POST', '/v1/site-changes', body, { ...JSON_TYPE, 'idempotency-key': key })
  return answer !== null && [202, 422].includes(answer.status)
}

async function follow(): Promise<void> {
  const after = read('position') ?? 'oldest'
  const answer = await call('GET', `/v1/changes?limit=10&after=${encodeURIComponent(after)}`)
  if (answer?.status !== 200 || !Array.isArray(answer.body.changes)) return
  const { changes, position } = answer.body as { changes: { position: string }[]; position: string }
  if (is('early-position')) {
    write('position', position)
    await sleep(changes.length > 0 ? 3 * GAP_MS : 0)
  }
  if (changes.length > 0)
    appendFileSync(file('changes.txt'), changes.map((change) => `${change.position}\n`).join(''))
  write('position', position)
}

// Without its kit it would ask for ever.
const kit = process.ppid
while (process.ppid === kit) {
  await pull()
  if (is('none') || is('blind-edit')) await work('edited', edit)
  if (is('none') || is('new-ship-key')) await work('shipped', ship)
  if (is('none') || is('early-position')) await follow()
  await sleep(20)
}
