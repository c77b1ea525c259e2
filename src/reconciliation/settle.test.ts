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
async function settled({
  open = [],
  unasked = [],
  givenUp = [],
  listedUntil = AT,
}: {
  open?: Open[]
  unasked?: string[]
  givenUp?: { id: string; placedAt: Date; givenUpAt: Date }[]
  listedUntil?: Date
}) {
  const sent: { text: string; values: unknown[] }[] = []
  const query = async ({ text, values }: { text: string; values: unknown[] }) => {
    sent.push({ text, values })
    if (/^\s*select w\.order_number as n/.test(text)) return { rows: open }
    if (/"givenUpAt"/.test(text)) return { rows: givenUp }
    return { rows: /^select n from unnest/.test(text) ? unasked.map((n) => ({ n })) : [] }
  }
  const result = await settle(
    { query } as unknown as PoolClient,
    { shopId: 'shop', limits: { historyDays: 180 }, listedUntil },
    ['2026-01-15'],
    AT,
  )
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

const ago = (days: number): Date => new Date(AT.getTime() - days * DAY_MS)

test('what was given up is asked for anew, for a day, when its time has come, as long as the mall has it', async () => {
  const givenUp = [
    { id: 'a day ago', placedAt: ago(1.1), givenUpAt: ago(1) },
    { id: 'today', placedAt: ago(1.1), givenUpAt: ago(0.9) },
    { id: 'old', placedAt: ago(22), givenUpAt: ago(2) },
  ]
  const { valuesOf } = await settled({ givenUp })
  expect(valuesOf(/"givenUpAt"/)?.slice(0, 2)).toEqual(['shop', ago(180)])
  expect(valuesOf(/update import_requests/)?.slice(0, 3)).toEqual([['a day ago'], AT, ago(-1)])
  const back = await settled({ givenUp, listedUntil: ago(1) })
  expect(back.valuesOf(/update import_requests/)?.[0]).toEqual(['a day ago', 'today', 'old'])
})

test('nothing is written where nothing was given up', async () => {
  expect((await settled({})).valuesOf(/update import_requests/)).toBeUndefined()
})

test('days are counted anew as long as all that was listed of them is kept; skipped and dismissed ones are not waited for', async () => {
  const { valuesOf } = await settled({})
  expect(valuesOf(/^\s*with arrived/)).toEqual([
    'shop',
    ['not_ours', 'dismissed'],
    'skipped',
    AT,
    KEPT_DAYS - 1,
  ])
  expect(valuesOf(/^\s*with days/)).toEqual(['shop', ['2026-01-15'], AT, 50, 'PENDING', KEPT_DAYS - 1])
  expect(valuesOf(/update shop_sweeps/)).toEqual(['shop', 'PENDING'])
  expect(valuesOf(/^\s*select w\.order_number/)).toEqual(['shop', 'PENDING'])
})
