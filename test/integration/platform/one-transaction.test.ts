import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { beginOneTransaction, type OneTransaction } from '../../../src/platform/db/one-transaction.ts'
import {
  afterCommit,
  asTenant,
  currentTransaction,
  joinTransaction,
} from '../../../src/platform/db/tenant-scope.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId } from '../../support/fixtures.ts'

let database: TestDatabase
let tenantId = ''
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  tenantId = (await makeTenant(database.db)).id
})

/** As a request of the tenant whose statements are all one transaction. */
const asRequest = (work: (transaction: OneTransaction) => Promise<void>): Promise<void> =>
  asTenant(tenantId, async () => {
    const transaction = await beginOneTransaction(database.pool)
    const { promise, resolve } = Promise.withResolvers<Promise<void>>()
    joinTransaction(transaction, () => resolve(work(transaction)))
    await promise
  })

const note = (action: string) => ({
  id: newId(),
  tenantId,
  actor: 'test',
  action,
  target: 'x',
  data: {},
  at: new Date(),
})
const INSERT = `insert into audit_entries (id, tenant_id, actor, action, target, data, at) values ($1, $2, 'test', $3, 'x', '{}', now())`
const actions = async () => {
  const rows = await database.db.auditEntry.findMany({ where: { tenantId }, orderBy: { action: 'asc' } })
  return rows.map(({ action }) => action)
}

it('commits what Prisma, the pool and transactions of both wrote, together', async () => {
  await asRequest(async (transaction) => {
    const { db, pool } = database
    await db.auditEntry.create({ data: note('a') })
    await pool.query(INSERT, [newId(), tenantId, 'b'])
    await db.$transaction(async (tx) => {
      await tx.auditEntry.create({ data: note('c') })
    })
    await Promise.all(
      ['d', 'e', 'f'].map((action) =>
        inTransaction(pool, (client) => client.query(INSERT, [newId(), tenantId, action])),
      ),
    )
    const seen = await db.auditEntry.count({ where: { tenantId } })
    const others = await asTenant(tenantId, () => db.auditEntry.count({ where: { tenantId } }))
    expect([seen, others]).toEqual([6, 0])
    await transaction.commit()
  })
  expect(await actions()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

it('keeps what stands beside a statement or a transaction that failed', async () => {
  await asRequest(async (transaction) => {
    const { db, pool } = database
    await db.auditEntry.create({ data: note('a') })
    await expect(pool.query('select 1/0')).rejects.toMatchObject({ code: '22012' })
    const lost = inTransaction(pool, async (client) => {
      await client.query(INSERT, [newId(), tenantId, 'b'])
      throw new Error('given up')
    })
    await expect(lost).rejects.toThrow('given up')
    const refused = db.$transaction(async (tx) => {
      await tx.auditEntry.create({ data: note('c') })
      throw new Error('refused')
    })
    await expect(refused).rejects.toThrow('refused')
    await db.auditEntry.create({ data: note('d') })
    await transaction.commit()
  })
  expect(await actions()).toEqual(['a', 'd'])
})

it('given up leaves nothing, and lets nothing follow', async () => {
  const told: string[] = []
  await asRequest(async (transaction) => {
    await database.db.auditEntry.create({ data: note('a') })
    await afterCommit(() => told.push('a'))
    await transaction.rollback()
    await expect(database.db.auditEntry.create({ data: note('b') })).rejects.toThrow()
    await expect((async () => database.pool.query('select 1'))()).rejects.toThrow('given up')
    await afterCommit(() => told.push('b'))
  })
  expect([await actions(), told]).toEqual([[], []])
})

it('tells others once they can see the rows, and lets what follows go its own way', async () => {
  const seen: number[] = []
  const look = () => asTenant(tenantId, () => database.db.auditEntry.count({ where: { tenantId } }))
  await asRequest(async (transaction) => {
    await database.db.auditEntry.create({ data: note('a') })
    await afterCommit(async () => seen.push(await look()))
    seen.push(await look())
    await transaction.commit()
    expect(currentTransaction()).toBeNull()
    await database.db.auditEntry.create({ data: note('b') })
  })
  expect(seen).toEqual([0, 1])
  expect(await actions()).toEqual(['a', 'b'])
})
