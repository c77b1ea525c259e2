import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { prepared } from '../../../src/platform/db/statement.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('times come back as they went in, through Prisma and through the pool', async () => {
  const at = new Date('2026-03-01T23:59:59.123Z')
  const tenant = await makeTenant(database.db, { createdAt: at })
  expect((await database.db.tenant.findUniqueOrThrow({ where: { id: tenant.id } })).createdAt).toEqual(at)
  const { rows } = await database.pool.query(
    'SELECT created_at, created_at::text AS text FROM tenants WHERE id = $1',
    [tenant.id],
  )
  expect(rows[0]).toEqual({ created_at: at, text: '2026-03-01 23:59:59.123+00' })
  const raw = await database.db.$queryRaw`SELECT created_at FROM tenants WHERE created_at = ${at}`
  expect(raw).toEqual([{ created_at: at }])
})

test.each([[[Buffer.from([0, 7, 255]), Buffer.alloc(0), null, Buffer.alloc(9_000, 1)]], [[]], [null]])(
  'lists of bytes arrive as they are: %#',
  async (bytes) => {
    const read = prepared({ bytes: 'bytea[]?' }, 'select :bytes as bytes')
    const { rows } = await database.pool.query(read({ bytes }))
    expect(rows).toEqual([{ bytes }])
  },
)

test('an error of Prisma does not show what was to be written', async () => {
  const wrong = { id: 'not-a-uuid', name: '山田太郎', createdAt: new Date(), updatedAt: new Date() }
  const error: Error = await database.db.tenant.create({ data: wrong }).then(
    () => expect.fail('the row was accepted'),
    (error: Error) => error,
  )
  expect(String(error.stack)).not.toContain('山田')
  const invalid = database.db.tenant.create({ data: { ...wrong, nme: '山田太郎' } })
  await expect(invalid).rejects.toThrow(/^(?!.*山田)/s)
})

test('a database that is not there is told without its password', async () => {
  const opening = openDatabase({
    url: 'postgresql://u:hidden@127.0.0.1:1/torikomi',
    log: { warn: () => undefined },
  })
  await expect(opening).rejects.toThrow('the database at 127.0.0.1:1/torikomi does not answer')
})

test('an open transaction and the pool share the limit without waiting for each other', async () => {
  const seen = await database.db.$transaction(async (tx) => {
    await makeTenant(tx)
    return database.pool.query('SELECT 1 AS one')
  })
  expect(seen.rows).toEqual([{ one: 1 }])
})

test('a database is its own: fixtures fit together and are not seen elsewhere', async () => {
  const other = await freshDatabase()
  try {
    const tenant = await makeTenant(other.db)
    const shop = await makeShop(other.db, { tenantId: tenant.id, marketplace: 'yahoo' })
    const mailbox = await makeMailbox(other.db, { tenantId: tenant.id, shopIds: [shop.id] })
    expect(await other.db.mailboxShop.findMany()).toEqual([{ mailboxId: mailbox.id, shopId: shop.id }])
    expect(await database.db.shop.count()).toBe(0)
  } finally {
    await other.close()
  }
})

test('both kinds of transaction undo everything when one part fails', async () => {
  const { db } = database
  const before = await db.tenant.count()
  const row = { id: newId(), name: '二重', createdAt: new Date(), updatedAt: new Date() }
  await expect(
    db.$transaction([db.tenant.create({ data: row }), db.tenant.create({ data: row })]),
  ).rejects.toThrow()
  const interactive = db.$transaction(async (tx) => {
    await makeTenant(tx)
    throw new Error('changed my mind')
  })
  await expect(interactive).rejects.toThrow('changed my mind')
  expect(await db.tenant.count()).toBe(before)
})
