import { describe, expect, it } from 'vitest'
import { decideStart, onlyAfter, rangeAfter } from './batch.ts'

describe('decideStart', () => {
  const stored = { uidValidity: 7n, lastUid: 40 }

  it('goes on after the last UID while UIDVALIDITY stays', () => {
    expect(decideStart(stored, { uidValidity: 7n, uidNext: 41 })).toEqual({
      kind: 'continue',
      cursor: stored,
    })
  })

  it('reads the last days of a mailbox that was never read', () => {
    expect(decideStart(null, { uidValidity: 7n, uidNext: 1 })).toEqual({ kind: 'recent' })
  })

  it('reads the last days again after UIDVALIDITY changed, even with a UIDNEXT that would fit', () => {
    expect(decideStart(stored, { uidValidity: 8n, uidNext: 500 })).toEqual({ kind: 'recent' })
  })

  it('does not trust a cursor above UIDNEXT', () => {
    expect(decideStart(stored, { uidValidity: 7n, uidNext: 3 })).toEqual({ kind: 'recent' })
    // UIDNEXT is above every mail that was ever there, the last one read too.
    expect(decideStart(stored, { uidValidity: 7n, uidNext: 40 })).toEqual({ kind: 'recent' })
  })
})

describe('onlyAfter', () => {
  it('drops the old mail that `n:*` brings when there is no new one', () => {
    expect(rangeAfter(40)).toBe('41:*')
    expect(onlyAfter(40, [{ uid: 40 }])).toEqual([])
  })

  it('sorts what is new', () => {
    expect(onlyAfter(40, [{ uid: 43 }, { uid: 39 }, { uid: 41 }])).toEqual([{ uid: 41 }, { uid: 43 }])
  })
})
