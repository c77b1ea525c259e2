import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeMail } from '../../../sandbox/mails/index.ts'
import { recogniseRoute } from '../../../src/mail/recognise-route.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'

const NOWHERE = 'http://127.0.0.1:9'
const marketplaces = createMarketplaces({
  rakuten: { apiUrl: NOWHERE, requestsPerSecond: 1 },
  yahoo: { apiUrl: NOWHERE, authUrl: NOWHERE, requestsPerSecond: 1 },
  amazon: { apiUrl: NOWHERE, authUrl: NOWHERE },
  aupay: { apiUrl: NOWHERE, requestsPerSecond: 1 },
})

let database: TestDatabase
let rest: RestServer
let headers: Record<string, string>
let shopId: string
let foreignShopId: string

beforeAll(async () => {
  database = await freshDatabase()
  rest = await restServer(database.db, {
    more: { clientRoutes: [recogniseRoute({ pool: database.pool, marketplaces })], operatorRoutes: [] },
  })
  const tenant = await makeTenant(database.db)
  headers = await rest.keyFor(tenant.id)
  shopId = (await makeShop(database.db, { tenantId: tenant.id })).id
  const stranger = await makeTenant(database.db)
  foreignShopId = (await makeShop(database.db, { tenantId: stranger.id })).id
})

afterAll(async () => {
  await rest.close()
  await database.close()
})

const recognise = async (payload: unknown) => {
  const answer = await rest.app.inject({
    method: 'POST',
    url: '/v1/mailboxes/recognise',
    headers,
    payload: payload as object,
  })
  return { status: answer.statusCode, body: answer.json() }
}

test('the source of a mail shows the mall, the kind and the numbers', async () => {
  const source = composeMail(
    { type: 'placed', order: rakutenOrder },
    { to: 'orders@example.jp', charset: 'iso-2022-jp', shape: 'plain' },
  ).toString('latin1')
  const { status, body } = await recognise({ source })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    considered: true,
    recognition: {
      marketplace: 'rakuten',
      kind: 'new_order',
      orderNumbers: [rakutenOrder.orderNumber],
      reason: null,
    },
  })
})

test('a mail that is not recognised says why, and the rules that would change it can be tried before they are saved', async () => {
  const mail = {
    from: 'WMS <notice@warehouse.example>',
    subject: '出荷依頼',
    text: `番号 ${rakutenOrder.orderNumber}`,
  }
  const before = await recognise({ ...mail, shopId })
  expect(before.body.recognition).toBeNull()
  expect(
    before.body.malls.find((mall: { marketplace: string }) => mall.marketplace === 'rakuten').messages.join(),
  ).toContain('差出人')

  const mailRules = { subjects: [{ contains: '出荷依頼', kind: 'new_order' }] }
  const tried = await recognise({ ...mail, shopId, mailRules })
  expect(tried.body.recognition).toMatchObject({
    marketplace: 'rakuten',
    orderNumbers: [rakutenOrder.orderNumber],
  })
  expect((await recognise({ ...mail, shopId })).body.recognition).toBeNull()
})

test('what is missing is named', async () => {
  const nothing = await recognise({})
  expect(nothing.status).toBe(422)
  expect(nothing.body.errors[0].field).toBe('source')
  const noShop = await recognise({ subject: 'x', mailRules: {} })
  expect(noShop.body.errors[0].field).toBe('shopId')
  expect((await recognise({ subject: 'x', shopId: foreignShopId })).status).toBe(404)
})
