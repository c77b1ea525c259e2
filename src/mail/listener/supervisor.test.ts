import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHeldLeases, fairShare, MOST_GIVEN_UP, toClaim, toGiveUp } from './supervisor.ts'

it('keeps hold of a session that began while the one before it was told to end a second time', async () => {
  const signals: AbortSignal[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => {
      signals.push(signal)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    onGone: () => {},
  })
  heldLeases.begin('a', 1)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  expect(heldLeases.has('a', first)).toBe(true)
  await heldLeases.end('a', first)
  heldLeases.begin('a', 2)
  expect(heldLeases.has('a', first)).toBe(false)
  await heldLeases.end('a', first)
  expect([heldLeases.size(), signals[1]?.aborted]).toEqual([1, false])
  await heldLeases.endAll()
  expect(signals[1]?.aborted).toBe(true)
})

it('begins no session of a mailbox whose last one is still ending', async () => {
  const sessions: { signal: AbortSignal; over(): void }[] = []
  const gone: string[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => new Promise((over) => sessions.push({ signal, over })),
    onGone: (id) => void gone.push(id),
  })
  heldLeases.begin('a', 1)
  heldLeases.begin('a', 2)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  const ended = heldLeases.end('a', first)
  heldLeases.begin('a', 2)
  expect([heldLeases.size(), heldLeases.running(), sessions.length]).toEqual([0, ['a'], 1])
  sessions[0]?.over()
  await ended
  heldLeases.begin('a', 2)
  expect([heldLeases.running(), sessions.length, gone]).toEqual([['a'], 2, ['a']])
})

it('is done with a mailbox once, however often it is told to end it', async () => {
  const gone: string[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => new Promise((over) => signal.addEventListener('abort', () => over())),
    onGone: (id) => {
      gone.push(id)
      // A listener of this event may begin the mailbox again; the second end must not touch that session.
      if (gone.length === 1) heldLeases.begin(id, 2)
    },
  })
  heldLeases.begin('a', 1)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  await Promise.all([heldLeases.end('a', first), heldLeases.end('a', first), heldLeases.end('a', first)])
  expect([gone, heldLeases.running()]).toEqual([['a'], ['a']])
  await heldLeases.endAll()
  expect([gone, heldLeases.running()]).toEqual([['a', 'a'], []])
})

describe('shares of the mailboxes', () => {
  it('holds all mailboxes together', () => {
    expect(fairShare({ mailboxes: 300, listeners: 3 })).toBe(100)
    expect(fairShare({ mailboxes: 301, listeners: 3 })).toBe(101)
    expect(fairShare({ mailboxes: 0, listeners: 2 })).toBe(0)
  })

  it('does not move mailboxes because one came or went', () => {
    expect(toGiveUp(100, { mailboxes: 297, listeners: 3 })).toBe(0)
    expect(toGiveUp(150, { mailboxes: 300, listeners: 3 })).toBe(MOST_GIVEN_UP)
    // A listener may hold a fiftieth of the share and one more above it; beyond that it releases everything
    // above the share.
    expect([103, 104].map((held) => toGiveUp(held, { mailboxes: 300, listeners: 3 }))).toEqual([0, 4])
  })

  it('evens out from any state, without taking back what was given up, and then rests', () => {
    const someHeld = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(someHeld, fc.nat({ max: 400 }), (start, waiting) => {
        const held = [...start]
        let free = waiting
        const mailboxes = held.reduce((sum, n) => sum + n, waiting)
        const fleet = { mailboxes, listeners: held.length }
        for (let look = 0; look < 50 * held.length; look += 1) {
          const at = look % held.length
          const mine = held[at] ?? 0
          const given = toGiveUp(mine, fleet)
          const taken = Math.min(free, toClaim(mine - given, fleet))
          expect(given > 0 && taken > 0).toBe(false)
          held[at] = mine - given + taken
          free += given - taken
        }
        const share = fairShare(fleet)
        expect(free).toBe(0)
        expect(Math.max(...held)).toBeLessThanOrEqual(share + 1 + share / 50)
        expect(held.every((mine) => toGiveUp(mine, fleet) === 0)).toBe(true)
      }),
    )
  })
})
