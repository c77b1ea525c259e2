import fc from 'fast-check'

/** What happens to a shop, its mall and its workers in a generated history of site changes. */
export type Event =
  /**
   * `at`: the await at which the process that takes it is killed; the client then asks once more with the
   * same key.
   */
  | { kind: 'request'; wishes: Wish[]; at: number | null }
  | { kind: 'work'; workers: { at: number | null; how: 'kill' | 'stall' }[] }
  | { kind: 'time'; ms: number }
  | { kind: 'writes'; faults: WriteFault[] }
  | { kind: 'mall'; state: 'up' | 'down' | 'throttled' | 'key_dead' }
  /** A worker stands still at this point until another one has done its work. */
  | { kind: 'takeover'; at: number }
  | { kind: 'wake' }
  /** The buyer cancels. */
  | { kind: 'cancel'; order: number }
  | { kind: 'retry' }

export interface Wish {
  order: number
  action: (typeof WISHED)[number]
}

/** Of one call and of several; with a value of its own in each wish (ship, memo, …) and without. */
const WISHED = ['ship', 'memo', 'confirm', 'complete', 'correct_shipment', 'change_content'] as const

/** How the mall takes one write. `late`: no answer, and done only half a minute later. */
export type WriteFault =
  | 'ok'
  | 'lost_before'
  | 'lost_after'
  | 'late'
  | 'unavailable'
  | 'throttled'
  | 'key_dead'
  | 'rejected'

/** At the last one's steps reading cannot tell what was done, as at Rakuten. */
export const ORDERS = 3
const MINUTE = 60_000

const worker = fc.record({
  at: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 3 }),
  how: fc.constantFrom('kill' as const, 'stall' as const),
})

export const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      wishes: fc.array(
        fc.record({
          order: fc.integer({ min: 0, max: ORDERS - 1 }),
          action: fc.constantFrom(...WISHED),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      at: fc.option(fc.integer({ min: 0, max: 24 }), { freq: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      workers: fc.array(worker, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      ms: fc.constantFrom(1_000, 6_000, 30_000, 61_000, 4 * MINUTE, 16 * MINUTE),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('writes' as const),
      faults: fc.array(
        fc.constantFrom<WriteFault>(
          ...([
            'ok',
            'lost_before',
            'lost_after',
            'late',
            'late',
            'unavailable',
            'throttled',
            'key_dead',
            'rejected',
          ] as const),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mall' as const),
      state: fc.constantFrom('up' as const, 'down' as const, 'throttled' as const, 'key_dead' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('takeover' as const), at: fc.integer({ min: 4, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'wake' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retry' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      order: fc.integer({ min: 0, max: ORDERS - 1 }),
    }),
  },
)
