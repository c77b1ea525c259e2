import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { IntakeBatch, SeenMail } from '../../../src/mail/intake/batch.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { LeaseLost } from '../../../src/platform/errors.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { malls } from '../../support/mail/listener.ts'

let database: TestDatabase
let intake: ReturnType<typeof createIntake>
let batch: IntakeBatch
let woken: string[]

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

beforeEach(async () => {
  const { db, pool } = database
  await db.tenant.deleteMany()
  const { id: tenantId } = await makeTenant(db)
  const shop = await makeShop(db, { tenantId })
  const cursor = { uidValidity: 1n, lastUid: 4n }
  const { id } = await makeMailbox(db, { tenantId, shopIds: [shop.id], leaseOwner: 'me', ...cursor })
  woken = []
  intake = createIntake({
    pool,
    newId,
    sealer: testSealer,
    clock: systemClock,
    metrics: createMetrics(),
    marketplaces: malls,
    log: createLogger({ level: 'silent' }),
    wakeQueue: { wake: async (ids) => void woken.push(...ids) },
  })
  batch = {
    mailbox: { id, tenantId },
    leaseOwner: 'me',
    from: { uidValidity: 1n, lastUid: 4 },
    to: { uidValidity: 1n, lastUid: 5 },
    shops: [{ id: shop.id, marketplace: 'rakuten', code: shop.code }],
    mails: [mail(5, '<first@mall>')],
    ignored: 2,
  }
})

const ORDER = '123456-20260115-0000000001'

const mail = (uid: number, messageId: string): SeenMail => ({
  uid,
  messageId,
  size: 1_000,
  subject: '注文',
  from: ['order@rakuten.co.jp'],
  to: [],
  sentAt: new Date('2026-01-15T03:00:00Z'),
  text: '',
  trust: 'verified' as const,
  recognition: { marketplace: 'rakuten', kind: 'new_order', orderNumbers: [ORDER], reason: null },
})

const stored = async () => ({
  mails: await database.db.mail.findMany({ orderBy: { id: 'asc' } }),
  requests: await database.db.importRequest.findMany(),
  box: await database.db.mailbox.findFirstOrThrow(),
})

test('mails, requests, counters and cursor are stored, and then the shop is woken', async () => {
  expect(await intake(batch)).toEqual({ recognised: 1, unreadable: 0, duplicates: 0 })
  const { mails, requests, box } = await stored()
  expect(mails).toMatchObject([{ uid: 5n, state: 'recognised', orderNumbers: [ORDER] }])
  expect(requests).toMatchObject([{ orderNumber: ORDER, source: 'mail', mailId: mails[0]?.id }])
  expect(box).toMatchObject({ lastUid: 5n, mailsRecognised: 1n, mailsIgnored: 2n })
  expect(woken).toEqual([batch.shops[0]?.id])
})

test('of two mails that name one order, the one that is new brings the request', async () => {
  await intake(batch)
  await database.db.importRequest.updateMany({ data: { state: 'done' } })
  const again = { ...batch, from: batch.to, to: { uidValidity: 1n, lastUid: 7 }, ignored: 0 }
  const result = await intake({ ...again, mails: [mail(6, '<first@mall>'), mail(7, '<second@mall>')] })
  expect(result).toEqual({ recognised: 1, unreadable: 0, duplicates: 1 })
  const { mails, requests } = await stored()
  expect(mails.map(({ uid }) => uid)).toEqual([5n, 7n])
  expect(requests.filter(({ state }) => state === 'waiting')).toMatchObject([{ mailId: mails[1]?.id }])
})

test('of a hundred numbers that only strangers name, the oldest gives way to a new one, and one named again stays', async () => {
  const number = (n: number) => `123456-20260115-${String(n).padStart(10, '0')}`
  const from = (uid: number, ...orderNumbers: string[]): SeenMail => ({
    ...mail(uid, `<${uid}@stranger>`),
    trust: 'unknown',
    recognition: { marketplace: 'rakuten', kind: 'new_order', orderNumbers, reason: null },
  })
  const first = Array.from({ length: 100 }, (_, n) => from(5 + n, number(n)))
  await intake({ ...batch, to: { uidValidity: 1n, lastUid: 104 }, mails: first })
  const cursors = { from: { uidValidity: 1n, lastUid: 104 }, to: { uidValidity: 1n, lastUid: 106 } }
  await intake({ ...batch, ...cursors, mails: [from(105, number(0)), from(106, number(1_000))] })
  const waiting = (await stored()).requests.map(({ orderNumber }) => orderNumber)
  expect(waiting).toHaveLength(100)
  expect(waiting).toContain(number(0))
  expect(waiting).toContain(number(1_000))
  expect(waiting).not.toContain(number(1))
})

test('two new mails that name one order make one request', async () => {
  await intake({ ...batch, mails: [mail(5, '<first@mall>'), mail(6, '<second@mall>')] })
  const { mails, requests } = await stored()
  expect(mails).toHaveLength(2)
  expect(requests).toMatchObject([{ orderNumber: ORDER, mailId: mails[0]?.id }])
})

test.each([
  ['another process holds the mailbox', { leaseOwner: 'somebody else' }],
  ['the cursor has moved', { from: { uidValidity: 1n, lastUid: 3 } }],
  ['the mailbox was never read', { from: null }],
])('nothing at all is stored when %s', async (_why, more) => {
  await expect(intake({ ...batch, ...more })).rejects.toThrow(LeaseLost)
  const { mails, requests, box } = await stored()
  expect([...mails, ...requests]).toEqual([])
  expect(box).toMatchObject({ lastUid: 4n, mailsRecognised: 0n, mailsIgnored: 0n })
  expect(woken).toEqual([])
})

test('of two readers at one cursor exactly one stores', async () => {
  const results = await Promise.allSettled([intake(batch), intake(batch)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await stored()).box).toMatchObject({ mailsRecognised: 1n, mailsIgnored: 2n })
})

test('a change of the mailbox that commits meanwhile is kept, and the counts are right', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await client.query(`update mailboxes set state = 'connected', mails_ignored = 40`)
    const storing = intake(batch)
    await waitingForLock()
    await client.query('commit')
    expect(await storing).toMatchObject({ recognised: 1 })
  } finally {
    client.release()
  }
  const { box, requests } = await stored()
  expect(box).toMatchObject({ state: 'connected', lastUid: 5n, mailsRecognised: 1n, mailsIgnored: 42n })
  expect(requests).toHaveLength(1)
})

async function waitingForLock(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length > 0) return
  }
}
