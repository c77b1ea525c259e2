import type { PoolClient } from 'pg'
import { expect, test } from 'vitest'
import { KEPT_DAYS, settle } from './settle.ts'

const AT = new Date('2026-01-15T03:00:00Z')
const DAY_MS = 24 * 60 * 60_000

interface Open {
  n: string
  waits: boolean
}

/** Settles a shop that has `open` listed and missing, of which `unasked` were not requested yet. */
async function settled({ open = [], unasked = [] }: { open?: Open[]; unasked?: string[] }) {
  const sent: { text: string; values: unknown[] }[] = []
  const query = async ({ text, values }: { text: string; values: unknown[] }) => {
    sent.push({ text, values })
    if (/^\s*select w\.order_number as n/.test(text)) return { rows: open }
    return { rows: /^select n from unnest/.test(text) ? unasked.map((n) => ({ n })) : [] }
  }
  const result = await settle({ query } as unknown as PoolClient, 'shop', ['2026-01-15'], AT)
  const valuesOf = (pattern: RegExp) => sent.find(({ text }) => pattern.test(text))?.values
  return { result, valuesOf, count: sent.length }
}

test('what is not here and not being fetched is to be asked for, unless somebody has', async () => {
  const open = [
    { n: 'a', waits: true },
    { n: 'b', waits: false },
    { n: 'c', waits: false },
  ]
  const { result, valuesOf } = await settled({ open, unasked: ['c'] })
  expect(result).toEqual({ unknown: ['c'], waiting: true })
  expect(valuesOf(/^select n from unnest/)?.slice(0, 2)).toEqual(['shop', ['b', 'c']])
})

test('one that is being fetched is waited for, and nobody is asked about none', async () => {
  const { result, valuesOf } = await settled({ open: [{ n: 'a', waits: true }], unasked: ['x'] })
  expect(result).toEqual({ unknown: [], waiting: true })
  expect(valuesOf(/^select n from unnest/)).toBeUndefined()
})

test('nothing is waited for where all is here, or some is not being fetched', async () => {
  expect((await settled({})).result).toEqual({ unknown: [], waiting: false })
  const { result } = await settled({ open: [{ n: 'a', waits: false }], unasked: ['a'] })
  expect(result).toEqual({ unknown: ['a'], waiting: false })
})

test('what was given up a day ago or longer is asked for anew, for a day, and only of the last week', async () => {
  const { valuesOf } = await settled({})
  expect(valuesOf(/update import_requests/)).toEqual([
    ...['shop', AT, new Date(AT.getTime() - DAY_MS), new Date(AT.getTime() + DAY_MS), 7],
  ])
})

test('days are counted anew as long as all that was listed of them is kept; skipped and dismissed ones are not waited for', async () => {
  const { valuesOf } = await settled({})
  expect(valuesOf(/^\s*with arrived/)).toEqual(['shop', ['skipped', 'dismissed'], AT, KEPT_DAYS - 1])
  expect(valuesOf(/^\s*with days/)).toEqual(['shop', ['2026-01-15'], AT, 50, 'PENDING', KEPT_DAYS - 1])
  expect(valuesOf(/update shop_sweeps/)).toEqual(['shop', 'PENDING'])
  expect(valuesOf(/^\s*select w\.order_number/)).toEqual(['shop', 'PENDING'])
})
