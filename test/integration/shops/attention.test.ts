import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acrossTenants } from '../../../src/platform/db/tenant-scope.ts'
import { raiseAttention } from '../../../src/shops/attention.ts'
import { createScheduler } from '../../../src/worker/scheduler.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { restServer } from '../../support/http/rest-server.ts'
import {
  type ImportBench,
  importBench,
  jobsOf,
  numbers,
  shopWorkerOf,
} from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000

let database: TestDatabase
let bench: ImportBench
const refused = failure('unauthorised', { code: 'KEY_REFUSED', message: 'キーが無効です。' })
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  for (const number of numbers(3)) bench.mall.place(number)
})

const shop = () => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
const staged = () => database.db.order.count({ where: { shopId: bench.shopId } })
const calls = () => bench.mall.calls.length + bench.mall.checks.length

/**
 * The scheduler and the worker as they are in a process, a minute at a time; minutes at which the mall was
 * called.
 */
async function minutes(count: number): Promise<number[]> {
  const woken: string[] = []
  const scheduler = createScheduler({
    ...bench.deps,
    jobs: jobsOf(bench.deps),
    wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
  })
  const called: number[] = []
  for (let minute = 1; minute <= count; minute++) {
    bench.clock.advance(MINUTE)
    const before = calls()
    await scheduler.tick()
    while (woken.pop()) await bench.run()
    if (calls() > before) called.push(minute)
  }
  return called
}

async function stop(): Promise<void> {
  bench.mall.refuse(refused)
  await bench.want(numbers(3))
  await bench.run()
  expect(await shop()).toMatchObject({ attentionCode: 'KEY_REFUSED' })
}

describe('a shop under attention', () => {
  it('is probed by single calls, ever more seldom up to an hour, and stays as long as it is refused', async () => {
    await stop()
    const since = new Date(bench.clock.now())
    expect(await minutes(5 * 60)).toEqual([10, 20, 30, 45, 68, 102, 153, 213, 273])
    expect(bench.mall.calls.slice(1).every((call) => call.length === 1)).toBe(true)
    expect(await shop()).toMatchObject({ attentionCode: 'KEY_REFUSED', attentionSince: since })
    const requests = await database.db.importRequest.findMany({ where: { shopId: bench.shopId } })
    expect(requests.map(({ state, attempts }) => [state, attempts])).toEqual(Array(3).fill(['waiting', 0]))
  })

  it('heals by itself once the mall takes the key, and what waited is fetched at once', async () => {
    await stop()
    await minutes(25)
    bench.mall.refuse(null)
    expect(await minutes(5)).toEqual([5])
    expect(await staged()).toBe(3)
    expect(bench.mall.calls.slice(-2).map((call) => call.length)).toEqual([1, 2])
    expect(await shop()).toMatchObject({
      attentionCode: null,
      attentionSince: null,
      attentionProbeAt: null,
      laneClosedUntil: null,
    })
  })

  it('heals by a harmless call when nothing waits', async () => {
    const at = new Date(bench.clock.now())
    await raiseAttention(database.db, bench.shopId, { code: 'X', message: 'x', credentialsVersion: 1, at })
    expect(await minutes(10)).toEqual([10])
    expect(bench.mall.checks).toHaveLength(1)
    expect(bench.mall.calls).toEqual([])
    expect(await shop()).toMatchObject({ attentionCode: null })
  })

  it.each([
    ['is refused without asking the mall', { kind: 'failed', failure: failure('rejected') }],
    ['is not there', { kind: 'not_found' }],
    ['is not to be had yet', { kind: 'pending', retryAt: new Date(0), message: 'x' }],
  ] as const)('is not healed by a number that %s, and is by a harmless call', async (_, answer) => {
    await bench.want(['a', 'b'])
    const at = new Date(bench.clock.now())
    await raiseAttention(database.db, bench.shopId, { code: 'X', message: 'x', credentialsVersion: 1, at })
    for (const orderNumber of ['a', 'b']) {
      if (answer.kind !== 'not_found') bench.mall.answer(orderNumber, { ...answer, orderNumber })
    }
    bench.mall.refuseChecks(refused)
    await minutes(10)
    expect(bench.mall.calls).toHaveLength(1)
    expect(await shop()).toMatchObject({ attentionCode: 'KEY_REFUSED', attentionSince: at })
    bench.mall.refuseChecks(null)
    await minutes(10)
    expect(await shop()).toMatchObject({ attentionCode: null })
  })

  it('is probed again a minute after a probe that found the mall away', async () => {
    await stop()
    bench.mall.refuse(failure('unavailable'))
    expect(await minutes(12)).toEqual([10, 11, 12])
    expect(await shop()).toMatchObject({ attentionCode: 'KEY_REFUSED' })
    bench.mall.refuse(null)
    await minutes(1)
    expect(await staged()).toBe(3)
  })

  it('is probed by one worker only', async () => {
    await stop()
    bench.clock.advance(10 * MINUTE)
    const workers = [1, 2, 3].map(() => shopWorkerOf(bench.deps))
    await Promise.all(workers.map((worker) => worker.run(bench.shopId, new AbortController().signal)))
    expect(bench.mall.calls).toHaveLength(2)
  })

  it('is never probed while it is disabled or its tenant suspended', async () => {
    await stop()
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: false } })
    expect(await minutes(60)).toEqual([])
    await bench.run()
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: true } })
    await database.db.tenant.update({ where: { id: bench.tenantId }, data: { status: 'suspended' } })
    expect(await minutes(60)).toEqual([])
    await bench.run()
    expect(calls()).toBe(1)
  })

  it('does not take a key of another shop for a healed one', async () => {
    const at = new Date(bench.clock.now())
    await raiseAttention(database.db, bench.shopId, { code: 'X', message: 'x', credentialsVersion: 1, at })
    bench.mall.refuse(failure('rejected', { code: 'OTHER_SHOP' }))
    expect(await minutes(30)).toEqual([10, 20, 30])
    expect(await shop()).toMatchObject({ attentionCode: 'OTHER_SHOP' })
  })
})

