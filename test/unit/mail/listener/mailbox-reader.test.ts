import { expect, test } from 'vitest'
import type { IntakeBatch } from '../../../../src/mail/intake/batch.ts'
import type { Folder } from '../../../../src/mail/listener/folder.ts'
import { MailboxReader } from '../../../../src/mail/listener/mailbox-reader.ts'
import { systemClock } from '../../../../src/platform/clock.ts'

/**
 * A folder that mails come into while it is read: EXISTS tells of them later, and FETCH brings them at once.
 */
function growing() {
  let there = 0
  let told = 0
  const folder: Folder = {
    uidValidity: 1n,
    uidNext: 1,
    look: async () => undefined,
    exists: () => told,
    search: async () => [],
    listAfter: async () => [],
    envelopes: async (range) => {
      const from = Number(range.split(':', 1)[0])
      const uids = Array.from({ length: there }, (_, index) => index + 1).filter((uid) => uid >= from)
      return uids.map((uid) => ({ seq: uid, uid, size: 10, identity: `${uid}`, envelope: { subject: 'x' } }))
    },
    sources: async () => new Map(),
    identities: async (uids) => new Map(uids.map((uid) => [uid, `${uid}`])),
  }
  return {
    folder,
    /** @param seen as far as the server has told by now */
    holds(mails: number, seen: number) {
      there = mails
      told = seen
    },
  }
}

async function reading() {
  const box = growing()
  const batches: IntakeBatch[] = []
  const tools = {
    clock: systemClock,
    malls: new Map(),
    judge: async () => ({ isCandidate: false }),
    loadShops: async () => ({ shops: [], rules: new Map() }),
    async intake(batch: IntakeBatch) {
      batches.push(batch)
      return { recognised: 0, unreadable: 0, duplicates: 0 }
    },
    downloads: { pass: async (_key: string, _signal: unknown, work: () => unknown) => work() },
    firstDays: 1,
  }
  const mailbox = {
    id: 'm',
    tenantId: 't',
    leaseOwner: 'o',
    cursor: { uidValidity: 1n, lastUid: 0 },
    readUntil: null,
    uidsUnstableSince: null,
    settings: { authservId: null },
  }
  const reader = new MailboxReader(box.folder, mailbox, tools as never, new AbortController().signal)
  await reader.catchUp()
  const vanished = () => batches.reduce((sum, { gaps }) => sum + (gaps?.vanished ?? 0), 0)
  return { box, reader, vanished, lastUid: () => batches.at(-1)?.to.lastUid }
}

test('mails that came with those before them are not missed when the server tells of them', async () => {
  const { box, reader, vanished, lastUid } = await reading()
  // Told of three, and seven more are there by the time they are asked for.
  box.holds(10, 3)
  await reader.catchUp()
  expect(lastUid()).toBe(10)
  box.holds(10, 10)
  await reader.catchUp()
  expect(vanished()).toBe(0)
})

test('a mail that was told of and is gone counts as vanished', async () => {
  const { box, reader, vanished } = await reading()
  box.holds(2, 3)
  await reader.catchUp()
  expect(vanished()).toBe(1)
})
