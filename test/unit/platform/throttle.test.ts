import { describe, expect, it } from 'vitest'
import { CONNECT_LIMITS } from '../../../src/mail/listener/timing.ts'
import { createThrottle } from '../../../src/platform/fair-gate.ts'
import { heldClock } from '../../support/fixtures.ts'

const clock = { now: () => 0, sleep: () => Promise.resolve() }
const random = { bytes: (n: number) => new Uint8Array(n), float: () => 0.5 }
const forever = new AbortController().signal

function counted() {
  const open: { host: string; done: () => void }[] = []
  let most = 0
  const connect = (host: string) => () =>
    new Promise<void>((resolve) => {
      open.push({ host, done: resolve })
      most = Math.max(most, open.length)
    })
  return { open, connect, most: () => most }
}

describe('throttle', () => {
  it('never starts more than the cap at one host, and starts all in the end', async () => {
    const throttle = createThrottle(clock, random, {
      perKey: 3,
      total: 10,
      perSecond: Number.POSITIVE_INFINITY,
    })
    const { open, connect, most } = counted()
    const all = Array.from({ length: 20 }, () => throttle.pass('a', forever, connect('a')))
    let finished = 0
    while (finished < 20) {
      await expect.poll(() => open.length).toBeGreaterThan(0)
      open.shift()?.done()
      finished += 1
    }
    await Promise.all(all)
    expect(most()).toBe(3)
  })

  it('lets other hosts pass while one is full', async () => {
    const throttle = createThrottle(clock, random, {
      perKey: 1,
      total: 10,
      perSecond: Number.POSITIVE_INFINITY,
    })
    const { open, connect } = counted()
    const first = throttle.pass('a', forever, connect('a'))
    const second = throttle.pass('a', forever, connect('a'))
    const other = throttle.pass('b', forever, connect('b'))
    expect(open.map((one) => one.host)).toEqual(['a', 'b'])
    open.shift()?.done()
    open.shift()?.done()
    await Promise.all([first, other])
    await expect.poll(() => open.length).toBe(1)
    open.shift()?.done()
    await second
  })

  it('frees its place when connecting fails', async () => {
    const throttle = createThrottle(clock, random, {
      perKey: 1,
      total: 1,
      perSecond: Number.POSITIVE_INFINITY,
    })
    const refused = Promise.reject(new Error('refused'))
    await expect(throttle.pass('a', forever, () => refused)).rejects.toThrow('refused')
    await expect(throttle.pass('a', forever, async () => 'in')).resolves.toBe('in')
  })

  it('leaves the queue when aborted', async () => {
    const throttle = createThrottle(clock, random, {
      perKey: 1,
      total: 1,
      perSecond: Number.POSITIVE_INFINITY,
    })
    const { open, connect } = counted()
    const first = throttle.pass('a', forever, connect('a'))
    const controller = new AbortController()
    const waiting = throttle.pass('a', controller.signal, connect('a'))
    controller.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    open.shift()?.done()
    await first
    await expect(throttle.pass('a', forever, async () => 'in')).resolves.toBe('in')
  })

  it('connects 2,000 mailboxes of a host that answers at once within eight seconds', async () => {
    let time = 0
    const passing = {
      now: () => time,
      async sleep(ms: number) {
        const until = time + ms
        await Promise.resolve()
        time = Math.max(time, until)
      },
    }
    const throttle = createThrottle(passing, random, CONNECT_LIMITS)
    await Promise.all(Array.from({ length: 2_000 }, () => throttle.pass('a', forever, async () => {})))
    expect(time).toBeGreaterThan(5_000)
    expect(time).toBeLessThan(8_000)
  })

  it('spaces the starts at one host, and no others', async () => {
    const held = heldClock()
    const throttle = createThrottle(held, random, { perKey: 8, total: 40, perSecond: 10 })
    const starts: number[] = []
    const began = held.now()
    const start = () => Promise.resolve(void starts.push(held.now() - began))
    const all = Array.from({ length: 5 }, () => throttle.pass('a', forever, start))
    await throttle.pass('b', forever, async () => {})
    for (let n = 0; n < 4; n += 1) {
      await held.untilSleeping(1)
      held.advance(100)
    }
    await Promise.all(all)
    expect(starts).toEqual([0, 100, 200, 300, 400])
  })

  it('starts faster with each that went well, up to a limit, and from the beginning after a failure or a quiet minute', async () => {
    let now = 0
    const sleep = async (ms: number) => {
      now += ms
    }
    const jumping = { now: () => now, sleep }
    const throttle = createThrottle(jumping, random, { perKey: 1, total: 9, perSecond: 1, upTo: 4 })
    async function gap(work: () => Promise<unknown> = async () => {}) {
      const before = now
      await throttle.pass('a', forever, work).catch(() => {})
      return Math.round(now - before)
    }
    const refused = () => Promise.reject(new Error('refused'))
    expect(await gap()).toBe(0)
    expect([await gap(), await gap(), await gap(), await gap(), await gap()]).toEqual([
      1_000, 500, 333, 250, 250,
    ])
    // The next start was set before it failed.
    expect([await gap(refused), await gap(), await gap(), await gap()]).toEqual([250, 250, 1_000, 500])
    now += 120_000
    expect([await gap(), await gap()]).toEqual([0, 1_000])
  })

  it('lets start at once what would wait because the clock was put back', async () => {
    const held = heldClock()
    const gates = [
      createThrottle(held, random, { perKey: 6, total: 6, perSecond: Number.POSITIVE_INFINITY }),
      createThrottle(held, random, { perKey: 8, total: 40, perSecond: 10 }),
    ]
    for (const throttle of gates) await throttle.pass('a', forever, async () => {})
    held.advance(-3_600_000)
    const passed = await Promise.all(gates.map((throttle) => throttle.pass('a', forever, async () => 'in')))
    expect(passed).toEqual(['in', 'in'])
  })
})
