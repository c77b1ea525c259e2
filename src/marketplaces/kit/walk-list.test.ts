import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MarketplaceFailure } from '../port/failures.ts'
import { checkWindow, readEntries, unreadableOf, walkPlaces } from './walk-list.ts'

const MALL = { label: '見本モール', prefix: 'SAMPLE', console: '見本画面' }
const DAY_MS = 24 * 60 * 60 * 1000
const FROM = Date.parse('2026-11-01T00:00:00Z')
const window = (days: number) => ({ from: new Date(FROM), to: new Date(FROM + days * DAY_MS) })

test('a window may be as long as the mall takes, and no longer', () => {
  for (const days of [0, 0.001, 31]) expect(() => checkWindow(window(days), 31, MALL)).not.toThrow()
  const message = '注文一覧の期間は31日以内で指定してください。'
  for (const days of [31.001, -0.001, -1])
    expect(() => checkWindow(window(days), 31, MALL)).toThrow(
      expect.objectContaining({ kind: 'rejected', code: 'SAMPLE_LIST_WINDOW', message }),
    )
})

test('a place comes back as it was, and a text that is none is refused', () => {
  const { encode, decode } = walkPlaces(z.object({ start: z.int().positive() }), MALL)
  expect(decode(encode({ start: 501 }))).toEqual({ start: 501 })
  expect(encode({ start: 501 })).toMatch(/^[\w-]+$/)
  const other = walkPlaces(z.object({ page: z.int() }), MALL).encode({ page: 1 })
  for (const page of ['', 'nonsense', other, Buffer.from('[').toString('base64url')]) {
    const refused = () => decode(page)
    expect(refused).toThrow(MarketplaceFailure)
    const message = '注文一覧の続きの位置が使えません。最初から取得し直してください。'
    const cause = expect.any(Error)
    expect(refused).toThrow(
      expect.objectContaining({ kind: 'rejected', code: 'SAMPLE_LIST_PAGE', message, cause }),
    )
  }
})

const listed = (orderNumber: string) => ({
  orderNumber,
  orderedAt: null,
  mallStatus: null,
  mallState: null,
})

test('one entry that cannot be read is named by its place, and the others are known', () => {
  const read = (number: string | null) => {
    if (number === 'broken') throw new Error('no date')
    return number === null ? null : listed(number)
  }
  const orders = [listed('a-1'), listed('a-2')]
  const entries = ['a-1', 'broken', null, 'a-2']
  expect(readEntries(entries, read)).toEqual({ orders, unreadable: ['2件目', '3件目'] })
  expect(readEntries(entries, read, 500)).toEqual({ orders, unreadable: ['502件目', '503件目'] })
  expect(readEntries([], read, 500)).toEqual({ orders: [], unreadable: [] })
})

test('a number that the database refuses is unreadable, not the whole page', () => {
  const most = '9'.repeat(100)
  const bad = ['', 'a b', ' a', 'a\n', '注文1', 'a\u0000', `${most}9`]
  expect(readEntries(['!', '~', most], listed).unreadable).toEqual([])
  expect(readEntries(bad, listed)).toEqual({
    orders: [],
    unreadable: bad.map((_number, index) => `${index + 1}件目`),
  })
})

test('every entry of a page is an order or named, in the order of the page', () => {
  const entry = fc.oneof(fc.stringMatching(/^[!-~]{1,100}$/), fc.string(), fc.constant(null))
  fc.assert(
    fc.property(fc.array(entry), fc.nat(10_000), (entries, before) => {
      const { orders, unreadable } = readEntries(
        entries,
        (number) => (number === null ? null : listed(number)),
        before,
      )
      const places = new Set(unreadable)
      const known = entries.filter((_number, index) => !places.has(`${before + index + 1}件目`))
      expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(known)
      expect(places.size + orders.length).toBe(entries.length)
    }),
  )
})

test('a page says of unreadable entries only where it has some', () => {
  expect(unreadableOf([])).toEqual({})
  expect(unreadableOf(['1件目'])).toEqual({ unreadable: ['1件目'] })
})
