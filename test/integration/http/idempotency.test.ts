import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let app: App
let tenantId = ''
let shopId = ''
let orderIds: string[] = []
let ours = ''
let theirs = ''

beforeAll(async () => {
  database = await freshDatabase()
  const bench = await importBench(database)
  tenantId = bench.tenantId
  shopId = bench.shopId
  for (const number of numbers(2)) bench.mall.place(number)
  await bench.want(numbers(2))
  await bench.run()
  orderIds = (await database.db.order.findMany({ orderBy: { orderedAt: 'asc' } })).map(({ id }) => id)
  app = await wholeServer(database, { eventLoopDelayMs: 0, requestsPerMinute: 100_000 })
  ours = await keyOf(tenantId)
  theirs = await keyOf((await makeTenant(database.db)).id)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

async function keyOf(of: string, shopIds?: string[]): Promise<string> {
  const payload = { tenantId: of, name: 'client', role: 'owner', ...(shopIds ? { shopIds } : {}) }
  const made = await send('/v1/admin/api-keys', payload, undefined, OPERATOR_KEY)
  return made.json().key
}

function send(url: string, payload: object, key?: string, as = ours) {
  const headers = { authorization: `Bearer ${as}`, ...(key === undefined ? {} : { 'idempotency-key': key }) }
  return app.inject({ method: 'POST', url, headers, payload })
}

const webhook = (name = 'w') => ({ name, url: 'https://93.184.216.34/w' })
const count = (name: string) => database.db.webhook.count({ where: { name } })

describe('Idempotency-Key', () => {
  it('gives the first answer again, and makes nothing twice', async () => {
    const shop = { marketplace: 'yahoo', code: 'once-shop', name: '店' }
    const first = await send('/v1/shops', shop, 'once')
    const again = await send('/v1/shops', shop, 'once')
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(again.body).toBe(first.body)
    const said = (answer: typeof first) => answer.headers['idempotency-replayed']
    expect([said(first), said(again)]).toEqual([undefined, 'true'])
    expect(await database.db.shop.count({ where: { code: 'once-shop' } })).toBe(1)
    const { rows } = await database.pool.query('select sealed_answer, key from idempotency_keys')
    for (const row of rows) expect(`${row.sealed_answer} ${row.key}`).not.toMatch(/once/)
  })

  it('refuses another request under a used key, and another operation is none of it', async () => {
    await send('/v1/webhooks', webhook('used'), 'used')
    const refused = await send('/v1/webhooks', webhook('other'), 'used')
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    expect(await count('other')).toBe(0)
    const buyer = { kind: 'phone', value: '090-0000-0001', reason: 'r' }
    expect((await send('/v1/blocked-buyers', buyer, 'used')).statusCode).toBe(201)
  })

  it('of many at once lets one through; the others are told to wait', async () => {
    const shop = { marketplace: 'yahoo', code: 'many-shop', name: '店' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('/v1/shops', shop, 'many')))
    expect(await database.db.shop.count({ where: { code: 'many-shop' } })).toBe(1)
    for (const { statusCode, json, headers } of answers) {
      if (statusCode === 201) continue
      expect([statusCode, json().code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_PROGRESS'])
      expect(headers['retry-after']).toBe('2')
    }
    expect(answers.some(({ statusCode }) => statusCode === 201)).toBe(true)
  })

  it('keeps no refusal: mended and sent again under the same key it goes through', async () => {
    const bad = await send('/v1/webhooks', { name: 'mended', url: 'https://10.0.0.1/' }, 'mended')
    expect(bad.statusCode).toBe(422)
    expect((await send('/v1/webhooks', webhook('mended'), 'mended')).statusCode).toBe(201)
  })

  it('knows a key for a day', async () => {
    await send('/v1/webhooks', webhook('day'), 'day')
    await database.pool.query("update idempotency_keys set created_at = now() - interval '24 hours 1 second'")
    await send('/v1/webhooks', webhook('day'), 'day')
    expect(await count('day')).toBe(2)
  })

  it('is each tenant’s and the operator’s own, and no key of some shops gets what another was answered', async () => {
    const bound = await keyOf(tenantId, [shopId])
    const body = { orderIds, to: 'new' }
    expect((await send('/v1/orders/move', body, 'mine')).json().orders).toHaveLength(orderIds.length)
    const asked = await send('/v1/orders/move', body, 'mine', bound)
    expect([asked.statusCode, asked.headers['idempotency-replayed']]).toEqual([200, undefined])
    expect((await send('/v1/webhooks', webhook(), 'mine', theirs)).statusCode).toBe(201)
    const tenant = { name: '株式会社二号' }
    const first = await send('/v1/admin/tenants', tenant, 'mine', OPERATOR_KEY)
    expect((await send('/v1/admin/tenants', tenant, 'mine', OPERATOR_KEY)).body).toBe(first.body)
    expect(await database.db.tenant.count({ where: tenant })).toBe(1)
  })

  it('is refused where it is no key', async () => {
    for (const key of ['', 'a b', 'あ', 'x'.repeat(256)])
      expect(
        (await send('/v1/webhooks', webhook('none'), encodeURI(key) === key ? key : `${newId()} `))
          .statusCode,
      ).not.toBe(500)
    expect((await send('/v1/webhooks', webhook('none'), 'a b')).statusCode).toBe(422)
  })

  it('stands in the document at every POST that makes something', async () => {
    const { paths } = (await app.inject('/openapi.json')).json()
    const without = Object.entries<Record<string, { operationId: string; parameters?: { name: string }[] }>>(
      paths,
    )
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([, { post }]) =>
        post && !post.parameters?.some(({ name }) => name === 'Idempotency-Key') ? [post.operationId] : [],
      )
    expect(without.toSorted()).toEqual(WITHOUT.toSorted())
  })
})

/** They make nothing, or are asked by somebody whom nobody knows yet: their own rules hold a repeat. */
const WITHOUT = [
  ...[
    'checkLabels',
    'getWhyOfMail',
    'matchItems',
    'previewMoveRules',
    'recogniseMail',
    'testMailbox',
    'testShop',
  ],
  // The same file again changes nothing.
  'importItems',
  ...['acceptInvitation', 'apply', 'askPasswordReset', 'beginSecondFactorSetup', 'changePassword'],
  ...[
    'compareRehearsal',
    'confirmSecondFactor',
    'endRehearsal',
    'makeFirstOperator',
    'postMail',
    'pushOrders',
    'renewRecoveryCodes',
  ],
  ...['addPasskey', 'beginPasskey', 'beginPasskeySignIn', 'beginShowingPasskey'],
  ...['showPasskey', 'signInByPasskey', 'beginRecoveryCodesByPasskey', 'renewRecoveryCodesByPasskey'],
  ...['resetPassword', 'showSecondFactor', 'signIn', 'startRehearsal'],
]

describe('dryRun', () => {
  it('of a pull shows the orders, and moves none', async () => {
    await database.pool.query("update orders set status = 'auto_imported'")
    const { statusCode, ...answer } = await send('/v1/orders/pull', { limit: 1, dryRun: true })
    expect(statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      dryRun: true,
      remaining: 1,
      orders: [{ id: orderIds[0], status: 'auto_imported' }],
    })
    expect(answer.json().orders[0].detail).not.toBeNull()
    expect(await database.db.pull.count()).toBe(0)
    const other = await send('/v1/orders/pull', { limit: 1, dryRun: true, marketplace: 'yahoo' })
    expect(other.json()).toMatchObject({ orders: [], remaining: 0 })
    expect(await database.db.desk.count()).toBe(0)
  })

  it('of a move says what would become of each, and moves none', async () => {
    await database.pool.query('update orders set status = $2 where id = $1', [orderIds[1], 'on_hold'])
    const dry = await send('/v1/orders/move', { orderIds, to: 'on_hold', dryRun: true })
    expect(dry.json()).toMatchObject({
      dryRun: true,
      orders: [{ result: 'moved', from: 'auto_imported' }, { result: 'already' }],
    })
    expect(await database.db.order.count({ where: { status: 'on_hold' } })).toBe(1)
    const refused = await send('/v1/orders/move', { orderIds: [newId()], to: 'new', dryRun: true })
    expect(refused.statusCode).toBe(422)
  })

  it('of site changes says of each whether it would be taken, and asks for none', async () => {
    const changes = [
      { orderId: orderIds[0], action: 'memo', memo: 'x' },
      { orderId: newId(), action: 'confirm' },
    ]
    const dry = await send('/v1/site-changes', { changes, dryRun: true })
    expect(dry.statusCode).toBe(202)
    expect(dry.json()).toMatchObject({
      changes: [],
      dryRun: true,
      checked: [
        { orderId: orderIds[0], action: 'memo' },
        { ok: false, errors: [{ code: 'not_found', field: expect.stringMatching(/^changes\[1\]\./) }] },
      ],
    })
    expect(await database.db.siteChange.count()).toBe(0)
  })
})

describe('refusals', () => {
  it('structure and unknown orders of site changes are told at once', async () => {
    const changes = [
      { orderId: orderIds[0], action: 'fly' },
      { orderId: newId(), action: 'confirm' },
      { orderId: 'x', action: 'confirm' },
    ]
    const refused = await send('/v1/site-changes', { changes }, 'both')
    expect(refused.statusCode).toBe(422)
    const fields = refused
      .json()
      .errors.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)
    expect(fields).toContain('changes[1].orderId not_found')
    expect(fields.some((one: string) => one.startsWith('changes[0].action'))).toBe(true)
    for (const body of [{ changes: 1 }, { changes: [null, 'x', 3] }, {}, { changes: [{ orderId: {} }] }])
      expect((await send('/v1/site-changes', body, 'both')).statusCode).toBe(422)
  })

  it('a shop that is not the tenant’s is answered alike everywhere', async () => {
    const { paths } = (await app.inject('/openapi.json')).json()
    type Operation = { parameters?: { name: string }[] }
    const named = Object.entries<Record<string, Operation>>(paths).filter(([, { get }]) =>
      get?.parameters?.some(({ name }) => name === 'shopId'),
    )
    expect(named.length).toBeGreaterThan(4)
    const wrong = newId()
    const headers = { authorization: `Bearer ${ours}` }
    const answers = await Promise.all([
      ...named.map(([path]) => app.inject({ url: `${path}?shopId=${wrong}&number=1`, headers })),
      send('/v1/orders/pull', { shopId: wrong }, 'shop'),
      send('/v1/orders/import', { shopId: wrong, orderNumbers: ['1'] }),
      app.inject({ url: `/v1/shops/${wrong}`, headers }),
    ])
    for (const answer of answers) {
      // Where `number` is none of the query's parameters that is told first.
      if (answer.statusCode === 422) continue
      expect([answer.statusCode, answer.json().code, answer.json().detail]).toEqual([
        ...[404, 'NOT_FOUND', '店舗が見つかりません。ID を確認してください。'],
      ])
    }
  })
})
