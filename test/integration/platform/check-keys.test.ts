import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkKeys } from '../../../src/app/check-keys.ts'
import { createSealer, parseEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, testSealer } from '../../support/fixtures.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('a service whose keys do not open what is stored does not start, and says which key is missing', async () => {
  const other = createSealer(
    parseEncryptionKeys(`other:${Buffer.alloc(32, 9).toString('base64')}`),
    systemRandom,
  )
  await expect(checkKeys(database.pool, other)).resolves.toBeUndefined()

  const tenant = await makeTenant(database.db)
  const shop = await makeShop(database.db, { tenantId: tenant.id })
  await database.db.shop.update({
    where: { id: shop.id },
    data: {
      sealedCredentials: testSealer
        .of(tenant.id)
        .sealJson(`shop:${shop.id}:credentials`, { licenseKey: 'x' }),
    },
  })
  await makeMailbox(database.db, { tenantId: tenant.id })
  await expect(checkKeys(database.pool, testSealer)).resolves.toBeUndefined()
  await expect(checkKeys(database.pool, other)).rejects.toThrow(
    /ENCRYPTION_KEYS does not open the stored credentials of shops/,
  )
})
