import { expect, test } from 'vitest'
import { openDetail } from './content.ts'

const opened = (stored: object) =>
  openDetail({ openJson: () => structuredClone(stored) as never }, '1', new Uint8Array())

test('days and times of a stored order have one form each, by their names', () => {
  const of = (paidAt: string | null, shipBy: string | null, until: string | null) => {
    const { payment, delivery, holds } = opened({
      payment: { paidAt },
      delivery: { shipBy },
      holds: [{ until }],
    })
    return [payment.paidAt, delivery.shipBy, holds[0]?.until]
  }
  expect(of('2026-07-02', '2026-07-03T23:59:59+09:00', '2026-07-01T00:25:22.000Z')).toEqual([
    ...['2026-07-02T00:00:00+09:00', '2026-07-03', '2026-07-01T09:25:22+09:00'],
  ])
  expect(of('2026-07-02T10:00:00+09:00', '2026-07-02T16:00:00Z', '2026-07-01')).toEqual([
    ...['2026-07-02T10:00:00+09:00', '2026-07-03', '2026-07-01T00:00:00+09:00'],
  ])
  expect(of(null, null, null)).toEqual([null, null, null])
  expect(of('入金待ち', '近日', 'Z')).toEqual(['入金待ち', '近日', 'Z'])
})

test('a detail without these parts stays as it is', () => {
  expect(opened({ orderNumber: '1' })).toEqual({ orderNumber: '1' })
})
