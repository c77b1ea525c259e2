import { expect, onTestFinished, test, vi } from 'vitest'
import { createFairGate, createKeyCounts } from './fair-gate.ts'

/** Work that ends when the test says so; `begun` keeps the order in which it began. */
function bench(...given: Parameters<typeof createFairGate>) {
  const gate = createFairGate(...given)
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

/** The gate of a process that signs people in: two at once, a short queue. The test ends the work. */
function signIns() {
  const gate = createFairGate({ atOnce: 2, perKey: 1, queuePerKey: 4, queueInAll: 20 })
  const begun: string[] = []
  const working: { key: string; end: (good: boolean) => void }[] = []
  const ask = (key: string, options?: { known: boolean }): Promise<string> => {
    const work = () =>
      new Promise<string>((resolve, reject) => {
        begun.push(key)
        const end = (good: boolean) => (good ? resolve('served') : reject({ code: 'wrong' }))
        working.push({ key, end })
      })
    return gate.run(key, work, options).catch(({ code }) => code)
  }
  /** The next of those at work ends. */
  const end = async (good = false) => {
    working.shift()?.end(good)
    for (let n = 0; n < 5; n++) await Promise.resolve()
  }
  return { ask, end, begun }
}
const networks = Array.from({ length: 300 }, (_, n) => `network-${n}`)

test('a person who comes for the first time goes before 300 networks that come again and again', async () => {
  const { ask, end, begun } = signIns()
  const flood = networks.map((network) => ask(network))
  // Refused tries come back at once, some of them while their first one still waits.
  flood.push(...networks.map((network) => ask(network)))
  const person = ask('person')
  await end()
  expect(begun.at(-1)).toBe('person')
  await end()
  await end(true)
  expect(await person).toBe('served')
  // It works off what waits, and no more of it than is served within seconds.
  for (let n = 0; n < 100; n++) await end()
  const answers = await Promise.all(flood)
  expect(answers.filter((answer) => answer === 'wrong').length).toBeLessThanOrEqual(62)
  expect(answers.filter((answer) => answer === 'TOO_MANY_REQUESTS').length).toBeGreaterThanOrEqual(538)
})

test('whoever comes in the midst of the first burst of 300 gets in, as the last of it', async () => {
  const { ask, end, begun } = signIns()
  const flood = networks.map((network) => ask(network))
  const person = ask('person')
  await end()
  expect(begun.at(-1)).toBe('person')
  for (let n = 0; n < 100; n++) await end()
  await Promise.all([...flood, person])
})

test('of networks that nobody has ever seen, however many, none goes before one that is known', async () => {
  const { ask, end, begun } = signIns()
  // It signed in well once, before the flood.
  const before = ask('office')
  await end(true)
  expect(await before).toBe('served')
  const flood = networks.map((network) => ask(network))
  const people = [ask('office'), ask('browser', { known: true })]
  const late = networks.map((network) => ask(`other-${network}`))
  await end()
  await end()
  expect(begun.slice(-2).sort()).toEqual(['browser', 'office'])
  for (let n = 0; n < 200; n++) await end(true)
  expect(await Promise.all(people)).toEqual(['served', 'served'])
  await Promise.all([...flood, ...late])
})

test('what was before is forgotten once nobody waits', async () => {
  const { ask, end, begun } = signIns()
  for (let n = 0; n < 5; n++) {
    const typo = ask('person')
    await end()
    await typo
  }
  const busy = [ask('x'), ask('y')]
  const waiting = [ask('stranger'), ask('person')]
  await end()
  await end()
  // In the order in which they came.
  expect(begun.slice(-2)).toEqual(['stranger', 'person'])
  for (let n = 0; n < 4; n++) await end()
  await Promise.all([...busy, ...waiting])
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

test('a key with many waiting has one turn at a time and rests as long as it took, where it may', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let [now, alone] = [0, false]
  const { ask, begun, end } = bench(
    { atOnce: 16, perKey: 3, queuePerKey: 200, fewPerKey: 2, mostRestMs: 500 },
    { mayRest: () => !alone, steady: () => now },
  )
  const pass = async (ms: number) => {
    now += ms
    await vi.advanceTimersByTimeAsync(ms)
  }
  const all = Array.from({ length: 12 }, (_, n) => ask(`a${n}`))
  expect(begun).toEqual(['a0', 'a1', 'a2'])
  await pass(40)
  for (const name of ['a0', 'a1', 'a2']) await end(name)
  await pass(39)
  expect(begun).toHaveLength(3)
  // Another key waits for none of it.
  all.push(ask('b0'))
  await end('b0')
  expect(begun.slice(3)).toEqual(['b0'])
  await pass(1)
  expect(begun.slice(4)).toEqual(['a3'])
  // A turn that stood still for long took up nothing.
  await pass(60_000)
  await end('a3')
  await pass(499)
  expect(begun.slice(5)).toEqual([])
  await pass(1)
  expect(begun.slice(5)).toEqual(['a4'])
  alone = true
  await pass(40)
  await end('a4')
  expect(begun.slice(6)).toEqual(['a5', 'a6', 'a7'])
  alone = false
  await end('a5')
  await end('a6')
  await end('a7')
  // Few are left once one more has begun: they have no rest.
  await pass(40)
  for (let at = 9; at < begun.length; at += 1) {
    await end(begun[at] ?? '')
    await pass(at === 9 ? 40 : 0)
  }
  expect(await Promise.all(all)).toHaveLength(13)
  expect(vi.getTimerCount()).toBe(0)
})

test('the key of a file’s pages rests after each, where it may, and twice as long where that is its limit', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let [now, alone] = [0, false]
  const gate = createFairGate(
    { atOnce: 4, perKey: 1, queuePerKey: 9, fewPerKey: 4, restTimes: 2, mostRestMs: 500 },
    { mayRest: () => !alone, steady: () => now },
  )
  const begun: string[] = []
  const work = async (name: string) => {
    now += 30
    begun.push(name)
  }
  const page = (name: string) => gate.run('a', () => work(name), { patient: true, rests: true })
  await page('1')
  const second = page('2')
  await vi.advanceTimersByTimeAsync(59)
  expect(begun).toEqual(['1'])
  await gate.run('b', () => work('b'))
  await vi.advanceTimersByTimeAsync(1)
  await second
  expect(begun).toEqual(['1', 'b', '2'])
  await vi.advanceTimersByTimeAsync(60)
  // Nobody gains by it.
  alone = true
  await page('3')
  await page('4')
  expect([begun.length, vi.getTimerCount()]).toEqual([5, 0])
})

test('counts each key by itself, never below none, and knows the highest', () => {
  const counts = createKeyCounts()
  expect([counts.of('a'), counts.most()]).toEqual([0, 0])
  for (const key of ['a', 'a', 'b']) counts.add(key)
  expect([counts.of('a'), counts.of('b'), counts.most()]).toEqual([2, 1, 2])
  for (const key of ['a', 'a', 'a', 'b']) counts.remove(key)
  expect([counts.of('a'), counts.of('b'), counts.most()]).toEqual([0, 0, 0])
})
