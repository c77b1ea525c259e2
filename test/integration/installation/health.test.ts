import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { STORAGE_REFUSES } from '../../../src/imports/requests/retry-schedule.ts'
import { healthRoutes } from '../../../src/installation/routes.ts'
import { readInstallation, setInstallationGauges } from '../../../src/installation/state.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { begin } from '../../../src/platform/db/data-steps.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { restServer } from '../../support/http/rest-server.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  await database.db.dataStep.deleteMany({ where: { name: 'quiet' } })
})

async function health(queuesAnswer = true) {
  const wakeQueue = {
    counts: () => (queuesAnswer ? Promise.resolve({}) : Promise.reject(new Error('away'))),
  }
  const tools = { database, wakeQueue, clock: systemClock, machineNow: systemClock.now }
  const rest = await restServer(database.db, {
    pool: database.pool,
    more: {
      clientRoutes: [],
      operatorRoutes: [healthRoutes({ clock: systemClock, readInstallation: () => readInstallation(tools) })],
    },
  })
  try {
    const { statusCode, body } = await rest.app.inject({ url: '/v1/admin/health', headers: rest.operator })
    expect(statusCode).toBe(200)
    const { state, parts } = JSON.parse(body) as {
      state: string
      parts: { part: string; state: string; code: string | null; text: string }[]
    }
    const bad = parts.filter((part) => part.state !== 'ok')
    return {
      state,
      backup: parts.find(({ part }) => part === 'backup')?.code,
      bad: Object.fromEntries(bad.map((part) => [part.part, part.state])),
      text: bad.map(({ text }) => text).join(),
    }
  } finally {
    await rest.close()
  }
}

test('nothing is wrong where nothing is', async () => {
  // Nothing is wrong, and a backup that never ran is no proof: the page shows no ✓ beside it.
  expect(await health()).toMatchObject({ state: 'ok', bad: {}, backup: 'NOT_YET' })
})

test('a backup that was never made is told after two days of work', async () => {
  const began = async (days: number) => {
    await database.pool.query(`delete from data_steps where name in ('instance', 'backup')`)
    await database.pool.query(
      `insert into data_steps (name, made_at, place) values ('instance', now() - make_interval(days => $1), 'here')`,
      [days],
    )
  }
  const metrics = createMetrics({ processMetrics: false })
  const age = async () => {
    const tools = {
      database,
      wakeQueue: { counts: async () => ({}) },
      clock: systemClock,
      machineNow: systemClock.now,
    }
    setInstallationGauges(metrics, await readInstallation(tools), systemClock.now())
    const { values } = await metrics.backupAge.get()
    return Math.round(Number(values[0]?.value) / 86_400)
  }
  await began(1)
  expect(await health()).toMatchObject({ state: 'ok' })
  expect(await age()).toBe(1)
  await began(3)
  expect(await health()).toMatchObject({
    bad: { backup: 'warning' },
    text: expect.stringContaining('一度も'),
  })
  expect(await age()).toBe(3)
  await database.pool.query(`insert into data_steps (name, made_at, place) values ('backup', now(), '')`)
  expect(await health()).toMatchObject({ state: 'ok' })
  expect(await age()).toBe(0)
  await database.pool.query(`delete from data_steps where name in ('instance', 'backup')`)
})

test('an archive of changes that does not come is told by its gauge, and none where there is none', async () => {
  const metrics = createMetrics({ processMetrics: false })
  const archive = async () => {
    const wakeQueue = { counts: async () => ({}) }
    const tools = { database, wakeQueue, clock: systemClock, machineNow: systemClock.now }
    setInstallationGauges(metrics, await readInstallation(tools), systemClock.now())
    const { values } = await metrics.walArchive.get()
    return Object.fromEntries(values.map(({ labels, value }) => [labels.state, value]))
  }
  expect(await archive()).toEqual({})
  await database.pool.query(`select pg_create_physical_replication_slot('torikomi_archive')`)
  try {
    expect(await archive()).toEqual({ receives: 0, away: 1 })
  } finally {
    await database.pool.query(`select pg_drop_replication_slot('torikomi_archive')`)
  }
  expect(await archive()).toEqual({})
})

test('each part that is not well says so, with what to do', async () => {
  const tenant = await makeTenant(database.db)
  const shop = await makeShop(database.db, { tenantId: tenant.id })
  await makeMailbox(database.db, { tenantId: tenant.id, shopIds: [shop.id] })
  const long = new Date(Date.now() - 2 * 60 * 60_000)
  await database.db.importRequest.create({
    data: {
      id: newId(),
      tenantId: tenant.id,
      shopId: shop.id,
      orderNumber: '1',
      source: 'mail',
      requestedAt: long,
      nextAttemptAt: long,
      expiresAt: new Date(),
    },
  })
  const late = await health(false)
  expect(late).toMatchObject({
    state: 'failed',
    bad: { listeners: 'failed', imports: 'failed', queue: 'failed' },
  })
  expect(late.text).toContain('まずキュー（Redis）を復旧してください。')
  expect((await health()).text).toContain('worker を含むプロセス')

  // What waits for its mall is not overdue; what our own storage refuses is, and no mall is to blame.
  const closeLane = (laneClosedReason: string) =>
    database.db.shop.update({
      where: { id: shop.id },
      data: { laneClosedReason, laneClosedUntil: new Date(Date.now() + 60_000) },
    })
  await closeLane('HTTP_500')
  const waits = await health()
  expect(waits.bad).toEqual({ listeners: 'failed', shops: 'warning' })
  expect(waits.text).toContain('（HTTP_500 1）')
  await closeLane(STORAGE_REFUSES)
  expect((await health()).bad).toEqual({ listeners: 'failed', imports: 'failed' })
  await database.db.shop.update({
    where: { id: shop.id },
    data: { laneClosedReason: null, laneClosedUntil: null },
  })
  // A mailed file that was not taken stops nothing: the import is overdue all the same.
  const failed = { attentionCode: 'ORDER_FILE_FAILED', attentionSince: long }
  await database.db.shop.update({ where: { id: shop.id }, data: failed })
  expect((await health()).bad).toEqual({ listeners: 'failed', imports: 'failed', shops: 'warning' })

  // What waits for a person is not overdue.
  await database.db.shop.update({
    where: { id: shop.id },
    data: { attentionCode: 'X', attentionSince: long },
  })
  const stopped = await health()
  expect(stopped.bad).toEqual({ listeners: 'failed', shops: 'failed' })
  expect(stopped.text).toContain('要対応の店舗が1件あります（X 1）')
  await begin(database.pool, 'restored', new Date())
  expect((await health()).bad).toMatchObject({ quiet: 'failed' })
})
