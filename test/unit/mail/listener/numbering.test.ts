import { expect, it } from 'vitest'
import type { IntakeBatch } from '../../../../src/mail/intake/batch.ts'
import { type Folder, toUidSet } from '../../../../src/mail/listener/folder.ts'
import { MailboxReader } from '../../../../src/mail/listener/mailbox-reader.ts'
import { createKnownMails, createNumbering } from '../../../../src/mail/listener/numbering.ts'
import { systemClock } from '../../../../src/platform/clock.ts'
import fc from '../../../support/fast-check.ts'

const at = (uidValidity: bigint) => ({ uidValidity, uidNext: 9 })

it('believes UIDs until a server shows that they are not stable', () => {
  const fine = createNumbering(at(1n), null, 0)
  fine.looked(at(2n))
  fine.looked(at(2n))
  fine.looked(at(3n))
  // A restore is one change, whatever came of it.
  expect(fine.isStable()).toBe(true)
  fine.looked(at(4n))
  expect(fine.isStable()).toBe(false)
  expect(createNumbering({ uidValidity: 1n, uidNext: undefined }, null, 0).isStable()).toBe(false)
})

it('does not believe UIDs behind which another mail stands', () => {
  const numbering = createNumbering(at(1n), null, 0)
  numbering.read({ uid: 7, uidValidity: 1n, identity: 'a' })
  expect(numbering.unproven(2n)).toBeNull()
  numbering.seenAgain('a')
  expect(numbering.unproven(1n)).toBeNull()
  expect(numbering.isStable()).toBe(true)
  numbering.read({ uid: 7, uidValidity: 1n, identity: 'a' })
  numbering.seenAgain(undefined)
  expect(numbering.isStable()).toBe(true)
  numbering.read({ uid: 7, uidValidity: 1n, identity: 'a' })
  numbering.seenAgain('b')
  expect(numbering.isStable()).toBe(false)
})

it('distrusts a server for a week', () => {
  const week = 7 * 86_400_000
  expect(createNumbering(at(1n), new Date(0), week - 1).isStable()).toBe(false)
  expect(createNumbering(at(1n), new Date(0), week).isStable()).toBe(true)
})

it('reads mails that look alike all again when there is one more of them', () => {
  const known = createKnownMails()
  const listed = new Map([
    [1, 'a'],
    [2, 'b'],
    [3, 'a'],
  ])
  expect(known.unread(listed)).toEqual([1, 2, 3])
  known.add(['a', 'b'])
  expect(known.unread(listed)).toEqual([1, 3])
  known.add(['a', 'a'])
  expect(known.unread(listed)).toEqual([])
  known.keepOnly(new Map([[9, 'a']]))
  expect(known.unread(listed)).toEqual([2])
})

/** A folder of names that is numbered by their order at each look, and at commands that `draw` says. */
function renumbering(draw: () => boolean) {
  const files: string[] = []
  let shown: string[] = []
  const look = () => {
    shown = files.toSorted()
  }
  const maybeLook = () => {
    if (draw()) look()
  }
  const named = (uids: readonly number[]) =>
    uids.flatMap((uid) => {
      const name = shown[uid - 1]
      return name === undefined ? [] : [{ uid, name }]
    })
  const uidsOf = (set: string) =>
    set.split(',').flatMap((part) => {
      const [from = 0, to = from] = part.split(':').map(Number)
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
  const folder: Folder = {
    uidValidity: 1n,
    uidNext: undefined,
    look: async () => look(),
    exists: () => shown.length,
    async search() {
      maybeLook()
      return shown.map((_, index) => index + 1)
    },
    listAfter: async () => [],
    async identities(uids) {
      maybeLook()
      return new Map(named(uids).map(({ uid, name }) => [uid, name]))
    },
    async envelopes(range) {
      maybeLook()
      return named(uidsOf(range)).map(({ uid, name }) => ({
        seq: uid,
        uid,
        identity: name,
        envelope: { messageId: `<${name}>` },
      }))
    },
    async sources(uids) {
      maybeLook()
      return new Map(
        named(uids).map(({ uid, name }) => [uid, Buffer.from(`Message-ID: <${name}>\r\n\r\n${name}`)]),
      )
    },
  }
  return { folder, files, look }
}

it('reads every mail, and none under the headers of another, whatever is renumbered between two commands', async () => {
  expect(toUidSet([1, 2, 4])).toBe('1:2,4')
  const arrivals = fc.array(fc.array(fc.nat({ max: 10_000 }), { maxLength: 8 }), {
    minLength: 1,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(arrivals, fc.infiniteStream(fc.boolean()), async (rounds, draws) => {
      const box = renumbering(() => draws.next().value === true)
      const read: string[] = []
      const tools = {
        clock: systemClock,
        malls: new Map([['mall', { mailRules: { mayMatter: () => true } }]]),
        judge: {
          async judge(source: Buffer) {
            const orderNumbers = [source.toString().split('\r\n\r\n')[1]]
            return {
              recognition: { marketplace: 'mall', kind: 'new_order', orderNumbers },
              text: '',
              trust: 'unknown',
            }
          },
        },
        loadShops: async () => ({ shops: [], rules: new Map() }),
        async intake({ mails }: IntakeBatch) {
          for (const { messageId, recognition } of mails) {
            // The number of one mail must not stand under the headers of another.
            expect(messageId).toBe(`<${recognition.orderNumbers[0]}>`)
            read.push(messageId)
          }
          return { recognised: mails.length, unreadable: 0, duplicates: 0 }
        },
        downloads: { pass: async (_key: string, _signal: unknown, work: () => unknown) => work() },
        firstDays: 3,
      }
      const mailbox = {
        id: 'm',
        tenantId: 't',
        leaseOwner: 'o',
        cursor: null,
        readUntil: null,
        uidsUnstableSince: null,
        settings: { authservId: null },
      }
      const reader = new MailboxReader(box.folder, mailbox, tools as never, new AbortController().signal)
      const put = new Set<string>()
      for (const names of rounds) {
        for (const name of names) {
          if (!put.has(`${name}`)) box.files.push(`${name}`)
          put.add(`${name}`)
        }
        await reader.catchUp()
      }
      // What was mixed up in the last rounds is read at a look in which nothing moves.
      box.look()
      await reader.probe()
      await reader.catchUp()
      expect(new Set(read)).toEqual(new Set([...put].map((name) => `<${name}>`)))
    }),
    { numRuns: 200 },
  )
})
