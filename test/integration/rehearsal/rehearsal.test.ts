import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { mailContext } from '../../../src/mail/intake/batch.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import { present } from '../../../src/platform/narrow.ts'
import { rehearsalRoutes } from '../../../src/rehearsal/routes.ts'
import { retryChange } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { expireChanges } from '../../../src/site-changes/site-change-job.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'
import { ops } from '../../support/service/service.ts'

/** A rehearsal with malls that would take anything: orders come, and nothing is ever sent. */

let database: TestDatabase
let bench: MallBench
let server: RestServer
let key: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
  server = await restServer(database.db, {
    marketplaces: bench.marketplaces,
    more: { clientRoutes: [rehearsalRoutes(bench.requestDeps)], operatorRoutes: [] },
  })
  key = await server.keyFor(bench.tenantId)
})
afterAll(async () => {
  await server?.close()
  await bench?.close()
  await database?.close()
})
beforeEach(async () => {
  await database.db.shop.updateMany({ data: { rehearsalId: null, settings: {} } })
  await database.db.rehearsal.deleteMany()
  await database.db.order.deleteMany()
})

async function call(method: 'GET' | 'POST', mall: SimulatedMall, path = '', payload?: object) {
  const url = `/v1/shops/${bench.shopIds[mall]}/rehearsal${path}`
  const answer = await server.app.inject({ method, url, headers: key, ...(payload ? { payload } : {}) })
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: safe(answer.body) }
}
const safe = (text: string) => (text.startsWith('{') ? JSON.parse(text) : null)
const place = (mall: SimulatedMall) =>
  bench.malls[mall].place({ overrides: READY_TO_SHIP[mall] ?? {} }).orderNumber
