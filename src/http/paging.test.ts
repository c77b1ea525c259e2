import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { decodeCursor, encodeCursor, pageOf } from './paging.ts'

const Position = z.tuple([z.string(), z.number()])

test('a cursor comes back as it went out', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (text, number) => {
      expect(decodeCursor(encodeCursor([text, number]), Position)).toEqual([text, number])
    }),
  )
})

test('anything else is refused by name and never throws otherwise', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        decodeCursor(text, Position)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).fields).toMatchObject([{ field: 'cursor', code: 'invalid_cursor' }])
      }
    }),
  )
})

test('walking all pages shows each row once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }), (count, limit) => {
      const all = Array.from({ length: count }, (_, index) => index)
      const seen: number[] = []
      let after = -1
      for (;;) {
        const page = pageOf(all.filter((row) => row > after).slice(0, limit + 1), limit, (row) => [row])
        seen.push(...page.rows)
        if (page.nextCursor === null) break
        ;[after] = decodeCursor(page.nextCursor, z.tuple([z.number()]))
      }
      expect(seen).toEqual(all)
    }),
  )
})
