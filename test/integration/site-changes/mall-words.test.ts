import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createImportRoutes } from '../../../src/imports/routes.ts'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { ERASE } from '../../../src/orders/statements.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createChangeRoutes } from '../../../src/site-changes/routes.ts'
import { type ChangeBench, changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import { newId } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type FakeWrite, failure } from '../../support/malls/fake-marketplace.ts'

/** What malls say may name the buyer: staff read it, a dump, the log and the timeline do not hold it. */

const SAID = 'お届け先 印字山太郎様（札幌市印字区9-9、090-5555-4444）の更新でエラー'
const MARKERS = ['印字山', '印字区', '090-5555-4444', '更新でエラー']
const words = { mallCode: 'E9', mallMessage: SAID, raw: `<Message>${SAID}</Message>` }

let database: TestDatabase
let bench: ChangeBench
let rest: RestServer
let key: Record<string, string>
let lines: string[]
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await changeBench(database, 2)
  lines = []
  bench.deps.log = createLogger({
    level: 'trace',
    destination: { write: (line: string) => void lines.push(line) },
  })
  rest = await restServer(database.db, {
    clock: bench.clock,
    more: {
      clientRoutes: [
        createChangeRoutes(bench.requestDeps),
        createOrderRoutes(bench.deps),
        createImportRoutes({ ...bench.deps, ...bench.requestDeps }),
      ],
      operatorRoutes: [],
    },
  })
  key = await rest.keyFor(bench.tenantId)
  return () => rest.close()
})

const get = async (url: string) => (await rest.app.inject({ url: `/v1${url}`, headers: key })).json()

async function markersLeft(): Promise<string[]> {
  const everything = [
    await dumpDatabase(database.url),
    lines.join('\n'),
    rest.log.join('\n'),
    await bench.deps.metrics.registry.metrics(),
  ].join('\n')
  return MARKERS.filter((marker) => everything.includes(marker))
}

const refusals: Record<string, () => MarketplaceFailure> = {
  rejected: () => failure('rejected', words),
  outcome_unknown: () => failure('outcome_unknown', words),
  unavailable: () => failure('unavailable', words),
  throttled: () => failure('throttled', words),
  unauthorised: () => failure('unauthorised', words),
  malformed: () => failure('malformed', words),
}

