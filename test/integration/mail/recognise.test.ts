import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { recogniseRoute } from '../../../src/mail/recognise-route.ts'
import { createJudgeThreads } from '../../../src/mail/recognition/judge-threads.ts'
import { createScopeCheck } from '../../../src/shops/tenants/shop-scope.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'

const threads = createJudgeThreads()

let database: TestDatabase
let rest: RestServer
let headers: Record<string, string>
let shopId: string
let foreignShopId: string

beforeAll(async () => {
  database = await freshDatabase()
  rest = await restServer(database.db, {
    more: { clientRoutes: [recogniseRoute({ pool: database.pool, judge: threads })], operatorRoutes: [] },
    server: { checkScope: createScopeCheck(database.pool) },
  })
  const tenant = await makeTenant(database.db)
  headers = await rest.keyFor(tenant.id)
  shopId = (await makeShop(database.db, { tenantId: tenant.id })).id
  const stranger = await makeTenant(database.db)
  foreignShopId = (await makeShop(database.db, { tenantId: stranger.id })).id
})

afterAll(async () => {
  await rest.close()
  await threads.close()
  await database.close()
})

const MARKS = `a${'\u0315\u0300\u05AE\u0300'.repeat(50_000)}`

/** The longest time that the event loop did not turn meanwhile, milliseconds. */
async function withoutStall<T extends object>(work: () => Promise<T>): Promise<T & { late: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const result = await work()
  // The histogram is written by a timer: it must have had its turn.
  await new Promise((resolve) => setTimeout(resolve, 20))
  delay.disable()
  return { ...result, late: delay.max / 1e6 }
}

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

test('fifty made-up labels and a large mail do not hold up the process', async () => {
  const numberLabels = Array.from({ length: 50 }, (_, n) => `${'注'.repeat(n % 39)}文`)
  const { status, late } = await withoutStall(() =>
    recognise({
      shopId,
      from: 'x@wowma.jp',
      subject: '注文',
      text: '注 '.repeat(45_000),
      mailRules: { numberLabels, numberPatterns: ['#{8-10}'] },
    }),
  )
  expect(status).toBe(200)
  expect(late).toBeLessThan(100)
})

test.each([
  ['combining marks in the text', { from: 'order@rakuten.co.jp', subject: 'x', text: MARKS }],
  [
    'combining marks in the source',
    {
      source: `From: order@rakuten.co.jp\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${MARKS.slice(0, 100_000)}`,
    },
  ],
  [
    'quoted subjects before blanks',
    { from: 'order@rakuten.co.jp', subject: 'x', text: `件名:${' '.repeat(200_000)}` },
  ],
])('%s do not hold up the process', async (_name, body) => {
  const { status, late } = await withoutStall(() => recognise(body))
  expect(status).toBe(200)
  expect(late).toBeLessThan(100)
})
