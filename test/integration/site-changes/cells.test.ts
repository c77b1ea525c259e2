import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { EVERY_MALL } from '../../../src/marketplaces/facts.ts'
import {
  CHANGE_ACTIONS,
  type ChangeAction,
  type MallAction,
} from '../../../src/marketplaces/port/site-changes.ts'
import type { AppError } from '../../../src/platform/errors.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { complaintsOf, hasDocuments } from '../../malls/documents/index.ts'
import { placeWritable } from '../../support/changes/change-bench.ts'
import { type ChangeCell, contentsOf } from '../../support/changes/change-cells/cell.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'
import { testMalls } from '../../support/malls/test-malls.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * Each cell of the table in docs/site-changes.md: asked for as a client does, and looked up in the mall's own
 * books.
 */

const TODAY = japaneseDay(Date.now())
const malls = testMalls()

let database: TestDatabase
let bench: MallBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
beforeEach(() => database.db.order.deleteMany())

it('knows every mall', () => {
  // A connector's cells are what its capabilities name: test/malls/connector/changes.test.ts.
  const others = EVERY_MALL.flatMap(({ name, servedByTenant }) => (servedByTenant ? [name] : []))
  expect([...malls.keys()].toSorted()).toEqual([...SIMULATED_MALLS, ...others].toSorted())
})

const operationsOf = ({ calls }: MallAction) => calls.map((call) => call.split(' ')[0] as string)

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  const offered = malls.get(mall)?.changes?.actions ?? []

  describe.each(CHANGE_ACTIONS)('%s', (action) => {
    const own = offered.find((one) => one.action === action)
    const cells = testedMall(mall).cells(TODAY)[action] ?? []
    if (!own) {
      it('is not offered, and refused', async () => {
        expect(cells).toEqual([])
        const [orderId = ''] = await importOrders(mall, 1, {})
        const refusal = await bench.ask([wanted(orderId, action, LEAST[action])]).catch((error) => error)
        expect((refusal as AppError).fields).toMatchObject([
          { field: 'changes[0].action', code: 'not_offered' },
        ])
      })
      return
    }
    it('has its documented calls in its cases, in their order', () => {
      expect(new Set(cells.flatMap(({ calls }) => calls))).toEqual(new Set(operationsOf(own)))
      for (const { calls } of cells) expect(isWithin(calls, operationsOf(own))).toBe(true)
    })
    it.each(cells)('$what: $calls', { timeout: 30_000 }, (cell) => tryCell(mall, action, cell))
  })

  it.skipIf(!hasDocuments(mall))(
    'was asked, and answered, as it documents [npm ci in test/sdks]',
    { timeout: 240_000 },
    async () => {
      const exchanges = bench.takeExchanges(mall)
      const operations = new Set(exchanges.map(({ operation }) => operation))
      expect(operations.size).toBeGreaterThan(1)
      expect(await complaintsOf(mall, exchanges)).toEqual(mall === 'aupay' ? [NEW_ELEMENT] : [])
    },
  )
})

/** au PAY adds elements without a word, and so does its simulator. */
const NEW_ELEMENT = 'answer of searchTradeInfoProc.orderInfo.newElementOf2027: not in the table'

/** What the general form wants, where nothing of a mall matters. */
const LEAST: Record<ChangeAction, Record<string, unknown>> = {
  confirm: {},
  mark_paid: {},
  complete: {},
  hold: {},
  release: {},
  ship: { shippedOn: '2026-11-01', parcels: [{ carrier: 'yamato' }] },
  cancel: { reason: '1' },
  memo: { memo: '' },
  sub_status: { subStatus: '1' },
  correct_shipment: { parcels: [{ trackingNumber: '1' }] },
  change_content: { shippingFee: 0 },
}

const wanted = (orderId: string, action: ChangeAction, parameters: Record<string, unknown>) =>
  ({ orderId, action, ...parameters }) as WantedChange

/** Repeats of one call count as one. */
function isWithin(calls: readonly string[], documented: readonly string[]): boolean {
  let place = 0
  for (const call of calls) {
    const next = documented.indexOf(call, Math.max(0, place - 1))
    if (next < 0) return false
    place = next + 1
  }
  return true
}

async function importOrders(mall: SimulatedMall, count: number, before: Record<string, unknown>) {
  const numbers = Array.from({ length: count }, () => placeWritable(bench.malls[mall], { overrides: before }))
  return bench.importOrders(mall, numbers)
}

async function tryCell(mall: SimulatedMall, action: ChangeAction, cell: ChangeCell): Promise<void> {
  const orderIds = await importOrders(mall, cell.orders ?? 1, cell.before)
  const orders = await Promise.all(orderIds.map((orderId) => bench.readOrder(orderId)))
  const changes = orders.map((order, index) =>
    wanted(orderIds[index] ?? '', action, cell.parameters(order, index)),
  )
  bench.calls.length = 0
  const ids = await bench.ask(changes)
  expect(await statesOf(ids)).toEqual(ids.map(() => ['queued', null]))
  await bench.work(mall)

  expect(await statesOf(ids)).toEqual(ids.map(() => ['succeeded', null]))
  expect(callsMade()).toEqual(withReads(mall, cell))
  for (const { orderNumber } of orders)
    expect(contentsOf(await bench.atMall(mall, orderNumber))).toMatchObject(cell.after)

  const flagged = await database.db.order.findMany({
    where: { id: { in: orderIds }, flags: { has: 'changed_at_mall' } },
  })
  expect(flagged).toEqual([])

  const written = orders.map(({ orderNumber }) => bench.malls[mall].writes?.(orderNumber))
  for (const own of written) expect(own?.map(({ operation }) => operation)).toEqual(writesOf(cell.calls))
  if (cell.repeatable) return
  const again = await bench.ask(changes)
  await bench.work(mall)
  expect(await statesOf(again)).toEqual(again.map(() => ['succeeded', 'ALREADY_DONE']))
  expect(orders.map(({ orderNumber }) => bench.malls[mall].writes?.(orderNumber))).toEqual(written)
}

/**
 * Without tokens, and without what a step looks up at Shopify before it writes; a result that was not
 * ready at once is asked for again.
 */
const BESIDE: ReadonlySet<string> = new Set(['token', 'order'])
const callsMade = () =>
  bench.calls.filter(
    (call, index, all) => !BESIDE.has(call) && !(call === FETCHES_RESULT && call === all[index - 1]),
  )

const FETCHES_RESULT = 'getResultUpdateOrderShippingAsync'
const writesOf = (calls: readonly string[]) => calls.filter((call) => call !== FETCHES_RESULT)

/** The order is read before each call that writes, and after the last. */
const withReads = (mall: SimulatedMall, { calls, inOneStep }: ChangeCell) => [
  ...calls.flatMap((call, at) =>
    call === FETCHES_RESULT || (inOneStep && at > 0) ? [call] : [testedMall(mall).reads, call],
  ),
  testedMall(mall).reads,
]

async function statesOf(ids: readonly string[]) {
  const rows = await database.db.siteChange.findMany({ where: { id: { in: [...ids] } } })
  return rows.map(({ state, code }) => [state, code])
}