describe('without any other touch', () => {
  async function rest() {
    const server = await restServer(database.db, {
      clock: bench.clock,
      marketplaces: bench.deps.marketplaces,
      sessions: bench.deps.sessions,
      onShopChanged: () => acrossTenants('a worker is another process', () => bench.run()),
    })
    const headers = await server.keyFor(bench.tenantId)
    const call = (method: 'POST' | 'PATCH', url: string, payload?: object) =>
      server.app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })
    return { call, close: server.close }
  }

  it('new credentials reopen the shop, and what waited is staged', async () => {
    await stop()
    const { call, close } = await rest()
    bench.mall.refuse(null)
    const answer = await call('PATCH', `/shops/${bench.shopId}`, { credentials: { key: 'second' } })
    expect(answer.json()).toMatchObject({ attention: null })
    expect(await staged()).toBe(3)
    expect(bench.mall.keys.at(-1)).toBe('second')
    await close()
  })

  it('new credentials that are refused for their first half hour are taken when the mall is ready', async () => {
    await stop()
    const { call, close } = await rest()
    await call('PATCH', `/shops/${bench.shopId}`, { credentials: { key: 'second' } })
    expect(await shop()).toMatchObject({ attentionCode: 'KEY_REFUSED', credentialsVersion: 2 })
    await minutes(29)
    bench.mall.refuse(null)
    await minutes(1)
    expect(await staged()).toBe(3)
    await close()
  })

  it('a good test reopens the shop, and what waited is staged', async () => {
    await stop()
    const { call, close } = await rest()
    expect((await call('POST', `/shops/${bench.shopId}/test`)).json()).toMatchObject({ ok: false })
    expect(await staged()).toBe(0)
    bench.mall.refuse(null)
    expect((await call('POST', `/shops/${bench.shopId}/test`)).json()).toMatchObject({ ok: true })
    expect(await staged()).toBe(3)
    expect(await shop()).toMatchObject({ attentionCode: null })
    await close()
  })
})
