import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type QuotaMall, quotaMall } from '../../support/malls/quota-malls.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * Each mall's own paging, through its adapter and against its simulator, while orders come, become visible
 * late, are cancelled, and are hidden between two pages.
 */

const MORNING = Date.parse('2026-01-15T08:00:00+09:00')

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

type Shift =
  | { kind: 'new'; count: number }
  /** Placed now, and seen by the API only so many seconds later. */
  | { kind: 'late'; afterSeconds: number }
  | { kind: 'cancel'; which: number }
  | { kind: 'edit'; which: number }

const shift: fc.Arbitrary<Shift> = fc.oneof(
  fc.record({ kind: fc.constant('new' as const), count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('late' as const), afterSeconds: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('edit' as const), which: fc.nat() }),
)

interface Editable {
  edit(orderNumber: string, patch: Record<string, unknown>): void
  change(patch: Record<string, unknown>): void
}

describe.each(SIMULATED_MALLS)('the pages of %s', (name) => {
  const { orders, runs, patch } = testedMall(name).pages
  it('lose no order, however they shift under the reader', { timeout: 120_000 }, async () => {
    const shifts = fc.array(fc.array(shift, { maxLength: 4 }), { minLength: 4, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(shifts, async (plan) => {
        await database.db.tenant.deleteMany()
        const { id: tenantId } = await makeTenant(database.db)
        const touched = new Set<string>()
        let calls: number | null = null
        const mall = await quotaMall(database, name, {
          tenantId,
          start: MORNING,
          beforeCall() {
            if (calls !== null) for (const one of plan[calls++] ?? []) apply(mall, one, patch, touched)
          },
        })
        try {
          if (name === 'aupay') (mall.mall as unknown as Editable).change({ mostRows: 20 })
          for (let n = 0; n < orders; n++) {
            mall.clock.advance(2_000)
            mall.place()
          }
          // Amazon keeps the last two minutes out of its list.
          mall.clock.advance(5 * 60_000)
          const before = numbers(mall)
          calls = 0
          await mall.sweepAlone()
          const listed = await named(mall)
          expect(before.filter((number) => !touched.has(number) && !listed.has(number))).toEqual([])
          calls = null
          mall.clock.advance(5 * 60_000)
          await mall.sweepAlone()
          const then = await named(mall)
          expect(numbers(mall).filter((number) => !then.has(number))).toEqual([])
        } finally {
          await mall.close()
        }
      }),
      { numRuns: runs, endOnFailure: true },
    )
  })
})

function apply(mall: QuotaMall, one: Shift, patch: Record<string, unknown>, touched: Set<string>): void {
  if (one.kind === 'new') for (let n = 0; n < one.count; n++) mall.place()
  else if (one.kind === 'late') mall.place(one.afterSeconds)
  else {
    const all = numbers(mall)
    const number = all[one.which % all.length] as string
    touched.add(number)
    if (one.kind === 'cancel') mall.mall.cancel(number)
    else (mall.mall as unknown as Editable).edit(number, patch)
  }
}

const numbers = ({ events }: QuotaMall) =>
  events.filter(({ type }) => type === 'placed').map(({ order }) => order.orderNumber)

const named = async ({ shopId }: QuotaMall) =>
  new Set(
    (await database.db.sweptOrder.findMany({ where: { shopId } })).map(({ orderNumber }) => orderNumber),
  )
