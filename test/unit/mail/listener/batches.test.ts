import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSequenceSet } from '../../../../sandbox/imap/commands.ts'
import { chunk, cutBatches, type Listed, toUidSet } from '../../../../src/mail/listener/folder.ts'
import { MAIL_BYTES } from '../../../../src/mail/mail-bytes.ts'

const listed = fc
  .array(fc.record({ size: fc.nat(60_000_000), candidate: fc.boolean() }), { maxLength: 900 })
  .map((mails) => mails.map((mail, index): Listed => ({ uid: index + 1, ...mail })))

describe('cutBatches', () => {
  it('loses no mail, keeps the order, and bounds mails and bytes', () => {
    fc.assert(
      fc.property(listed, (mails) => {
        const batches = cutBatches(mails)
        expect(batches.flatMap((batch) => batch.candidates)).toEqual(mails.filter((mail) => mail.candidate))
        expect(batches.reduce((sum, batch) => sum + batch.ignored, 0)).toBe(
          mails.filter((mail) => !mail.candidate).length,
        )
        expect(batches.at(-1)?.lastUid).toBe(mails.at(-1)?.uid)
        for (const batch of batches) {
          const bytes = batch.candidates.reduce((sum, mail) => sum + Math.min(mail.size, MAIL_BYTES), 0)
          expect(batch.candidates.length).toBeLessThanOrEqual(200)
          expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024)
        }
      }),
      { numRuns: 50 },
    )
  })

  const MIB = 1024 * 1024
  const mailsOf = (count: number, size: number) =>
    Array.from({ length: count }, (_, n) => ({ uid: n + 1, size, candidate: true }))
  const sizes = (mails: readonly Listed[]) => cutBatches(mails).map(({ candidates }) => candidates.length)

  it('fills a batch up to its bytes, and not further', () => {
    // 32 mails of 256 KiB are 8 MiB to the byte.
    expect(sizes(mailsOf(33, MAIL_BYTES))).toEqual([32, 1])
    expect(sizes(mailsOf(33, MAIL_BYTES - 1))).toEqual([32, 1])
    expect(sizes([...mailsOf(32, MAIL_BYTES - 1), { uid: 33, size: 32, candidate: true }])).toEqual([33])
    expect(sizes([...mailsOf(32, MAIL_BYTES - 1), { uid: 33, size: 33, candidate: true }])).toEqual([32, 1])
  })

  it('counts a mail by what is downloaded of it', () => {
    expect(sizes(mailsOf(33, 50 * MIB))).toEqual([32, 1])
    expect(sizes(mailsOf(70, 50 * MIB))).toEqual([32, 32, 6])
  })

  it('puts so many mails into a batch, and not more', () => {
    expect(sizes(mailsOf(200, 10))).toEqual([200])
    expect(sizes(mailsOf(401, 10))).toEqual([200, 200, 1])
  })

  it('lets mails of no mall follow a full batch, so that the cursor passes them with it', () => {
    const mails = [...mailsOf(200, 10), { uid: 201, size: 10, candidate: false }]
    expect(cutBatches(mails)).toMatchObject([{ ignored: 1, lastUid: 201 }])
  })

  it('puts mails of no mall into one batch, whatever their size', () => {
    const mails = [1, 2, 3].map((uid) => ({ uid, size: 50_000_000, candidate: false }))
    expect(cutBatches(mails)).toEqual([
      { candidates: [], ignored: 3, gaps: { refused: 0, vanished: 0 }, lastUid: 3 },
    ])
  })

  it('makes nothing of nothing', () => {
    expect(cutBatches([])).toEqual([])
  })
})

describe('toUidSet', () => {
  it('writes ranges', () => {
    expect(toUidSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10')
  })

  it('names exactly the given UIDs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (values) => {
        const uids = [...values].sort((a, b) => a - b)
        const within = parseSequenceSet(toUidSet(uids), 200)
        const named = Array.from({ length: 200 }, (_, index) => index + 1).filter(within)
        expect(named).toEqual(uids)
      }),
    )
  })
})

describe('chunk', () => {
  it('cuts in order', () => {
    expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  })
})
