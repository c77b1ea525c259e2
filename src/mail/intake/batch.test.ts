import { describe, expect, it } from 'vitest'
import { createSealer } from '../../platform/crypto/sealer.ts'
import { systemRandom } from '../../platform/random.ts'
import { decideStart, type IntakeBatch, onlyAfter, rangeAfter, type SeenMail, toMailRow } from './batch.ts'

it('stores no text that Postgres refuses in JSON, or the mailbox would stand still', () => {
  const sealer = createSealer([{ id: 'test', key: new Uint8Array(32), bindsTenant: true }], systemRandom)
  const mail: SeenMail = {
    uid: 1,
    size: 1,
    messageId: '\ud800\0',
    subject: '\ud800\0',
    from: ['\ud800\0@cart.example'],
    to: [],
    sentAt: null,
    text: '',
    recognition: { marketplace: 'connector', kind: 'notice', orderNumbers: [], reason: null },
    trust: 'verified',
  }
  const batch: IntakeBatch = {
    mailbox: { id: 'box', tenantId: 't1' },
    leaseOwner: 'me',
    from: null,
    to: { uidValidity: 1n, lastUid: 1 },
    shops: [],
    mails: [mail],
    ignored: 0,
  }
  const reason = '添付「\ude00.zip\0」は'
  const row = toMailRow('id', mail, { state: 'unreadable', reason }, '\udc00\0', batch, sealer)
  expect(row.reason).toBe('添付「\ufffd.zip」は')
  expect(JSON.stringify(row)).not.toMatch(/\\u(?:0000|d[89a-f])/)
})

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
