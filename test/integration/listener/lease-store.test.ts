import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLeaseStore, createMailboxStore } from '../../../src/mail/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant } from '../../support/fixtures.ts'

/** A listener keeps only what is its own: a mailbox with two listeners is logged in to twice. */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  await database.db.listener.deleteMany()
})

const NOW = new Date('2026-01-15T03:00:00Z')
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)

test('what another one holds is neither seen nor given back, and is taken only when its listener is dead', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const { id } = await makeMailbox(db, { tenantId, shopIds: [] })
  const held = [{ id, settingsVersion: 1 }]
  const mine = createLeaseStore(pool, 'mine')
  const strange = createLeaseStore(pool, 'strange')
  const owner = async () => (await db.mailbox.findFirstOrThrow({ where: { id } })).leaseOwner
  await mine.register(after(30))
  expect(await mine.claim(NOW, 10, [])).toMatchObject([{ id }])
  await strange.register(after(90))
  expect(await strange.changed(held)).toMatchObject([{ id, wanted: false }])
  await strange.release([id], NOW)
  await strange.releaseAll(NOW)
  await strange.register(after(90))
  expect(await strange.claim(after(30), 10, [])).toEqual([])
  expect(await owner()).toBe('mine')

  expect(await mine.renew(after(60))).toBe(true)
  expect(await strange.claim(after(60), 10, [])).toEqual([])
  expect(await strange.claim(after(61), 10, [id])).toEqual([])
  expect(await strange.claim(after(61), 10, [])).toMatchObject([{ id }])
  expect(await mine.renew(after(120))).toBe(false)
  expect(await owner()).toBe('strange')
})

test('a listener that was late and that nobody took for dead has what it had; one that was, has nothing', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const { id } = await makeMailbox(db, { tenantId, shopIds: [] })
  const late = createLeaseStore(pool, 'late')
  const other = createLeaseStore(pool, 'other')
  await late.register(after(30))
  await late.claim(NOW, 10, [])
  expect(await late.renew(after(90))).toBe(true)
  expect(await other.claim(after(60), 10, [])).toEqual([])
  // Taken for dead, though nothing was claimed of it yet: what names it is not its own until it claims it.
  await other.claim(after(120), 0, [])
  expect(await late.renew(after(180))).toBe(false)
  await late.register(after(180))
  expect(await late.claim(after(121), 10, [id])).toEqual([])
  expect(await late.claim(after(121), 10, [])).toMatchObject([{ id }])
})

test('what a listener of the release before holds is taken when its own time is over, and not before', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const lease = { leaseOwner: 'before', leaseUntil: after(45) }
  const { id } = await makeMailbox(db, { tenantId, shopIds: [], ...lease })
  const mine = createLeaseStore(pool, 'mine')
  expect((await mine.claim(after(44), 10, [])).map((row) => row.id)).not.toContain(id)
  expect((await mine.claim(after(46), 10, [])).map((row) => row.id)).toContain(id)
  // To that release it is not free as long as it is held here.
  const { leaseUntil } = await db.mailbox.findFirstOrThrow({ where: { id } })
  expect(leaseUntil?.getTime()).toBeGreaterThan(after(10_000).getTime())
})

const row = (id: string) => database.db.mailbox.findUniqueOrThrow({ where: { id } })