test.each(Object.keys(refusals))('a call that ends as %s', async (kind) => {
  const [orderId = ''] = bench.orderIds
  bench.mall.site.onWrite(() => {
    throw refusals[kind]?.()
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await bench.run()
  expect(bench.mall.site.writes.length).toBeGreaterThan(0)
  expect(await markersLeft()).toEqual([])
  if (kind === 'rejected') {
    const change = await get(`/site-changes/${id}`)
    expect(change).toMatchObject({ state: 'failed', mallCode: 'E9', mallMessage: SAID })
    expect(change.steps[0]).toMatchObject({ name: 'delivery', mallCode: 'E9', mallMessage: SAID })
  }
})

test.each(['warned', 'without effect', 'done'])('a call that is answered: %s', async (how) => {
  const [orderId = ''] = bench.orderIds
  bench.mall.site.onWrite(({ apply }: FakeWrite) => {
    if (how !== 'without effect') apply()
    return { mallMessage: SAID, warnings: how === 'done' ? [] : [{ code: 'W1', message: SAID }] }
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await bench.untilEnded(id)
  expect(await markersLeft()).toEqual([])
  const change = await get(`/site-changes/${id}`)
  expect(change.steps[0]).toMatchObject({ name: 'delivery', mallMessage: SAID })
  if (how === 'warned') expect(change).toMatchObject({ code: 'MALL_WARNED', mallMessage: `${SAID}\n${SAID}` })
  const { events } = await get(`/orders/${orderId}/timeline`)
  expect(JSON.stringify(events)).toContain('"result":"answered"')
})

test('a retry keeps what was said of the calls before, and forgets it of the whole', async () => {
  const [orderId = ''] = bench.orderIds
  bench.mall.site.onWrite(({ step, apply }) => {
    if (step.name === 'ship') throw failure('rejected', words)
    apply()
    return { mallMessage: SAID }
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await bench.untilEnded(id)
  const headers = { ...key, 'idempotency-key': newId() }
  const url = `/v1/site-changes/${id}/retry`
  const again = (await rest.app.inject({ method: 'POST', url, headers })).json()
  expect(again).toMatchObject({ state: 'queued', mallMessage: null })
  bench.mall.site.onWrite(null)
  await bench.untilEnded(id)
  expect((await get(`/site-changes/${id}`)).steps).toMatchObject([
    { name: 'delivery', mallMessage: SAID },
    { name: 'ship', mallMessage: '受け付けました' },
  ])
  expect(await markersLeft()).toEqual([])
})

test('reading the order: refused, not there, broken', async () => {
  const [first = '', second = ''] = bench.orderIds
  const [one = '', two = ''] = bench.numbers
  bench.mall.answer(one, { kind: 'failed', orderNumber: one, failure: failure('rejected', words) })
  bench.mall.answer(two, { kind: 'not_found', orderNumber: two, mallMessage: SAID })
  const ids = await bench.ask([ship(first), ship(second)])
  for (const id of ids) {
    await bench.untilEnded(id)
    expect((await get(`/site-changes/${id}`)).mallMessage).toBe(SAID)
  }
  expect(await markersLeft()).toEqual([])
})

test('an import: refused, not there, the mall down, the key refused', async () => {
  const number = '123456-20260115-0000009999'
  for (const refuse of [
    refusals.unavailable,
    refusals.throttled,
    refusals.malformed,
    refusals.unauthorised,
  ]) {
    bench.mall.refuse(refuse?.() ?? null)
    await bench.want([number])
    await bench.run()
    expect(await markersLeft()).toEqual([])
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { laneClosedUntil: null, attentionCode: null, attentionMessage: null, attentionSince: null },
    })
  }
  bench.mall.refuse(null)
  bench.mall.answer(number, { kind: 'failed', orderNumber: number, failure: failure('rejected', words) })
  bench.clock.advance(10 * 60_000)
  await bench.run()
  const { importRequests } = await get(`/import-requests?orderNumber=${number}`)
  expect(importRequests[0]).toMatchObject({ state: 'failed', mallMessage: SAID })
  expect(await markersLeft()).toEqual([])
})

test('a process of the release before cannot leave them in clear', async () => {
  const [orderId = ''] = bench.orderIds
  const [id = ''] = await bench.ask([ship(orderId)])
  const answer = {
    code: null,
    message: 'ours',
    mallCode: 'E9',
    mallMessage: SAID,
    warnings: [{ code: 'W', message: SAID }],
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query('update site_changes set mall_message = $2, steps = $3 where id = $1', [
      ...[
        id,
        SAID,
        JSON.stringify([
          { name: 'a', answer: null },
          { name: 'ship', answer },
        ]),
      ],
    ])
    await client.query(
      `insert into order_events (id, order_id, at, kind, actor, data) values ($1, $2, now(), 'change_answered', 'worker', $3)`,
      [newId(), orderId, JSON.stringify({ changeId: id, ...answer })],
    )
  } finally {
    await client.end()
  }
  expect(await markersLeft()).toEqual([])
  const { steps } = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
  expect(steps).toEqual([
    { name: 'a', answer: null },
    { name: 'ship', answer: { ...answer, mallMessage: null, warnings: [{ code: 'W', message: '' }] } },
  ])
})

test('an erased buyer’s words are gone, sealed or not', async () => {
  const [orderId = ''] = bench.orderIds
  bench.mall.site.onWrite(() => {
    throw failure('rejected', words)
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await bench.untilEnded(id)
  const now = new Date(bench.clock.now())
  await database.pool.query(
    ERASE({ tenant: bench.tenantId, ids: [orderId], eventIds: [newId()], actor: 'operator', now }),
  )
  expect(await database.db.siteChange.findUniqueOrThrow({ where: { id } })).toMatchObject({
    sealedMallMessage: null,
    sealedAnswers: null,
    sealedTexts: null,
    sealedPayloads: null,
  })
  expect(await get(`/site-changes/${id}`)).toMatchObject({
    state: 'failed',
    mallCode: 'E9',
    mallMessage: null,
  })
})
