import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairShare, MOST_GIVEN_UP, toClaim, toGiveUp } from './fair-share.ts'

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
