import type { MallSimulator } from '../../../sandbox/kit/types.ts'
import {
  type ChangeCaller,
  type RequestDeps,
  requestChanges,
} from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { mallMessageContext } from '../../../src/site-changes/sealed-texts.ts'
import type { TestDatabase } from '../database/database.ts'
import { newId, testSealer } from '../fixtures.ts'
import { type ImportBench, importBench, numbers } from '../imports/import-bench.ts'
import type { FakeOptions } from '../malls/fake-marketplace.ts'

/** A shop with orders that are here and at its fake mall: what tests of site changes begin with. */
export interface ChangeBench extends ImportBench {
  numbers: string[]
  orderIds: string[]
  woken: string[]
  requestDeps: RequestDeps
  caller(more?: Partial<ChangeCaller>): ChangeCaller
  /** Queues changes as a client would; their ids. */
  ask(changes: readonly WantedChange[], more?: Partial<ChangeCaller>): Promise<string[]>
  change(id: string): ReturnType<typeof readChange>
  order(orderId: string): ReturnType<typeof readOrder>
  /** The kinds in an order's timeline, oldest first. */
  events(orderId: string): Promise<string[]>
  /** Works and lets time pass until the change has ended. */
  untilEnded(id: string, limitMs?: number): Promise<NonNullable<Awaited<ReturnType<typeof readChange>>>>
}

/** With the mall's words, which are stored sealed. */
async function readChange(database: TestDatabase, id: string) {
  const row = await database.db.siteChange.findUniqueOrThrow({ where: { id } })
  const said = row.sealedMallMessage
  return {
    ...row,
    mallMessage: said && testSealer.of(row.tenantId).open(mallMessageContext(id), said).toString(),
  }
}
const readOrder = (database: TestDatabase, id: string) =>
  database.db.order.findUniqueOrThrow({ where: { id } })

export const ship = (orderId: string, trackingNumber = '400000000001'): WantedChange => ({
  orderId,
  action: 'ship',
  shippedOn: '2026-01-15',
  parcels: [{ carrier: 'yamato', trackingNumber }],
})

export async function changeBench(
  database: TestDatabase,
  orders = 1,
  options: FakeOptions = {},
): Promise<ChangeBench> {
  const bench = await importBench(database, options)
  const wanted = numbers(orders)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  const rows = await database.db.order.findMany({
    where: { shopId: bench.shopId },
    orderBy: { orderNumber: 'asc' },
  })
  bench.mall.calls.length = 0
  const woken: string[] = []
  const requestDeps: RequestDeps = {
    ...bench.deps,
    wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
  }
  const caller = (more: Partial<ChangeCaller> = {}): ChangeCaller => ({
    tenantId: bench.tenantId,
    actor: 'key:test',
    idempotencyKey: newId(),
    ...more,
  })
  return {
    ...bench,
    numbers: wanted,
    orderIds: rows.map(({ id }) => id),
    woken,
    requestDeps,
    caller,
    async ask(changes, more) {
      const accepted = await requestChanges(requestDeps, caller(more), { changes: [...changes] })
      return accepted.changes.map(({ id }) => id)
    },
    change: (id) => readChange(database, id),
    order: (id) => readOrder(database, id),
    async events(orderId) {
      const events = await database.db.orderEvent.findMany({
        where: { orderId },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
      })
      return events.map(({ kind }) => kind)
    },
    async untilEnded(id, limitMs = 30 * 60_000) {
      const end = bench.clock.now() + limitMs
      for (;;) {
        await bench.run()
        const change = await readChange(database, id)
        if (change.finishedAt) return change
        if (bench.clock.now() >= end) throw new Error(`the change stands at ${change.state} ${change.code}`)
        bench.clock.advance(Math.max(1_000, change.nextAttemptAt.getTime() - bench.clock.now()))
      }
    },
  }
}

/**
 * Rakuten takes no text back that has a character beyond the basic ones, such as 𠮷; another buyer orders
 * then.
 */
export function placeWritable<Options>(
  mall: { place(options: Options): ReturnType<MallSimulator['place']> },
  options: Options,
): string {
  for (;;) {
    const placed = mall.place(options)
    if (!/[\u{10000}-\u{10ffff}]/u.test(JSON.stringify(placed))) return placed.orderNumber
  }
}
