import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MallPush, Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createPushDoor, pushRoute } from '../../../src/notifications/push.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { pushSecretRoutes } from '../../../src/shops/shops/shop-routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { malls } from '../../support/mail/listener.ts'

const KEY = 'auth-key-of-the-shop'

let database: TestDatabase
let rest: RestServer
let clock: HeldClock
let headers: Record<string, string>
let shopId: string
let mall: Marketplace

const SERVICE_SECRET = 'SP123456_AbCdEfGhIj'
const CREDENTIALS = { serviceSecret: SERVICE_SECRET, licenseKey: 'SL123456_KlMnOpQrSt' }

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  clock = heldClock()
  mall = { ...present(malls.get('rakuten')) }
  const { db, pool } = database
  const shared = { db, pool, clock, newId, sealer: testSealer, random: systemRandom }
  const door = createPushDoor({
    ...shared,
    metrics: createMetrics(),
    log: createLogger({ level: 'silent' }),
    marketplaces: new Map([...malls, [mall.name, mall]]),
    wakeQueue: { wake: async () => undefined },
  })
  rest = await restServer(db, {
    clock,
    more: { clientRoutes: [pushSecretRoutes(shared)], operatorRoutes: [] },
    server: { publicRoutes: [pushRoute(door)] },
  })
  const tenantId = (await makeTenant(db)).id
  shopId = (await makeShop(db, { tenantId, code: '123456', credentials: CREDENTIALS })).id
  headers = await rest.keyFor(tenantId)
})

afterEach(() => rest.close())
afterAll(() => database?.close())

