import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { orderSummary } from '../../../src/orders/order-json.ts'
import { readOrder } from '../../../src/orders/read.ts'
import {
  CHANGED_AT_MALL,
  CONTENT,
  LISTED,
  MADE,
  MALL,
  type MadeName,
  pick,
  toOrderColumns,
} from '../../../src/orders/store/columns.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * Each way in which an order is written, for all columns that are made of it: one that a statement forgets
 * shows here.
 */

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const [NUMBER = ''] = numbers(1)
const plain = sampleOrder(NUMBER)
const NO_PARCEL = { id: null, carrierCode: null, carrierName: null, shippedOn: null, arrivedOn: null }
const OFF = {
  kind: 'store_discount' as const,
  borneBy: 'shop' as const,
  amount: 100,
  name: null,
  code: null,
  lineId: null,
  includedInPrices: false,
}
/** Differs from the plain one in every column. */
const OTHER: Partial<NormalisedOrder> = {
  orderedAt: '2026-01-14T20:15:30+09:00',
  mallState: 'cancelled',
  mallStatus: { code: '900', name: 'キャンセル確定' },
  mallSubStatus: { code: '7', name: null },
  totals: { total: 9_000, billed: 8_900 },
  charges: { ...plain.charges, goods: 8_000, cod: 1_000 - plain.charges.shipping },
  discounts: [OFF],
  items: plain.items.slice(0, 1).map((item) => ({ ...item, name: 'ほうじ茶', quantity: 7, subtotal: 8_000 })),
  payment: { ...plain.payment, kind: 'cod' },
  recipients: plain.recipients.slice(0, 1).map((recipient) => ({
    ...recipient,
    parcels: [{ ...NO_PARCEL, trackingNumber: '400000000001' }],
    wish: { ...recipient.wish, date: '2026-03-05' },
  })),
  holds: [{ kind: 'shop_hold', until: null, note: null }],
  flags: ['gift'],
  delivery: { ...plain.delivery, shipBy: '2026-03-01', methodName: 'ネコポス' },
  warnings: [{ code: 'total', message: '', field: 'totals.total', expected: 9_000, actual: 8_900 }],
}
const other = sampleOrder(NUMBER, OTHER)

async function importAs(purpose: 'import' | 'refresh', more: Partial<NormalisedOrder> = {}): Promise<void> {
  bench.mall.place(NUMBER, more)
  await bench.want([NUMBER], { purpose })
  await bench.run()
}

/** The columns as the database has them, and as they are made of an order. */
async function stored(names: readonly MadeName[]) {
  const row = await database.db.order.findFirstOrThrow({ where: { shopId: bench.shopId } })
  return pick(
    { ...row, orderedAt: row.orderedAt.toISOString(), shipOn: row.shipOn?.toISOString() ?? null },
    names,
  )
}
const madeOf = (order: NormalisedOrder, names: readonly MadeName[], ...flags: string[]) => {
  const columns = toOrderColumns(order)
  return pick({ ...columns, flags: [...columns.flags, ...flags].sort() }, names)
}

async function edited(patch: Partial<NormalisedOrder>): Promise<void> {
  const { id } = await database.db.order.findFirstOrThrow({ where: { shopId: bench.shopId } })
  await editOrder(bench.deps, { tenantId: bench.tenantId, actor: 'key:a' }, id, null, patch)
}
const editable = (({ orderedAt, items, charges, discounts, payment, recipients, delivery }) => ({
  orderedAt,
  items,
  discounts,
  payment,
  recipients,
  delivery,
  charges: { ...charges, goods: plain.charges.goods },
}))(other)

it('is about two orders that differ in every column', () => {
  const [one, two] = [toOrderColumns(plain), toOrderColumns(other)]
  expect(MADE.filter((name) => JSON.stringify(one[name]) === JSON.stringify(two[name]))).toEqual([])
  expect([...MALL, ...CONTENT].sort()).toEqual([...MADE].sort())
})

it('staging writes every column', async () => {
  await importAs('import', OTHER)
  expect(await stored(MADE)).toEqual(madeOf(other, MADE))
})

it('a refresh before 受注取込 writes every column', async () => {
  await importAs('import')
  await importAs('refresh', OTHER)
  expect(await stored(MADE)).toEqual(madeOf(other, MADE, CHANGED_AT_MALL))
})

it('an edit writes what goes with the content, and a refresh after it the rest alone', async () => {
  await importAs('import')
  await edited(editable)
  expect(await stored(CONTENT)).toEqual(madeOf(other, CONTENT))
  // Its parcels are edited too.
  const { shipping } = toOrderColumns({ ...other, mallState: plain.mallState })
  expect(await stored(MALL)).toEqual({ ...madeOf(plain, MALL), shipping })

  const { orderedAt, totals, items, charges, discounts } = plain
  const asBefore = { orderedAt, totals, items, charges, discounts }
  await importAs('refresh', { ...OTHER, ...asBefore, payment: plain.payment })
  expect(await stored(CONTENT)).toEqual(madeOf(other, CONTENT))
  // The wished day is the buyer's, and another one.
  expect(await stored(MALL)).toEqual(madeOf(other, MALL, CHANGED_AT_MALL))
})

it('a row of the API has every listed field as the database has it', async () => {
  await importAs('import', OTHER)
  const { id, ...row } = await database.db.order.findFirstOrThrow({ where: { shopId: bench.shopId } })
  const {
    labels: _,
    mallStatusCode,
    mallSubStatusCode,
    ...shown
  } = orderSummary(await readOrder(database.db, bench.tenantId, id))
  expect(Object.keys(shown)).toEqual(LISTED)
  expect(shown).toEqual(JSON.parse(JSON.stringify(pick({ id, ...row }, LISTED))))
  expect([mallStatusCode, mallSubStatusCode]).toEqual([row.mallStatus, row.mallSubStatus])
})
