import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { fetchBisecting, type Wanted } from './fetch-bisect.ts'

const request = (orderNumber: string): Wanted => ({ orderNumber })

const malformed = new MarketplaceFailure({ kind: 'malformed', code: 'M', message: '-' })

/** Takes `batch` numbers a call; a call with a bad number breaks as a whole. */
function session(batch: number, bad: ReadonlySet<string>) {
  let calls = 0
  async function* fetchOrders(numbers: readonly string[]): AsyncGenerator<FetchOutcome> {
    for (let from = 0; from < numbers.length; from += batch) {
      calls += 1
      const call = numbers.slice(from, from + batch)
      if (call.some((number) => bad.has(number))) throw malformed
      for (const orderNumber of call) yield { kind: 'not_found', orderNumber }
    }
  }
  return { fetchOrders, calls: () => calls }
}

async function run(
  fake: Pick<ReturnType<typeof session>, 'fetchOrders'>,
  numbers: string[],
  isolated: string[] = [],
) {
  const answered: string[] = []
  const result = await fetchBisecting(
    {
      session: fake,
      clock: { now: () => 0, sleep: async () => undefined },
      deadline: 1,
      signal: new AbortController().signal,
      onAnswer: async ({ orderNumber }) => void answered.push(orderNumber),
    },
    numbers.map(request),
    isolated.map(request),
  )
  return { result, answered, broken: result.broken.map(({ request: { orderNumber } }) => orderNumber) }
}

describe('fetching from a mall', () => {
  it('gets every good order through, whatever bad ones there are, and finds each bad one', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => `n${index}`)
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(numbers, { maxLength: 5 }),
        fc.constantFrom(1, 10, 100),
        async (bad, batch) => {
          const fake = session(batch, new Set(bad))
          const { result, answered, broken } = await run(fake, numbers)
          if (result.silent) return
          expect(broken.toSorted()).toEqual(bad.toSorted())
          expect(answered.toSorted()).toEqual(numbers.filter((number) => !bad.includes(number)).toSorted())
          expect(result.shopFailure).toBeNull()
        },
      ),
    )
  })

  it('finds one bad order among a hundred in few calls', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `n${index}`)
    for (const bad of ['n0', 'n50', 'n99']) {
      const fake = session(100, new Set([bad]))
      expect((await run(fake, numbers)).broken).toEqual([bad])
      expect(fake.calls()).toBeLessThanOrEqual(15)
    }
  })

  it('stops when the mall answers nothing but nonsense', async () => {
    const numbers = Array.from({ length: 300 }, (_, index) => `n${index}`)
    const fake = session(100, new Set(numbers))
    const { result } = await run(fake, numbers)
    expect(result.silent).toBe(true)
    expect(fake.calls()).toBe(12)
  })

  it('asks for orders that were broken before last and alone', async () => {
    const calls: string[][] = []
    const fake = {
      async *fetchOrders(numbers: readonly string[]): AsyncGenerator<FetchOutcome> {
        calls.push([...numbers])
        for (const orderNumber of numbers) yield { kind: 'not_found', orderNumber }
      },
    }
    await run(fake, ['a', 'b'], ['x', 'y'])
    expect(calls).toEqual([['a', 'b'], ['x'], ['y']])
  })

  it('takes a number without an answer for a broken one', async () => {
    const fake = {
      async *fetchOrders(numbers: readonly string[]): AsyncGenerator<FetchOutcome> {
        for (const orderNumber of numbers) if (orderNumber !== 'b') yield { kind: 'not_found', orderNumber }
      },
    }
    const { answered, broken } = await run(fake, ['a', 'b', 'c'])
    expect(answered).toEqual(['a', 'c'])
    expect(broken).toEqual(['b'])
  })

  it('stops at what concerns the whole shop, also when it comes as one order’s outcome', async () => {
    const failure = new MarketplaceFailure({ kind: 'throttled', code: 'T', message: '-' })
    const fake = {
      async *fetchOrders(): AsyncGenerator<FetchOutcome> {
        yield { kind: 'failed', orderNumber: 'a', failure }
      },
    }
    const { result, answered } = await run(fake, ['a', 'b'])
    expect(result.shopFailure).toBe(failure)
    expect(answered).toEqual([])
  })
})

describe('a call that ends after the deadline', () => {
  it('is taken as a whole, and no other begins', async () => {
    let now = 0
    let calls = 0
    const answered: string[] = []
    const numbers = Array.from({ length: 200 }, (_, index) => `n${index}`)
    const result = await fetchBisecting(
      {
        session: {
          async *fetchOrders(wanted, _signal, hints) {
            for (let from = 0; from < wanted.length && hints?.goesOn?.() !== false; from += 100) {
              calls += 1
              now += 5_000
              for (const orderNumber of wanted.slice(from, from + 100))
                yield { kind: 'not_found', orderNumber }
            }
          },
        },
        clock: { now: () => now, sleep: async () => undefined },
        deadline: 4_000,
        signal: new AbortController().signal,
        onAnswer: async ({ orderNumber }) => void answered.push(orderNumber),
      },
      numbers.map(request),
      [],
    )
    expect([answered.length, calls]).toEqual([100, 1])
    expect(result).toMatchObject({ shopFailure: null, broken: [], anyGood: true })
  })
})
