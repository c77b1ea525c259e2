import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildServer } from '../../../src/http/server.ts'
import {
  createUnknownBook,
  type UnknownBook,
  unknownFieldRoutes,
} from '../../../src/imports/unknown-fields.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let book: UnknownBook
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.unknownField.deleteMany()
  bench = await importBench(database)
  book = createUnknownBook(bench.deps)
  bench.deps.unknowns = book
})

const importOne = async (number: string, mallFields: Record<string, unknown>) => {
  bench.mall.place(number, { mallFields })
  await bench.want([number])
  await bench.run()
}

async function listed() {
  const app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async () => ({ kind: 'operator', role: 'operator', accountId: null }),
    clientRoutes: [],
    operatorRoutes: [unknownFieldRoutes(bench.deps)],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
  const reply = await app.inject({ url: '/v1/admin/unknown-fields', headers: { authorization: 'Bearer op' } })
  await app.close()
  return reply.json().unknownFields
}

it('counts what a mall sends anew, with its first and last time, and imports the order', async () => {
  const [A = '', B = ''] = numbers(2)
  await importOne(A, { loyaltyCode: '12345678' })
  expect(await book.save()).toBe(1)
  const first = new Date(bench.clock.now()).toISOString()
  bench.clock.advance(60_000)
  await importOne(B, { loyaltyCode: '山田花子' })
  await book.save()
  expect(await book.save()).toBe(0)
  expect(await listed()).toEqual([
    {
      marketplace: 'rakuten',
      field: 'order.loyaltyCode',
      code: null,
      shape: 'text(4)',
      count: 2,
      firstSeenAt: first,
      lastSeenAt: new Date(bench.clock.now()).toISOString(),
    },
  ])
  expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(2)
  expect(await bench.deps.metrics.registry.metrics()).toContain(
    'torikomi_unknown_fields_total{marketplace="rakuten",kind="field"} 2',
  )
})

it('keeps no more than its bound of a mall that names every field anew', async () => {
  const wanted = numbers(14)
  for (const [n, number] of wanted.entries())
    await importOne(number, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${n}_${i}`, 1])))
  await book.save()
  expect(await database.db.unknownField.count()).toBe(500)
})

it('100,000 names of one mall fill neither memory nor table, are all counted, and hide no other mall’s', async () => {
  const [A = ''] = numbers(1)
  const marketplaces = new Map([
    ['rakuten' as const, bench.mall],
    ['yahoo' as const, bench.mall],
  ])
  const book = createUnknownBook({ ...bench.deps, marketplaces })
  const order = (mallFields: Record<string, unknown>) => ({ ...sampleOrder(A), mallFields })
  const named = (from: number) =>
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`n${from + i}`, 1]))
  for (let from = 0; from < 100_000; from += 50) {
    book.note('rakuten', order(named(from)))
    // Half-way some are written: what is kept then is what stays.
    if (from === 15_000) expect(await book.save()).toBe(500)
  }
  book.note('yahoo', order({ loyaltyCode: '1' }))
  expect(await book.save()).toBe(501)
  const rows = await database.db.unknownField.groupBy({ by: ['marketplace'], _count: true })
  expect(rows.toSorted((a, b) => a._count - b._count)).toEqual([
    { marketplace: 'yahoo', _count: 1 },
    { marketplace: 'rakuten', _count: 500 },
  ])
  expect(await bench.deps.metrics.registry.metrics()).toContain(
    'torikomi_unknown_fields_total{marketplace="rakuten",kind="field"} 100000',
  )
})

it('and what cannot be looked through keeps no order away', async () => {
  const [A = ''] = numbers(1)
  bench.mall.unknowns = () => {
    throw new Error('a mistake of the adapter')
  }
  await importOne(A, {})
  expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(1)
})
