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

test('who failed before waits behind all others, gives up the last place, and is forgiven by what goes well', async () => {
  const gate = createFairGate({ atOnce: 1, perKey: 1, queuePerKey: 1, queueInAll: 0, failedLast: true })
  const wrong = (key: string) => gate.run(key, () => Promise.reject(new Error('wrong'))).catch(() => 'wrong')
  const flood = Array.from({ length: 300 }, (_, n) => `network-${n}`)
  for (const network of flood) await wrong(network)
  const begun: string[] = []
  const first = Promise.withResolvers<void>()
  const working = gate.run('at-work', () => first.promise)
  const ask = (key: string) => {
    const work = async () => {
      begun.push(key)
    }
    return gate.run(key, work).then(
      () => 'served',
      ({ code }) => code,
    )
  }
  const waiting = flood.map((network) => ask(network))
  const people = [ask('person'), ask('another')]
  // Two hundred wait; the last two of them left for the two people.
  first.resolve()
  await working
  expect(await Promise.all(people)).toEqual(['served', 'served'])
  const answers = await Promise.all(waiting)
  expect(answers.filter((answer) => answer === 'served')).toHaveLength(198)
  expect(answers.slice(198, 200)).toEqual(['TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS'])
  expect(begun.slice(0, 2)).toEqual(['another', 'person'])
  // A network that was served has a good name again, and goes before one that was not.
  const second = Promise.withResolvers<void>()
  const busy = gate.run('at-work', () => second.promise)
  const both = [ask('network-0'), ask('network-250')]
  second.resolve()
  await busy
  await Promise.all(both)
  expect(begun.slice(-2)).toEqual(['network-0', 'network-250'])
})

test('while too many wait whoever came last is first, so that what came all at once holds nobody up', async () => {
  const { ask, begun, end } = bench({ atOnce: 1, perKey: 1, queuePerKey: 1, queueInAll: 2 })
  const flood = [...'abcdef'].map((key) => ask(key))
  const person = ask('p')
  for (const name of ['a', 'p', 'f', 'e', 'd', 'b', 'c']) await end(name)
  expect(begun).toEqual(['a', 'p', 'f', 'e', 'd', 'b', 'c'])
  await end('c')
  await Promise.all([...flood, person])
})
