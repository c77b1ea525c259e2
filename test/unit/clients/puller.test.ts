import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isProblem,
  type JournalEntry,
  keepPulling,
  memoryJournal,
  memoryStore,
  NoAnswer,
  type OrderStore,
  Problem,
  Puller,
  pull,
  storageJournal,
  Torikomi,
} from '../../../clients/typescript/src/index.ts'

const orderOf = (id: string) => ({ id, shopId: 's', orderNumber: id })

/** The service's side of 受注取込: batches of a desk are numbered, and a position names the last one stored. */
function service(orders: number) {
  const batches: { id: string }[][] = []
  let left = Array.from({ length: orders }, (_, n) => orderOf(`order-${n}`))
  const byKey = new Map<string, { pullId: string; orders: { id: string }[]; remaining: number }>()
  const numberOf = (after: string | null) => (after === null ? 0 : Number(after.slice(1)))
  return {
    answer({ after, limit }: { after: string | null; limit: number }) {
      const stored = numberOf(after)
      if (stored > batches.length) return null
      const replayed = stored < batches.length
      if (!replayed && left.length > 0) {
        batches.push(left.slice(0, limit))
        left = left.slice(limit)
      }
      const batch = batches[stored]
      const number = batch ? stored + 1 : stored
      const place = { since: after ?? 'p0', position: `p${number}`, number, desk: 'd' }
      return { ...place, pullId: `pull-${number}`, replayed, remaining: left.length, orders: batch ?? [] }
    },
    /** The form of release 1.0.0. */
    answerKey(key: string, limit: number) {
      const batch = byKey.get(key) ?? { pullId: key, orders: left.splice(0, limit), remaining: left.length }
      byKey.set(key, batch)
      return batch
    },
  }
}

class Crash extends Error {}

type Fate = 'good' | 'request lost' | 'late' | 'answer lost' | '503' | '409 after' | 'page' | 'half'

function client(backend: ReturnType<typeof service>, fates: Fate[], waits: number[] = []): Torikomi {
  /** Copies that the client has given up, and that are still on their way. */
  const held: (() => unknown)[] = []
  const ask: typeof fetch = async (_url, init) => {
    const fate = fates.shift() ?? 'good'
    const asked = JSON.parse(String(init?.body))
    const key = new Headers(init?.headers).get('idempotency-key')
    const answer = () => (key === null ? backend.answer(asked) : backend.answerKey(key, asked.limit))
    if (fate === 'late') held.push(answer)
    if (fate === 'request lost' || fate === 'late') throw new TypeError('fetch failed')
    if (fate === '503') return problem(503, 'UNAVAILABLE', { 'retry-after': '7' })
    if (fate === 'page') return new Response('<html>', { status: 200 })
    const batch = answer()
    held.shift()?.()
    if (fate === 'answer lost') throw new TypeError('fetch failed')
    if (fate === '409 after') return problem(409, 'CONFLICT')
    if (batch === null) return problem(409, 'POSITION_UNKNOWN')
    const text = JSON.stringify(batch)
    return new Response(fate === 'half' ? text.slice(0, text.length / 2) : text, { status: 200 })
  }
  const sleep = async (ms: number) => void waits.push(ms)
  return new Torikomi({ url: 'http://x', apiKey: 'k', fetch: ask, waiting: { sleep, random: () => 0.5 } })
}

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ code, status, detail: 'd' }), { status, headers })

/** Orders and position, as a database keeps them: written together, or not at all. */
interface Kept {
  orders: Map<string, number>
  position: string | null
}

/** Ends the process at its n-th save, before or after the commit. */
function crashing(kept: Kept, steps: { left: number }): OrderStore {
  const step = () => {
    steps.left -= 1
    if (steps.left === 0) throw new Crash()
  }
  return {
    position: async () => kept.position,
    async save(orders, position, { after }) {
      step()
      if (kept.position !== after) return false
      for (const { id } of orders) kept.orders.set(id, (kept.orders.get(id) ?? 0) + 1)
      kept.position = position
      step()
      return undefined
    },
  }
}

const FATE = fc.constantFrom<Fate>(
  ...(['good', 'request lost', 'late', 'answer lost', '503', '409 after', 'page', 'half'] as const),
)

