import type { Seeded } from '../../kit/seeded.ts'
import type { Fields } from './sim-order.ts'
import { toDay, toMinute } from './time.ts'

const AUTHORISED_DAYS_MS = 30 * 24 * 60 * 60 * 1000

/** Carrier billing mostly, then cards, some cash on delivery, few prepayments. */
export function paymentFields(dice: Seeded, orderedAt: number): Fields {
  const turn = dice.int(1, 20)
  if (turn <= 11) return authorised('au PAY（auかんたん決済）', orderedAt)
  if (turn <= 15) return { ...authorised('クレジットカード決済', orderedAt), secureSegment: '1' }
  if (turn <= 17) return open('代金引換')
  return open(turn === 18 ? 'コンビニ決済' : '銀行振込')
}

const open = (settlementName: string): Fields => ({
  settlementName,
  authorizationStatus: 'N',
  paymentStatus: 'N',
})

/** paymentStatus stays N until the parcel has left. */
const authorised = (settlementName: string, orderedAt: number): Fields => ({
  ...open(settlementName),
  authorizationStatus: 'Y',
  authorizationDate: toMinute(orderedAt),
  authoriTimelimitDate: toDay(orderedAt + AUTHORISED_DAYS_MS),
  pgResult: '0',
  pgOrderId: `PG${orderedAt % 10_000_000_000}`,
})