const written = (mall: SimulatedMall) => bench.malls[mall].writes?.() ?? []
const changes = () => database.db.siteChange.findMany({ orderBy: { requestedAt: 'asc' } })
const shipped = (orderId: string, trackingNumber: string): WantedChange => ({
  orderId,
  action: 'ship',
  shippedOn: new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10),
  parcels: [{ carrier: 'yamato', trackingNumber }],
})

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  it('imports and plans, and sends nothing; afterwards what is asked for is sent again', async () => {
    const before = written(mall).length
    expect((await call('GET', mall)).status).toBe(404)
    expect((await call('POST', mall)).body).toMatchObject({ endedAt: null, verdict: { state: 'early' } })
    const [orderId = '', other = ''] = await bench.importOrders(mall, [place(mall), place(mall)])
    expect(orderId).not.toBe('')
    const [id = ''] = await bench.ask([shipped(orderId, '400000000012')])
    await bench.work(mall)
    await expireChanges({ ...bench.requestDeps })
    await bench.work(mall)
    expect(await changes()).toMatchObject([{ id, state: 'warning', code: 'REHEARSAL', attempts: 0 }])
    expect(await database.db.order.findUnique({ where: { id: orderId } })).toMatchObject({
      changeState: 'none',
    })
    expect(written(mall)).toHaveLength(before)

    const { body } = await call('GET', mall)
    expect(body.orders).toMatchObject({ imported: 2, looked: 2 })
    expect(body.planned).toMatchObject([{ id, action: 'ship', plan: 'would_send' }])
    expect(body.planned[0].steps[0].label).toMatch(/./)
    expect(body.calls.length).toBeGreaterThan(0)
    expect(body.calls.every(({ status }: { status: number }) => status === 200)).toBe(true)
    const file = await call('GET', mall, '/file')
    expect([file.status, file.headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(file.text).toContain('モールへの送信: なし')

    // Nobody can send it, in the rehearsal or later.
    const again = { tenantId: bench.tenantId, actor: 'key:test' }
    await expect(retryChange(bench.requestDeps, again, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await database.db.siteChange.updateMany({ where: { id }, data: { state: 'queued', code: null } })
    expect((await call('POST', mall, '/end')).body.endedAt).not.toBeNull()
    await database.db.siteChange.updateMany({ where: { id }, data: { state: 'queued', code: null } })
    await bench.work(mall)
    expect(await changes()).toMatchObject([{ state: 'warning', code: 'REHEARSAL' }])
    expect(written(mall)).toHaveLength(before)

    await bench.ask([shipped(other, '400000000023')])
    await bench.work(mall)
    expect(written(mall).length).toBeGreaterThan(before)
  })

  it('hands out a session that cannot change anything', async () => {
    const whole = await bench.sessions.open(bench.shopIds[mall])
    expect(whole.session.changes).toBeDefined()
    await call('POST', mall)
    const { session } = await bench.sessions.open(bench.shopIds[mall])
    expect(
      Object.keys(session)
        .toSorted()
        .filter((name) => !READS.has(name)),
    ).toEqual([])
  })

  it('lets nothing but reads out, whoever holds the whole session', async () => {
    const [orderId = ''] = await bench.importOrders(mall, [place(mall)])
    const order = await bench.readOrder(orderId)
    await call('POST', mall)
    const whole = await wholeSession(mall)
    const rules = bench.marketplaces.get(mall)?.changes
    const { orderId: _, action, ...parameters } = shipped(orderId, '400000000045')
    const plan = rules?.planChange({ action, parameters }, order)
    const [step] = plan?.kind === 'steps' ? plan.steps : []
    if (!step) throw new Error(`no step: ${JSON.stringify(plan)}`)
    const [before, called] = [written(mall).length, bench.calls.length]
    const { signal } = new AbortController()
    await expect(whole.changes?.applyStep(order.orderNumber, step, signal)).rejects.toMatchObject({
      code: 'REHEARSAL_READS_ONLY',
      kind: 'rejected',
    })
    expect(written(mall)).toHaveLength(before)
    // A step of Shopify's looks up where the goods lie.
    expect(bench.calls.slice(called)).toEqual(mall === 'shopify' ? ['order'] : [])

    // What a rehearsal is for goes out.
    const to = new Date(Date.now() - 10 * 60_000)
    const window = { from: new Date(to.getTime() - 3_600_000), to }
    await whole.listOrders(window, null, signal)
    expect(await whole.checkCredentials(signal)).toBeDefined()
    await whole.subStatuses?.(signal)
    for await (const outcome of whole.fetchOrders([order.orderNumber], signal))
      expect(outcome.kind).toBe('found')
  })
})

/** The mall's own session as a rehearsal opens it, with the part that changes anything. */
async function wholeSession(mall: SimulatedMall): Promise<MarketplaceSession> {
  let whole: MarketplaceSession | undefined
  const { marketplaces } = bench
  const get = marketplaces.get.bind(marketplaces)
  const watched = (found: Marketplace<unknown>): Marketplace<unknown> => ({
    ...found,
    open(shop, tools) {
      whole = found.open(shop, tools)
      return whole
    },
    // A mall that differs by shop opens by what it is for that shop.
    ...(found.ofShop && { ofShop: (told) => watched(present(found.ofShop?.(told))) }),
  })
  const spy = vi.spyOn(marketplaces, 'get').mockImplementation((name) => {
    const found = get(name)
    return found && watched(found)
  })
  await bench.sessions.open(bench.shopIds[mall])
  spy.mockRestore()
  if (!whole) throw new Error('not opened')
  return whole
}

const READS = new Set([
  'fetchOrders',
  'listOrders',
  'checkCredentials',
  'subStatuses',
  'purchaseApplications',
])

it('does not queue what is set to go with the import', async () => {
  await call('POST', 'rakuten')
  await database.db.shop.update({
    where: { id: bench.shopIds.rakuten },
    data: { settings: { onImport: { action: 'confirm' } } },
  })
  const before = written('rakuten').length
  await bench.importOrders('rakuten', [bench.malls.rakuten.place().orderNumber])
  expect(await changes()).toMatchObject([{ action: 'confirm', state: 'warning', code: 'REHEARSAL' }])
  expect(written('rakuten')).toHaveLength(before)
})

it('does not begin while changes are under way, and goes on where it is on', async () => {
  const [orderId = ''] = await bench.importOrders('yahoo', [place('yahoo')])
  await bench.ask([shipped(orderId, '400000000034')])
  const refused = await call('POST', 'yahoo')
  expect([refused.status, refused.body.open]).toEqual([409, 1])
  await bench.work('yahoo')
  const first = await call('POST', 'yahoo')
  const second = await call('POST', 'yahoo')
  expect([first.status, second.body.startedAt]).toEqual([200, first.body.startedAt])
  expect(await database.db.rehearsal.count()).toBe(1)
})

it('sees a change that is asked for while it begins, or is seen by it', async () => {
  const numbers = Array.from({ length: 12 }, () => place('yahoo'))
  const orderIds = await bench.importOrders('yahoo', numbers)
  const before = written('yahoo').length
  const asked = orderIds.map((orderId, n) =>
    bench.ask([shipped(orderId, `4000000${String(n).padStart(5, '0')}`)]),
  )
  const begun = await call('POST', 'yahoo')
  await Promise.all(asked)
  const states = (await changes()).map(({ state, code }) => `${state} ${code}`)
  if (begun.status === 200) expect(states.every((one) => one === 'warning REHEARSAL')).toBe(true)
  else expect(begun.status).toBe(409)
  expect(written('yahoo')).toHaveLength(before)
})

it('compares with the file of the system in use, and keeps no more than numbers and amounts', async () => {
  await call('POST', 'amazon')
  const numbers = [place('amazon'), place('amazon'), place('amazon')]
  await bench.importOrders('amazon', numbers)
  const orders = await database.db.order.findMany({ orderBy: { orderedAt: 'asc' } })
  const [first, , third] = orders
  const rows = [
    ['受注番号', '購入者名', '請求金額'],
    [first?.orderNumber, '見本花子', first?.billedAmount],
    [third?.orderNumber, '見本太郎', (third?.billedAmount ?? 0) + 3],
    ['999-0000000-0000000', '見本次郎', 1],
  ]
  const file = Buffer.from(rows.map((row) => row.join(',')).join('\r\n')).toString('base64')
  const { body } = await call('POST', 'amazon', '/comparison', { file })
  expect(body).toMatchObject({
    columns: { numberHeading: '受注番号', amountHeading: '請求金額', dayHeading: null },
    comparison: {
      theirs: 3,
      matched: 2,
      sameAmount: 1,
      missingHere: ['999-0000000-0000000'],
      differing: [{ orderNumber: third?.orderNumber, billed: third?.billedAmount }],
    },
  })
  const { body: report } = await call('GET', 'amazon')
  expect(report).toMatchObject({ comparison: body.comparison, verdict: { state: 'bad' } })
  const kept = JSON.stringify(await database.db.rehearsal.findMany())
  expect(kept).not.toMatch(/見本/)
  const wrong = await call('POST', 'amazon', '/comparison', {
    file: Buffer.from('a,b\r\n1,2').toString('base64'),
  })
  expect([wrong.status, wrong.body.errors[0].code]).toEqual([422, 'no_number_column'])
})

it('writes answers and mails as fixtures, with nothing of anybody in them', async () => {
  const shopId = bench.shopIds.rakuten
  const number = place('rakuten')
  const [orderId = ''] = await bench.importOrders('rakuten', [number])
  const { buyer, orderNumber } = await bench.readOrder(orderId)
  const mailbox = await makeMailbox(database.db, { tenantId: bench.tenantId, shopIds: [shopId] })
  const id = newId()
  const mail = {
    subject: `【楽天】注文内容ご確認（自動配信メール） ${buyer.familyName}`,
    from: ['order@rakuten.co.jp', 'hanako@example.jp'],
    text: `受注番号 ${orderNumber}\n${buyer.familyName} ${buyer.givenName} 様\n電話 ${buyer.phone}\n`,
  }
  await database.db.mail.create({
    data: {
      id,
      tenantId: bench.tenantId,
      mailboxId: mailbox.id,
      uidValidity: 1,
      uid: 1,
      fingerprint: Buffer.from('f'),
      state: 'unreadable',
      marketplace: 'rakuten',
      kind: 'new_order',
      seenAt: new Date(),
      size: 1,
      sealedMail: Buffer.from(testSealer.of(bench.tenantId).sealJson(mailContext(id), mail)),
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-fixtures-'))
  const keys = { ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}:tenant` }
  const { code, output } = await ops(['fixtures', 'export', shopId, folder], {
    DATABASE_URL: database.url,
    ...keys,
  })
  expect([code, output]).toEqual([0, expect.stringContaining('1 answers and 1 mails')])
  const names = (await readdir(folder)).toSorted()
  expect(names).toEqual(['rakuten-001.json', 'rakuten-mail-001.json'])
  const [answer = '', written = ''] = await Promise.all(
    names.map((name) => readFile(join(folder, name), 'utf8')),
  )
  for (const value of [orderNumber, buyer.familyName, buyer.givenName, buyer.phone, buyer.email, 'hanako'])
    expect(`${answer}${written}`).not.toContain(value)
  const invented = JSON.parse(answer).orderNumber
  expect(invented).toMatch(/^\d{6}-\d{8}-\d{10}$/)
  expect(written).toContain(invented)
  expect(await database.db.auditEntry.count({ where: { action: 'orders.exported', target: shopId } })).toBe(1)
  expect((await ops(['fixtures', 'export', 'x'], { DATABASE_URL: database.url, ...keys })).code).toBe(64)
})
