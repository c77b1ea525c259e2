import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLeaseStore } from '../../../src/mail/listener/lease-store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant } from '../../support/fixtures.ts'

/** A listener keeps only what is its own: a mailbox with two listeners is logged in to twice. */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

const NOW = new Date('2026-01-15T03:00:00Z')
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)

test('what another one holds is neither renewed nor watched nor given back, and is taken only when it is overdue', async () => {
  const { db } = database
  const { id: tenantId } = await makeTenant(db)
  const { id } = await makeMailbox(db, { tenantId, shopIds: [] })
  const mine = createLeaseStore(db, 'mine')
  const strange = createLeaseStore(db, 'strange')
  const lease = async () => {
    const { leaseOwner, leaseUntil } = await db.mailbox.findFirstOrThrow({ where: { id } })
    return { leaseOwner, leaseUntil }
  }
  expect(await mine.claim(NOW, after(30), 10, [])).toMatchObject([{ id }])
  const held = { leaseOwner: 'mine', leaseUntil: after(30) }
  expect(await strange.renew([id], after(90))).toEqual([])
  expect(await strange.watch([id])).toEqual([])
  await strange.release([id], NOW)
  await strange.releaseAll(NOW)
  expect(await strange.claim(after(30), after(90), 10, [])).toEqual([])
  expect(await lease()).toEqual(held)

  expect(await mine.renew([id], after(60))).toEqual([id])
  expect(await lease()).toEqual({ ...held, leaseUntil: after(60) })
  expect(await strange.claim(after(61), after(90), 10, [id])).toEqual([])
  expect(await strange.claim(after(61), after(90), 10, [])).toMatchObject([{ id }])
  expect(await mine.renew([id], after(120))).toEqual([])
  expect(await lease()).toEqual({ leaseOwner: 'strange', leaseUntil: after(90) })
})