const open = async (body?: object): Promise<string> => {
  const answer = await rest.app.inject({
    method: 'POST',
    url: `/v1/shops/${shopId}/push-secret`,
    headers,
    ...(body ? { payload: body } : {}),
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().secret
}

const numberOf = (n: number, code = '123456') => `${code}-20260519-${String(n).padStart(10, '0')}`
const xml = (numbers: string[], key = KEY) =>
  `<?xml version="1.0" encoding="UTF-8"?><orderNotifyModel><authModel><contractId>c</contractId><shopUrl>shop</shopUrl><authKey>${key}</authKey></authModel>${numbers
    .map(
      (number) =>
        `<orderInfoNotifyModel><orderNumber>${number}</orderNumber><seqId>7</seqId></orderInfoNotifyModel>`,
    )
    .join('')}</orderNotifyModel>`

const post = (payload: string, more: Record<string, string> = {}, type = 'text/xml') =>
  rest.app.inject({
    method: 'POST',
    url: `/v1/shops/${shopId}/pushed-orders`,
    headers: { 'content-type': type, ...more },
    payload,
  })

function signed(body: string, secret: string, id = newId()) {
  const at = new Date(clock.now())
  return post(
    body,
    {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    'application/json',
  )
}

const wanted = async () =>
  (await database.db.importRequest.findMany({ where: { shopId }, orderBy: { orderNumber: 'asc' } })).map(
    ({ orderNumber, purpose, source }) => `${source} ${purpose} ${orderNumber}`,
  )

test('the mall’s own message becomes import requests, once, and is answered in its words', async () => {
  await open({ key: KEY })
  const body = xml([numberOf(1), numberOf(2)])
  for (let time = 1; time <= 2; time += 1) {
    const answer = await post(body)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('xml')
    expect(answer.body).toContain('<resultCode>N-000-000</resultCode>')
  }
  expect(await wanted()).toEqual([1, 2].map((n) => `notification import ${numberOf(n)}`))
})

test.each([
  ['a wrong key', () => xml([numberOf(1)], 'another-key'), 'E-400-101'],
  ['no key', () => xml([numberOf(1)], ''), 'E-400-100'],
  ['no XML', () => 'orderNumber=1', 'E-400-100'],
  ['a DOCTYPE', () => `<!DOCTYPE x [<!ENTITY a "b">]>${xml([numberOf(1)])}`, 'E-400-100'],
])('%s is refused in the mall’s words, and nothing is stored', async (_name, body, code) => {
  await open({ key: KEY })
  expect((await post(body())).body).toContain(code)
  expect(await wanted()).toEqual([])
})

/** As carts sign: base64 of HMAC-SHA256 of the very bytes, by a secret of the shop's credentials. */
const cartPush: MallPush = {
  verify({ headers, body }, { secrets }) {
    const given = headers['x-cart-hmac']
    if (given === undefined) return null
    const digests = secrets.map((one) => createHmac('sha256', one).update(body).digest('base64'))
    if (!digests.includes(String(given))) return { refusal: 'forged' }
    const { number, event, id } = JSON.parse(Buffer.from(body).toString('utf8'))
    return { orders: number ? [{ orderNumber: number, id, news: event }] : [] }
  },
  secretsOf: (credentials) => [(credentials as { serviceSecret: string }).serviceSecret],
}
const cartPost = (body: string, secret: string) =>
  post(
    body,
    { 'x-cart-hmac': createHmac('sha256', secret).update(body).digest('base64') },
    'application/json',
  )

test('a mall’s own signature over the raw body is the proof, by a secret of the shop’s credentials', async () => {
  mall.push = cartPush
  // Blanks and 髙 as they were sent: what is signed is bytes, not what JSON makes of them.
  const body = (n: number, event = 'new') =>
    `{ "id" : "evt-${n}", "event":"${event}", "number":"${numberOf(n)}", "name":"髙﨑" }`
  for (let time = 1; time <= 2; time += 1) {
    const answer = await cartPost(body(1), SERVICE_SECRET)
    expect(answer.statusCode, answer.body).toBe(200)
  }
  expect(await wanted()).toEqual([`notification import ${numberOf(1)}`])
  expect((await cartPost(body(2), 'another')).statusCode).toBe(401)
  expect((await post(body(2), {}, 'application/json')).statusCode).toBe(401)
  const foreign = JSON.stringify({ id: 'e', event: 'new', number: numberOf(1, '999999') })
  expect((await cartPost(foreign, SERVICE_SECRET)).statusCode).toBe(422)
  // A change of an order that is not here, and a message of no order.
  expect((await cartPost(body(3, 'changed'), SERVICE_SECRET)).statusCode).toBe(200)
  expect((await cartPost('{"id":"e9"}', SERVICE_SECRET)).json()).toEqual({ taken: 0 })
  expect(await wanted()).toHaveLength(1)
  // Its own secret opens the door for a program as before.
  const secret = await open()
  const standard = JSON.stringify({ orderNumbers: [numberOf(4)] })
  expect((await signed(standard, secret)).statusCode).toBe(200)
  expect((await post(xml([numberOf(5)], secret))).statusCode).toBe(422)
  expect(await wanted()).toHaveLength(2)
})

test('an order of five hundred lines, which is posted whole, is not refused by its length', async () => {
  mall.push = cartPush
  const lines = Array.from({ length: 500 }, (_, id) => ({ id, price_set: 'x'.repeat(2_300) }))
  const body = JSON.stringify({ id: 'evt-1', event: 'new', number: numberOf(1), line_items: lines })
  expect((await cartPost(body, SERVICE_SECRET)).statusCode).toBe(200)
  expect(await wanted()).toHaveLength(1)
})

test('what a mall cannot read of its own message is refused, and a broken one breaks nothing', async () => {
  mall.push = cartPush
  expect((await cartPost('no JSON', SERVICE_SECRET)).statusCode).toBe(422)
  delete mall.push
  expect((await cartPost('{}', SERVICE_SECRET)).statusCode).toBe(401)
})

test('a signed message of a program does the same; forged, unsigned and foreign numbers do not', async () => {
  const secret = await open()
  const body = JSON.stringify({ orderNumbers: [numberOf(3), numberOf(3)] })
  expect((await signed(body, secret)).json()).toEqual({ taken: 1 })
  expect(await wanted()).toEqual([`notification import ${numberOf(3)}`])
  const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
  expect((await signed(body, other)).json()).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'forged' })
  expect((await post(body, {}, 'application/json')).json()).toMatchObject({ reason: 'missing' })
  const foreign = JSON.stringify({ orderNumbers: [numberOf(4, '999999')] })
  expect((await signed(foreign, secret)).statusCode).toBe(422)
  expect((await signed('{"orderNumbers": "x"}', secret)).statusCode).toBe(422)
  expect(await wanted()).toHaveLength(1)
})

test('a mall’s key opens the door to the mall’s messages alone, and signs nothing', async () => {
  const key = 'mall01Zm9yZ2Vk'
  await open({ key })
  const body = JSON.stringify({ orderNumbers: [numberOf(5)] })
  const answer = await signed(body, `whsec_${key.slice('whsec_'.length)}`)
  expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'forged' })
  expect(await wanted()).toEqual([])
})

test('the door is closed until it has a secret, and when it was closed again', async () => {
  expect((await post(xml([numberOf(1)], ''))).statusCode).toBe(401)
  await open({ key: KEY })
  await open({ key: null })
  expect((await post(xml([numberOf(1)]))).statusCode).toBe(401)
  expect(await wanted()).toEqual([])
})

test('one shop’s flood of messages leaves the mall’s address open to the other shops', async () => {
  await open({ key: KEY })
  let refused = 0
  for (let left = 1_205; left > 0; left -= 100) {
    const answers = await Promise.all(
      Array.from({ length: Math.min(100, left) }, () => post(xml([numberOf(1)]))),
    )
    refused += answers.filter(({ statusCode }) => statusCode === 429).length
  }
  expect(refused).toBe(5)
  shopId = newId()
  // Known nowhere, and looked for all the same.
  expect((await post(xml([numberOf(1)]))).statusCode).toBe(401)
})
