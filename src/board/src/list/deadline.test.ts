import { expect, test } from 'vitest'
import { byDeadline, dueOf } from './deadline.ts'

const order = (shipBy: string | null, orderedAt: string) => ({
  orderedAt,
  detail: { delivery: { shipBy } },
})

test('the oldest deadline stands first, and what has none stands last in the order of buying', () => {
  const late = order('2026-11-27', '2026-11-26T00:00:00Z')
  const today = order('2026-11-28T15:00:00+09:00', '2026-11-20T00:00:00Z')
  const later = order('2026-12-01', '2026-11-01T00:00:00Z')
  const first = order(null, '2026-11-02T00:00:00Z')
  const second = { orderedAt: '2026-11-03T00:00:00Z', detail: null }
  const rows = [second, later, first, today, late]
  expect(byDeadline(rows)).toEqual([late, today, later, first, second])
  expect(dueOf(rows, '2026-11-28')).toEqual({ late: 1, today: 1, later: 1, none: 2 })
})
