import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeOrder, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, signedIn } from '../../support/staff/browser.ts'

/**
 * What changes many orders at once, by everybody who may not change all of them: nothing of it
 * happens, also to those that they might have changed.
 */

let database: TestDatabase
let app: App
let owner: Browser
let readOnly: Browser
const ids: Record<'own' | 'elsewhere' | 'stranger', string[]> = { own: [], elsewhere: [], stranger: [] }
let shops: { own: string; elsewhere: string }
let strangersShop: string
let keys: { bound: string; readOnly: string; stranger: string }

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database, { requestsPerMinute: 100_000 })
  const { db } = database
  const tenantId = (await makeTenant(db, { requireSecondFactor: false })).id
  const other = (await makeTenant(db, { requireSecondFactor: false })).id
  shops = {
    own: (await makeShop(db, { tenantId })).id,
    elsewhere: (await makeShop(db, { tenantId, marketplace: 'yahoo' })).id,
  }
  strangersShop = (await makeShop(db, { tenantId: other })).id
  for (let n = 0; n < 2; n += 1) {
    ids.own.push((await makeOrder(db, { tenantId, shopId: shops.own })).id)
    ids.elsewhere.push((await makeOrder(db, { tenantId, shopId: shops.elsewhere })).id)
    ids.stranger.push((await makeOrder(db, { tenantId: other, shopId: strangersShop })).id)
  }
  owner = await signedIn(app, (await makeStaff(db, tenantId, 'owner')).email)
  readOnly = await signedIn(app, (await makeStaff(db, tenantId, 'read_only')).email)
  const stranger = await signedIn(app, (await makeStaff(db, other, 'owner')).email)
  const keyOf = async (browser: Browser, more: object) =>
    (await browser.ask('POST', '/api-keys', { name: 'x', ...more })).json().key
  keys = {
    bound: await keyOf(owner, { role: 'staff', shopIds: [shops.own] }),
    readOnly: await keyOf(owner, { role: 'read_only' }),
    stranger: await keyOf(stranger, {}),
  }
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const ACTS: Record<string, (orderIds: string[]) => object> = {
  '/orders/move': (orderIds) => ({ orderIds, to: 'confirmed' }),
  '/orders/accept': (orderIds) => ({ orderIds }),
  '/orders/reimport': (orderIds) => ({ orderIds, apply: 'none' }),
  '/site-changes': (orderIds) => ({
    changes: orderIds.map((orderId) => ({ orderId, action: 'memo', memo: '至急' })),
  }),
  '/labels': (orderIds) => ({ orderIds, format: 'yamato_b2' }),
  '/labels/check': (orderIds) => ({ orderIds, format: 'yamato_b2' }),
}
const OF_SHOPS: Record<string, (shopId: string) => object> = {
  '/orders/import': (shopId) => ({ shopId, orderNumbers: ['123456-20260115-9'] }),
  '/import-requests/retry': (shopId) => ({ shopId }),
}

/** Everything that such an act may change. */
async function state(): Promise<unknown> {
  const { rows } = await database.pool.query(`
    select (select json_agg(json_build_object('id', id, 'status', status, 'version', version, 'pull', pull_id) order by id) from orders) as orders,
      (select count(*)::int from site_changes) as changes, (select count(*)::int from reimports) as reimports,
      (select count(*)::int from labels) as labels, (select count(*)::int from import_requests) as requests,
      (select count(*)::int from pulls) as pulls`)
  return rows[0]
}

const byKey = async (key: string, url: string, payload: object) =>
  app.inject({
    method: 'POST',
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}`, 'idempotency-key': newId() },
    payload,
  })

test('by who may only look, by the operator, by nobody: nothing', async () => {
  const before = await state()
  const wrong: unknown[] = []
  const tried = [
    ...Object.entries(ACTS).map(([url, body]) => [url, body(ids.own)] as const),
    ...Object.entries(OF_SHOPS).map(([url, body]) => [url, body(shops.own)] as const),
  ]
  for (const [url, body] of tried) {
    const answers = [
      [403, await readOnly.ask('POST', url, body)],
      [403, await byKey(keys.readOnly, url, body)],
      [403, await byKey(OPERATOR_KEY, url, body)],
      [401, await byKey(`trk_${'a'.repeat(43)}`, url, body)],
    ] as const
    for (const [status, answer] of answers)
      if (answer.statusCode !== status) wrong.push([url, answer.statusCode])
  }
  expect(wrong).toEqual([])
  expect(await state()).toEqual(before)
})

test('of a key of some shops and of another tenant: nothing of a request that has one order of others', async () => {
  const before = await state()
  const good: unknown[] = []
  const note = (what: unknown[], answer: { statusCode: number; body: string }) => {
    if (answer.statusCode < 300 || answer.statusCode >= 500)
      good.push([...what, answer.statusCode, answer.body.slice(0, 300)])
  }
  for (const [url, body] of Object.entries(ACTS))
    for (const foreign of [ids.elsewhere, ids.stranger])
      for (const mixed of [[...ids.own, ...foreign], [...foreign, ...ids.own], foreign]) {
        note(['bound', url], await byKey(keys.bound, url, body(mixed)))
        note(['stranger', url], await byKey(keys.stranger, url, body([...ids.own, ...ids.stranger])))
        if (foreign === ids.stranger) note(['owner', url], await owner.ask('POST', url, body(mixed)))
      }
  for (const [url, body] of Object.entries(OF_SHOPS)) {
    for (const shop of [shops.elsewhere, strangersShop])
      note(['bound', url], await byKey(keys.bound, url, body(shop)))
    note(['stranger', url], await byKey(keys.stranger, url, body(shops.own)))
  }
  expect(good).toEqual([])
  expect(await state()).toEqual(before)
})
