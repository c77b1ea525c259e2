import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'
import {
  openRefreshWorkers,
  type RefreshTask,
  type RefreshWorkers,
} from '../../support/malls/refresh-workers.ts'

/** Ten workers in two processes on one database, with one expired token of one Yahoo! shop. */

const CHILD = fileURLToPath(new URL('../../support/malls/refresh-workers.ts', import.meta.url))
const SHOP = 'hoshizora-tools'
const TWO_HOURS_MS = 2 * 60 * 60_000

let mall: YahooSimulator
let database: TestDatabase
let task: Omit<RefreshTask, 'aheadMs'>
const ends: (() => unknown)[] = []

beforeEach(async () => {
  mall = await startYahooSimulator({ shops: [{ code: SHOP, name: '星空道具店' }] })
  database = await freshDatabase()
  const tenant = await makeTenant(database.db)
  const credentials = mall.credentialsFor(SHOP)
  const shop = await makeShop(database.db, {
    tenantId: tenant.id,
    marketplace: 'yahoo',
    code: SHOP,
    credentials,
  })
  const { orderNumber } = mall.place({ shopCode: SHOP })
  task = { databaseUrl: database.url, mallUrl: mall.url, shopId: shop.id, orderNumber }
  const first = await openRefreshWorkers({ ...task, aheadMs: 0 })
  expect(await first.read(1)).toEqual(['found'])
  await first.close()
  // The token that was just made lives for an hour.
  mall.clock.advance(TWO_HOURS_MS)
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await database.close()
  await mall.close()
})

const refreshes = () => mall.callLog().filter(({ operation }) => operation === 'token').length - 1

async function twoProcesses(aheadMs: number): Promise<Pick<RefreshWorkers, 'read'>> {
  const [here, there] = await Promise.all([
    openRefreshWorkers({ ...task, aheadMs }),
    startChild({ ...task, aheadMs }),
  ])
  ends.push(here.close)
  return {
    read: async (each) => (await Promise.all([here.read(each), there(each)])).flat(),
  }
}

async function startChild(given: RefreshTask): Promise<(workers: number) => Promise<string[]>> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, JSON.stringify(given)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  ends.push(async () => {
    const exit = once(child, 'exit')
    child.stdin?.end()
    await exit
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return async (workers) => {
    child.stdin?.write(`${workers}\n`)
    return JSON.parse((await lines.next()).value ?? '[]') as string[]
  }
}

const FOUND = Array(10).fill('found')

describe.each([
  ['its time is over by our clock', TWO_HOURS_MS],
  ['the mall refuses it before its time', 0],
])('an expired token: %s', (_, aheadMs) => {
  test('is refreshed once for all', async () => {
    const both = await twoProcesses(aheadMs)
    expect(await both.read(5)).toEqual(FOUND)
    expect(refreshes()).toBe(1)
    expect(await both.read(5)).toEqual(FOUND)
    expect(refreshes()).toBe(1)
  })

  test('is not lost with an answer that is lost on its way', async () => {
    mall.faults.add({ kind: 'cut', operation: 'token', times: 1 })
    const both = await twoProcesses(aheadMs)
    const first = await both.read(5)
    // Those who shared the lost answer come back in a moment; nobody is told to renew anything.
    expect(first.filter((said) => said !== 'found' && said !== 'YAHOO_CONNECTION_BROKEN')).toEqual([])
    expect(await both.read(5)).toEqual(FOUND)
    expect(refreshes()).toBe(2)
    const { attentionCode } = await database.db.shop.findUniqueOrThrow({ where: { id: task.shopId } })
    expect(attentionCode).toBeNull()
  })
})
