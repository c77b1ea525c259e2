import { expect, test } from 'vitest'
import { createFairGate } from './fair-gate.ts'

/** Work that ends when the test says so; `begun` keeps the order in which it began. */
function bench(limits: Parameters<typeof createFairGate>[0]) {
  const gate = createFairGate(limits)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (name: string, signal?: AbortSignal) =>
    gate.run(
      name.slice(0, 1),
      () => {
        begun.push(name)
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
      },
      signal && { signal },
    )
  const end = async (name: string) => {
    ends.get(name)?.()
    for (let n = 0; n < 5; n++) await Promise.resolve()
  }
  return { ask, begun, end }
}

test('keys take turns, and each has its own share and its own queue', async () => {
  const { ask, begun, end } = bench({ atOnce: 3, perKey: 2, queuePerKey: 2 })
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => ask(name))
  await expect(ask('a5')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  all.push(ask('b1'), ask('b2'), ask('c1'))
  expect(begun).toEqual(['a1', 'a2', 'b1'])
  await end('a1')
  await end('a2')
  await end('b1')
  // One of each before the second of anybody.
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'c1'])
  for (const name of ['a3', 'a4', 'b2', 'c1']) await end(name)
  await end('a4')
  expect((await Promise.all(all)).sort()).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
})

test('whoever leaves gives the place in the queue back, and failed work its slot', async () => {
  const { ask, begun, end } = bench({ atOnce: 1, perKey: 1, queuePerKey: 1 })
  const gate = createFairGate({ atOnce: 1, perKey: 1, queuePerKey: 1 })
  await expect(gate.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await gate.run('a', async () => 'next')).toBe('next')
  void ask('a1')
  const leaves = new AbortController()
  const left = ask('a2', leaves.signal)
  leaves.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  void ask('a3')
  await end('a1')
  expect(begun).toEqual(['a1', 'a3'])
})

test('a full queue takes a key that has nothing yet, and no flood of keys', async () => {
  const { ask, end } = bench({ atOnce: 1, perKey: 1, queuePerKey: 5, queueInAll: 2 })
  const flood = [...'aabbcc'].map((key, n) => ask(`${key}${n}`).catch(({ code }) => code))
  const late = ask('z1')
  await end('a0')
  expect(await Promise.race([flood[3], Promise.resolve('waits')])).toBe('TOO_MANY_REQUESTS')
  for (const name of ['a1', 'b2', 'c4', 'z1']) await end(name)
  for (const name of ['a1', 'b2', 'c4', 'z1']) await end(name)
  expect(await late).toBe('z1')
})
