import { describe, expect, it } from 'vitest'
import {
  type ChangeAction,
  ChangeParameters,
  type FieldLimit,
} from '../../src/marketplaces/port/site-changes.ts'
import { testMalls } from '../support/malls/test-malls.ts'

/**
 * Each row of each mall's limits: a value that just fits is taken, one that is over is refused with its
 * field.
 */

const malls = [...testMalls().values()]

const PARCEL = { carrier: 'sagawa', trackingNumber: '1234' }
const LINE = { lineId: '1', quantity: 1 }
const ENTRIES = { parcels: PARCEL, recipients: {}, lines: LINE, addLines: { itemCode: 'a', quantity: 1 } }
const WISHES: Partial<Record<ChangeAction, object>> = {
  ship: { shippedOn: '2026-07-05', parcels: [PARCEL] },
  correct_shipment: { parcels: [PARCEL] },
  cancel: { reason: '9' },
}

/** Among them is one of the type that a field has. */
const ANYTHING = ['1', '2026-07-05', 'keep', true, 1, [LINE], [ENTRIES.addLines]]

function withValue(action: ChangeAction, field: string, value: unknown): object {
  const [top = '', leaf] = field.split('.')
  const wish = WISHES[action] ?? {}
  if (leaf === undefined) return { ...wish, [top]: value }
  return { ...wish, [top]: [{ ...ENTRIES[top as keyof typeof ENTRIES], [leaf]: value }] }
}

function textOf(bytes: number | undefined, characters: number | undefined): string {
  if (bytes === undefined) return '1'.repeat(characters ?? 1)
  return '気'.repeat(Math.floor(bytes / 3)) + '1'.repeat(bytes % 3)
}

/** One value that is just taken, where there is one, and those that are not. */
function tries(action: ChangeAction, limit: FieldLimit): { fits: unknown[]; over: unknown[] } {
  const { field, bytes, characters, most, pattern, taken } = limit
  const known = (value: unknown) =>
    ChangeParameters[action].safeParse(withValue(action, field, value)).success
  if (taken === false) return { fits: [undefined], over: ANYTHING.filter(known) }
  if (most !== undefined) {
    const entry = Object.hasOwn(ENTRIES, field) ? ENTRIES[field as keyof typeof ENTRIES] : null
    const list = (length: number) =>
      Array.from({ length }, (_, index) => ({
        ...entry,
        ...(field === 'parcels' ? { trackingNumber: `12${index}` } : {}),
      }))
    return entry ? { fits: [list(most)], over: [list(most + 1)] } : { fits: [most], over: [most + 1] }
  }
  const fits = textOf(bytes, characters)
  const longer = bytes === undefined && characters === undefined ? [] : [`${fits}1`]
  return { fits: [fits], over: [...longer, ...(pattern ? ['番'] : [])].filter(known) }
}

describe.each(malls)('$label', ({ changes }) => {
  const rows = (changes?.actions ?? []).flatMap(({ action, parameters, limits = [] }) =>
    limits.map((limit) => ({ action, parameters, limit, field: limit.field })),
  )

  it.each(rows)('$action $field', ({ action, parameters, limit, field }) => {
    const refusals = (value: unknown) =>
      (parameters.safeParse(withValue(action, field, value)).error?.issues ?? [])
        .filter(({ path }) => path.filter((name) => typeof name === 'string').join('.') === field)
        .map(({ message }) => message)
    const { fits, over } = tries(action, limit)
    for (const value of fits) expect(refusals(value), `${value}`).toEqual([])
    // The common schema ends at the same place for some.
    if (limit.taken === false || limit.pattern) expect(over.length).toBeGreaterThan(0)
    for (const value of over) {
      expect(refusals(value), `${value}`).toHaveLength(1)
      expect(refusals(value)[0]).toMatch(/[ぁ-ん].*[。]$/)
    }
  })

  it('names each field once', () => {
    const named = rows.map(({ action, field }) => `${action} ${field}`)
    expect(new Set(named).size).toBe(named.length)
  })
})
