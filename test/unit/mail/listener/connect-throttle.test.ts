import { describe, expect, it } from 'vitest'
import { createGate } from '../../../../src/mail/listener/connect-throttle.ts'
import { heldClock } from '../../../support/held-clock.ts'

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

describe('gate', () => {
  it('never starts more than the cap at one host, and starts all in the end', async () => {
    const gate = createGate(clock, random, { perKey: 3, total: 10, perSecond: Number.POSITIVE_INFINITY })
    const { open, connect, most } = counted()
    const all = Array.from({ length: 20 }, () => gate.pass('a', forever, connect('a')))
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
    const gate = createGate(clock, random, { perKey: 1, total: 10, perSecond: Number.POSITIVE_INFINITY })
    const { open, connect } = counted()
    const first = gate.pass('a', forever, connect('a'))
    const second = gate.pass('a', forever, connect('a'))
    const other = gate.pass('b', forever, connect('b'))
    expect(open.map((one) => one.host)).toEqual(['a', 'b'])
    open.shift()?.done()
    open.shift()?.done()
    await Promise.all([first, other])
    await expect.poll(() => open.length).toBe(1)
    open.shift()?.done()
    await second
  })

  it('frees its place when connecting fails', async () => {
    const gate = createGate(clock, random, { perKey: 1, total: 1, perSecond: Number.POSITIVE_INFINITY })
    const refused = Promise.reject(new Error('refused'))
    await expect(gate.pass('a', forever, () => refused)).rejects.toThrow('refused')
    await expect(gate.pass('a', forever, async () => 'in')).resolves.toBe('in')
  })

  it('leaves the queue when aborted', async () => {
    const gate = createGate(clock, random, { perKey: 1, total: 1, perSecond: Number.POSITIVE_INFINITY })
    const { open, connect } = counted()
    const first = gate.pass('a', forever, connect('a'))
    const controller = new AbortController()
    const waiting = gate.pass('a', controller.signal, connect('a'))
    controller.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    open.shift()?.done()
    await first
    await expect(gate.pass('a', forever, async () => 'in')).resolves.toBe('in')
  })

  it('spaces the starts at one host, and no others', async () => {
    const held = heldClock()
    const gate = createGate(held, random, { perKey: 8, total: 40, perSecond: 10 })
    const starts: number[] = []
    const began = held.now()
    const start = () => Promise.resolve(void starts.push(held.now() - began))
    const all = Array.from({ length: 5 }, () => gate.pass('a', forever, start))
    await gate.pass('b', forever, async () => {})
    for (let n = 0; n < 4; n += 1) {
      await held.untilSleeping(1)
      held.advance(100)
    }
    await Promise.all(all)
    expect(starts).toEqual([0, 100, 200, 300, 400])
  })

  it('lets start at once what would wait because the clock was put back', async () => {
    const held = heldClock()
    const gates = [
      createGate(held, random, { perKey: 6, total: 6, perSecond: Number.POSITIVE_INFINITY }),
      createGate(held, random, { perKey: 8, total: 40, perSecond: 10 }),
    ]
    for (const gate of gates) await gate.pass('a', forever, async () => {})
    held.advance(-3_600_000)
    const passed = await Promise.all(gates.map((gate) => gate.pass('a', forever, async () => 'in')))
    expect(passed).toEqual(['in', 'in'])
  })
})
