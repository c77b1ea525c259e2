import { afterAll, beforeAll, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { readSubStatuses } from '../../../src/shops/shops/ask-mall-routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

let database: TestDatabase
let bench: MallBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})

function read(mall: SimulatedMall, tenantId = bench.tenantId) {
  const { marketplaces, sessions } = bench
  const tools = { db: database.db, marketplaces, sessions, timeoutMs: 10_000 }
  return readSubStatuses(tools, tenantId, bench.shopIds[mall], new AbortController().signal)
}
const failing = (faults: object[]) =>
  fetch(`${bench.malls.rakuten.url}/_control/faults`, { method: 'PUT', body: JSON.stringify(faults) })

it('are what the shop set up at the mall, or the mall’s fixed ones', async () => {
  expect(await read('rakuten')).toContainEqual({
    code: '3002',
    label: '取り寄せ中',
    mallStatus: { code: '300', name: '発送待ち' },
  })
  expect((await read('yahoo')).map(({ code }) => code)).toEqual(
    Array.from({ length: 10 }, (_, index) => String(index + 1)),
  )
  const others = SIMULATED_MALLS.filter((mall) => mall !== 'rakuten' && mall !== 'yahoo')
  for (const mall of others) expect(await read(mall)).toEqual([])
})

it.each([
  ['key-refused', 'MARKETPLACE_REFUSED', 'RAKUTEN_KEY_REFUSED'],
  ['503-html', 'MARKETPLACE_UNAVAILABLE', expect.stringMatching(/^RAKUTEN_/)],
])('%s is told as %s, in the mall’s words', async (kind, code, mallsCode) => {
  await failing([{ kind }])
  await expect(read('rakuten')).rejects.toMatchObject({ code, details: { mall: { code: mallsCode } } })
  await failing([])
})

it('of another tenant’s shop are not found', async () => {
  const stranger = await makeTenant(database.db)
  await expect(read('rakuten', stranger.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
