import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { healthRoutes } from '../../../src/installation/routes.ts'
import { readInstallation } from '../../../src/installation/state.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { begin } from '../../../src/platform/db/data-steps.ts'
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
      parts: { part: string; state: string; text: string }[]
    }
    const bad = parts.filter((part) => part.state !== 'ok')
    return {
      state,
      bad: Object.fromEntries(bad.map((part) => [part.part, part.state])),
      text: bad.map(({ text }) => text).join(),
    }
  } finally {
    await rest.close()
  }
}

test('nothing is wrong where nothing is', async () => {
  expect(await health()).toMatchObject({ state: 'ok', bad: {} })
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
  expect(late.text).toContain('worker を含むプロセス')

  // What waits for a person is not overdue.
  await database.db.shop.update({
    where: { id: shop.id },
    data: { attentionCode: 'X', attentionSince: long },
  })
  expect((await health()).bad).toEqual({ listeners: 'failed', shops: 'failed' })
  await begin(database.pool, 'restored', new Date())
  expect((await health()).bad).toMatchObject({ quiet: 'failed' })
})
