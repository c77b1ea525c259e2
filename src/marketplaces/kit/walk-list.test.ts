import { expect, test } from 'vitest'
import { z } from 'zod'
import { MarketplaceFailure } from '../port/failures.ts'
import { checkWindow, walkPlaces } from './walk-list.ts'

const MALL = { label: '見本モール', prefix: 'SAMPLE' }
const DAY_MS = 24 * 60 * 60 * 1000
const window = (days: number) => ({ from: new Date(0), to: new Date(days * DAY_MS) })

test('a window may be as long as the mall takes, and no longer', () => {
  expect(() => checkWindow(window(31), 31, MALL)).not.toThrow()
  for (const days of [31.001, -1])
    expect(() => checkWindow(window(days), 31, MALL)).toThrow(
      expect.objectContaining({ kind: 'rejected', code: 'SAMPLE_LIST_WINDOW' }),
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
    expect(refused).toThrow(expect.objectContaining({ kind: 'rejected', code: 'SAMPLE_LIST_PAGE' }))
  }
})
