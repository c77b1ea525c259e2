import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isProblem,
  type Journal,
  type JournalEntry,
  memoryJournal,
  NoAnswer,
  Problem,
  Puller,
  storageJournal,
  Torikomi,
} from '../../../clients/typescript/src/index.ts'

/** The service's side of 受注取込 as the client meets it: a key finds its batch again. */
function service(orders: number) {
  const batches = new Map<string, { pullId: string; orders: { id: string }[]; remaining: number }>()
  let left = Array.from({ length: orders }, (_, n) => ({ id: `order-${n}` }))
  return {
    answer(key: string, limit: number) {
      const known = batches.get(key)
      if (known) return known
      const batch = { pullId: `pull-${batches.size}`, orders: left.slice(0, limit), remaining: 0 }
      left = left.slice(limit)
      batch.remaining = left.length
      batches.set(key, batch)
      return batch
    },
  }
}

class Crash extends Error {}

type Fate = 'good' | 'request lost' | 'answer lost' | '503' | '409 after' | 'page' | 'half'

function client(backend: ReturnType<typeof service>, fates: Fate[], waits: number[] = []): Torikomi {
  const ask: typeof fetch = async (_url, init) => {
    const fate = fates.shift() ?? 'good'
    if (fate === 'request lost') throw new TypeError('fetch failed')
    if (fate === '503') return problem(503, 'UNAVAILABLE', { 'retry-after': '7' })
    if (fate === 'page') return new Response('<html>', { status: 200 })
    const { limit } = JSON.parse(String(init?.body)) as { limit: number }
    const batch = backend.answer(new Headers(init?.headers).get('idempotency-key') ?? '', limit)
    if (fate === 'answer lost') throw new TypeError('fetch failed')
    if (fate === '409 after') return problem(409, 'CONFLICT')
    const text = JSON.stringify(batch)
    return new Response(fate === 'half' ? text.slice(0, text.length / 2) : text, { status: 200 })
  }
  const sleep = async (ms: number) => void waits.push(ms)
  return new Torikomi({ url: 'http://x', apiKey: 'k', fetch: ask, waiting: { sleep, random: () => 0.5 } })
}

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ code, status, detail: 'd' }), { status, headers })

/** Ends the process at its n-th step, after or before the write. */
function crashing(journal: Journal, steps: { left: number }): Journal {
  return {
    ...journal,
    async write(entry: JournalEntry | null) {
      steps.left -= 1
      if (steps.left === 0) throw new Crash()
      await journal.write(entry)
      steps.left -= 1
      if (steps.left === 0) throw new Crash()
    },
  }
}

const FATE = fc.constantFrom<Fate>('good', 'request lost', 'answer lost', '503', '409 after', 'page', 'half')

test('whatever is lost and wherever it crashes, each order is stored, and each once', async () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return storageJournal(
      {
        getItem: (name) => kept.get(name) ?? null,
        setItem: (name, value) => void kept.set(name, value),
        removeItem: (name) => void kept.delete(name),
      },
      'pull',
      undefined,
    )
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(FATE, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }),
      fc.boolean(),
      async (fates, crashes, keepsBatches) => {
        const backend = service(17)
        const journal = keepsBatches ? memoryJournal() : storage()
        const stored = new Map<string, number>()
        const handedOver: string[] = []
        for (let life = 0; life < 200; life += 1) {
          const steps = { left: crashes.shift() ?? 1_000 }
          const puller = new Puller(client(backend, fates), { journal: crashing(journal, steps), limit: 5 })
          try {
            await puller.all(async ({ orders, again }) => {
              for (const { id } of orders) {
                // As a handler stores: by id, so that only what came as new counts anew.
                if (!again && stored.has(id)) handedOver.push(id)
                stored.set(id, 1)
              }
            })
            if (stored.size === 17) break
          } catch (error) {
            if (!(error instanceof Crash) && !isProblem(error) && !(error instanceof NoAnswer)) throw error
          }
        }
        expect(stored.size).toBe(17)
        expect(handedOver).toEqual([])
      },
    ),
    { numRuns: 300 },
  )
})

test('a handler that fails gets its batch again, and nothing is pulled past it', async () => {
  const backend = service(4)
  const journal = memoryJournal()
  const puller = new Puller(client(backend, []), { journal, limit: 2 })
  await expect(puller.all(async () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
  const seen: [boolean, string[]][] = []
  await puller.all(async ({ again, orders }) => void seen.push([again, orders.map(({ id }) => id)]))
  expect(seen).toEqual([
    [true, ['order-0', 'order-1']],
    [false, ['order-2', 'order-3']],
  ])
})

test('a refusal that the handler met ends keep, and its batch comes again', async () => {
  const journal = memoryJournal()
  const puller = new Puller(client(service(1), []), { journal })
  const waitedOut: unknown[] = []
  const refused = puller.keep(() => Promise.reject(new Problem(422, { code: 'VALIDATION_FAILED' }, null)), {
    onError: (error) => waitedOut.push(error),
    everyMs: 0,
  })
  await expect(refused).rejects.toThrow('422 VALIDATION_FAILED')
  expect(waitedOut).toEqual([])
  const again: boolean[] = []
  await puller.all(async (batch) => void again.push(batch.again))
  expect(again).toEqual([true])
})

test('the selection of a pull that is not ended stays what it was', async () => {
  const journal = memoryJournal()
  await journal.write({ key: 'k', selection: { limit: 3 } })
  const sizes: number[] = []
  await new Puller(client(service(5), []), { journal, limit: 1 }).all(async ({ orders }) => {
    sizes.push(orders.length)
  })
  expect(sizes).toEqual([3, 1, 1])
})

test('it never comes back earlier than Retry-After says, and a little later', async () => {
  const waits: number[] = []
  await new Puller(client(service(1), ['503'], waits), { journal: memoryJournal() }).all(
    async () => undefined,
  )
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