test('whatever is lost, late or put back, and wherever it crashes, each order is stored once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(FATE, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
      async (fates, crashes, restores) => {
        const backend = service(17)
        let kept: Kept = { orders: new Map(), position: null }
        const backups: Kept[] = [{ orders: new Map(), position: null }]
        for (let life = 0; life < 200; life += 1) {
          const steps = { left: crashes.shift() ?? 1_000 }
          try {
            await pull(client(backend, fates), crashing(kept, steps), { limit: 5 })
            const back = restores.pop()
            if (back === undefined) break
            const backup = backups[back % backups.length] as Kept
            kept = { orders: new Map(backup.orders), position: backup.position }
          } catch (error) {
            if (!(error instanceof Crash) && !isProblem(error) && !(error instanceof NoAnswer)) throw error
          }
          backups.push({ orders: new Map(kept.orders), position: kept.position })
        }
        expect([...kept.orders.values()]).toEqual(Array(17).fill(1))
      },
    ),
    { numRuns: 300 },
  )
})

test('two pullers of one store store each batch once', async () => {
  const backend = service(23)
  const kept: Kept = { orders: new Map(), position: null }
  const never = { left: Number.POSITIVE_INFINITY }
  const counts = await Promise.all(
    [1, 2, 3].map(() => pull(client(backend, []), crashing(kept, never), { limit: 2 })),
  )
  expect(counts.reduce((sum, count) => sum + count)).toBe(23)
  expect([...kept.orders.values()]).toEqual(Array(23).fill(1))
})

test('a store that fails gets its batch again, and nothing is pulled past it', async () => {
  const store = memoryStore()
  const broken: OrderStore = { ...store, save: () => Promise.reject(new Error('disk full')) }
  const backend = service(4)
  await expect(pull(client(backend, []), broken, { limit: 2 })).rejects.toThrow('disk full')
  const seen: [boolean, string[]][] = []
  await pull(
    client(backend, []),
    {
      ...store,
      save(orders, position, batch) {
        seen.push([batch.again, orders.map(({ id }) => id)])
        return store.save(orders, position, batch)
      },
    },
    { limit: 2 },
  )
  expect(seen).toEqual([
    [true, ['order-0', 'order-1']],
    [false, ['order-2', 'order-3']],
  ])
})

test('a batch whose orders are all gone is passed, and what has nothing is not stored', async () => {
  const store = memoryStore()
  const answers = [
    { position: 'p1', orders: [], number: 1, replayed: true },
    { position: 'p2', orders: [orderOf('a')], number: 2, replayed: true },
    { position: 'p2', orders: [], number: 2, replayed: false },
  ]
  const asked: unknown[] = []
  const ask: typeof fetch = async (_url, init) => {
    asked.push(JSON.parse(String(init?.body)).after)
    return Response.json({ pullId: 'p', since: 'x', remaining: 0, desk: 'd', ...answers.shift() })
  }
  await pull(new Torikomi({ url: 'http://x', apiKey: 'k', fetch: ask }), store)
  expect(asked).toEqual([null, 'p1', 'p2'])
  expect(await store.position()).toBe('p2')
})

test('a refusal that the store met ends keepPulling, one of the service is told and waited out', async () => {
  const waitedOut: unknown[] = []
  const onError = (error: unknown) => void waitedOut.push(error)
  const refusing: OrderStore = {
    ...memoryStore(),
    save: () => Promise.reject(new Problem(422, { code: 'VALIDATION_FAILED' }, null)),
  }
  const refused = keepPulling(client(service(1), []), refusing, { onError, everyMs: 0 })
  await expect(refused).rejects.toThrow('422 VALIDATION_FAILED')
  expect(waitedOut).toEqual([])
  const stopping = new AbortController()
  const foreign: OrderStore = { ...memoryStore(), position: async () => 'p9' }
  await keepPulling(client(service(1), []), foreign, {
    signal: stopping.signal,
    onError(error) {
      waitedOut.push(error)
      stopping.abort()
    },
  })
  expect(waitedOut).toMatchObject([{ code: 'POSITION_UNKNOWN' }])
})