test('gives back what it names and is its own, in a state that fits a mailbox without a listener', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const make = (data: object) => makeMailbox(db, { tenantId, shopIds: [], ...data })
  const [kept, connected, waiting, off] = [
    await make({}),
    await make({ state: 'connected' }),
    await make({ state: 'waiting' }),
    await make({ state: 'connected' }),
  ].map(({ id }) => id) as [string, string, string, string]
  const mine = createLeaseStore(pool, 'mine')
  await mine.register(after(30))
  expect(await mine.claim(NOW, 10, [])).toHaveLength(4)
  await db.mailbox.update({ where: { id: off }, data: { enabled: false } })
  await mine.release([connected, waiting, off], after(1))
  expect(await row(kept)).toMatchObject({ leaseOwner: 'mine' })
  const free = { leaseOwner: null, leaseUntil: null, updatedAt: after(1) }
  expect(await row(connected)).toMatchObject({ ...free, state: 'waiting' })
  expect(await row(waiting)).toMatchObject({ ...free, state: 'waiting' })
  expect(await row(off)).toMatchObject({ ...free, state: 'disabled' })
  expect(await db.listener.count()).toBe(1)

  await mine.releaseAll(after(2))
  expect(await row(kept)).toMatchObject({ leaseOwner: null, leaseUntil: null, updatedAt: after(2) })
  expect(await db.listener.count()).toBe(0)
})

test('counts the mailboxes that are to be listened to, and the listeners that live, itself among them', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const { id: suspended } = await makeTenant(db, { status: 'suspended' })
  for (const data of [{ tenantId }, { tenantId }, { tenantId, enabled: false }, { tenantId: suspended }])
    await makeMailbox(db, { shopIds: [], ...data })
  const mine = createLeaseStore(pool, 'mine')
  expect(await mine.fleet(NOW)).toEqual({ mailboxes: 2, listeners: 1 })
  await mine.register(after(30))
  await createLeaseStore(pool, 'other').register(after(60))
  expect(await mine.fleet(NOW)).toEqual({ mailboxes: 2, listeners: 2 })
  expect(await mine.fleet(after(61))).toEqual({ mailboxes: 2, listeners: 1 })
})

test('tells of what it holds only what has changed since', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  const { id } = await makeMailbox(db, { tenantId, shopIds: [], state: 'connected' })
  const mine = createLeaseStore(pool, 'mine')
  await mine.register(after(30))
  const held = await mine.claim(NOW, 10, [])
  const { settingsVersion = 0 } = held[0] ?? {}
  expect(await mine.changed(held)).toEqual([])
  const update = (data: object) => db.mailbox.update({ where: { id }, data })
  await update({ settingsVersion: settingsVersion + 1 })
  const now = { id, settingsVersion: settingsVersion + 1 }
  expect(await mine.changed(held)).toEqual([{ ...now, wanted: true }])
  expect(await mine.changed([now])).toEqual([])
  await update({ state: 'connected', enabled: false })
  expect(await mine.changed([now])).toEqual([{ ...now, wanted: false }])
  await update({ enabled: true })
  await db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
  expect(await mine.changed([now])).toEqual([{ ...now, wanted: false }])
  await db.tenant.deleteMany()
  expect(await mine.changed([now])).toEqual([{ ...now, wanted: false }])
})

test('a session that is slow to begin is left alone, whatever attention and release left behind', async () => {
  const { db, pool } = database
  const { id: tenantId } = await makeTenant(db)
  for (const attentionCode of [null, 'MAILBOX_MAILS_UNREAD']) {
    const { id } = await makeMailbox(db, { tenantId, shopIds: [], state: 'connected', attentionCode })
    const before = createLeaseStore(pool, 'before')
    await before.register(after(30))
    await before.claim(NOW, 10, [])
    await before.releaseAll(NOW)
    const next = createLeaseStore(pool, 'next')
    await next.register(after(30))
    const held = await next.claim(NOW, 10, [])
    expect(held).toMatchObject([{ id }])
    await createMailboxStore(pool, 'next').connecting(id)
    expect(await next.changed(held)).toEqual([])
    await db.mailbox.deleteMany()
  }
})

test('asks the database nothing about no mailbox', async () => {
  const query = () => Promise.reject(new Error('a statement'))
  const mine = createLeaseStore({ query }, 'mine')
  expect(await mine.changed([])).toEqual([])
  await mine.release([], NOW)
  await expect(mine.releaseAll(NOW)).rejects.toThrow('a statement')
})
