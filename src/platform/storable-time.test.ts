import { expect, it } from 'vitest'
import { isStorableTime } from './storable-time.ts'

it('takes what Postgres takes, with offsets that exist', () => {
  for (const text of [
    '2026-01-15',
    '2026-01-15T00:00:00Z',
    '2026-01-15T00:00:00.123+09:00',
    '1900-01-01T00:00:00-14:00',
  ])
    expect([text, isStorableTime(text)]).toEqual([text, true])
  for (const text of [
    '0000-01-01',
    '0000-01-01T00:00:00Z',
    '1899-12-31T23:59:59Z',
    '2026-01-15T00:00:00+16:00',
    '2026-01-15T00:00:00-16:00',
    '2026-01-15T00:00:00+14:01',
    '2026-13-45',
    'x',
  ])
    expect([text, isStorableTime(text)]).toEqual([text, false])
})