test('erasures are told behind each batch, by the list first and by the feed from then on', async () => {
  const store = memoryStore()
  const stopping = new AbortController()
  const erasure = { kind: 'order', data: { orderId: 'a', what: ['changed', 'erased'] } }
  const empty = { pullId: 'p', since: 'p1', position: 'p1', number: 1, desk: 'd', orders: [], remaining: 0 }
  const answers: Record<string, object[]> = {
    '/v1/orders/pull': [{ ...empty, orders: [orderOf('a'), orderOf('b')], replayed: false, since: 'p0' }],
    '/v1/changes': [{ position: '5', changes: [], more: false }],
    '/v1/orders?limit=1000': [
      {
        orders: [
          { id: 'b', erasedAt: 'now' },
          { id: 'a', erasedAt: null },
        ],
        nextCursor: null,
      },
    ],
    '/v1/changes?after=5&limit=1000': [{ position: '6', changes: [erasure], more: false }],
  }
  const ask: typeof fetch = async (url) => {
    const path = String(url).slice('http://x'.length)
    const answer =
      answers[path]?.shift() ?? (path === '/v1/orders/pull' ? { ...empty, replayed: false } : null)
    if (answer === null) stopping.abort()
    return Response.json(answer ?? {})
  }
  await keepPulling(new Torikomi({ url: 'http://x', apiKey: 'k', fetch: ask }), store, {
    everyMs: 0,
    signal: stopping.signal,
  })
  expect([...store.orders.keys()]).toEqual([])
  expect(await store.erasures?.position()).toBe('6')
})

test('the form of 1.0.0 goes on: its unfinished key once more, then positions', async () => {
  const storage = new Map<string, string>()
  const journal = storageJournal(
    {
      getItem: (name) => storage.get(name) ?? null,
      setItem: (name, value) => void storage.set(name, value),
      removeItem: (name) => void storage.delete(name),
    },
    'pull',
    undefined,
  )
  // As 1.0.0 has written it, before its answer was lost.
  const left: JournalEntry = { key: 'k', selection: { limit: 3 } }
  storage.set('pull', JSON.stringify(left))
  const backend = service(8)
  const lost = backend.answerKey('k', 3).orders.map(({ id }) => id)
  const batches: [boolean, string[]][] = []
  const puller = new Puller(client(backend, ['answer lost', '503']), { journal, limit: 4 })
  expect(
    await puller.all(async ({ again, orders }) => void batches.push([again, orders.map(({ id }) => id)])),
  ).toBe(5)
  expect(batches).toEqual([
    [true, lost],
    [false, ['order-3', 'order-4', 'order-5', 'order-6']],
    [false, ['order-7']],
  ])
  expect(storage.get('pull')).toBe('{"position":"p2"}')
  storage.set('pull', '{}')
  await expect(puller.all(async () => undefined)).rejects.toThrow('cannot be read')
})

test('a handler that fails gets its batch again, in the form of 1.0.0 too', async () => {
  const backend = service(2)
  const puller = new Puller(client(backend, []), { journal: memoryJournal() })
  await expect(puller.all(async () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
  const again: boolean[] = []
  await puller.all(async (batch) => void again.push(batch.again))
  expect(again).toEqual([true])
})

test('it never comes back earlier than Retry-After says, and a little later', async () => {
  const waits: number[] = []
  await pull(client(service(1), ['503'], waits), memoryStore())
  expect(waits.map(Math.round)).toEqual([7_700])
})

test('a write without a key is not sent twice, a refusal tells its code and fields', async () => {
  let calls = 0
  const lost: typeof fetch = async () => {
    calls += 1
    throw new TypeError('fetch failed')
  }
  const options = { url: 'http://x', apiKey: 'k', waiting: { sleep: async () => undefined } }
  const body = { orderIds: ['o'], to: 'shipped' as const }
  const move = (client: Torikomi) => client.once({ method: 'POST', path: '/v1/orders/move', body })
  await expect(move(new Torikomi({ ...options, fetch: lost }))).rejects.toThrow(NoAnswer)
  const created = new Torikomi({ ...options, fetch: lost })
  await expect(created.post('/v1/import-requests/{id}/retry', { path: { id: 'a/b' } })).rejects.toThrow(
    NoAnswer,
  )
  expect(calls).toBe(2)
  const asked: string[] = []
  const saved: typeof fetch = async (_url, init) => {
    asked.push(`${init?.method} ${init?.body}`)
    return Response.json({ id: 'v' })
  }
  const view = { name: 'n', query: {} }
  await new Torikomi({ ...options, fetch: saved }).put('/v1/views', { body: view })
  expect(asked).toEqual([`PUT ${JSON.stringify(view)}`])
  const refused: typeof fetch = async () =>
    new Response(
      JSON.stringify({
        code: 'VALIDATION_FAILED',
        detail: '誤り',
        errors: [{ field: 'to', message: '不明' }],
      }),
      { status: 422 },
    )
  const error = await move(new Torikomi({ ...options, fetch: refused })).catch((error: unknown) => error)
  expect(isProblem(error, 'VALIDATION_FAILED') && error.errors).toEqual([{ field: 'to', message: '不明' }])
})
