import { refused } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import { isPrepaid } from '../codes.ts'

/** Which status comes next, by how the order is paid. */

const isPaid = ({ payment }: NormalisedOrder) => payment.status === 'paid'

/** A prepayment that nobody has confirmed. */
export const waitsForPayment = (order: NormalisedOrder): boolean =>
  isPrepaid(order.payment.kind) && !isPaid(order)

/**
 * After 注文確認, or when a hold ends: 発送前入金待ち for what is prepaid, 発送待ち for cards, carrier billing, cash on
 * delivery and what is paid later. A payment that no word tells, and that nobody has authorised, is a person's to decide.
 */
export function confirmedStatus(order: NormalisedOrder): string | ChangePlan {
  if (waitsForPayment(order)) return '発送前入金待ち'
  const known = order.payment.kind !== 'other' || isPaid(order) || order.payment.status === 'authorised'
  return known
    ? '発送待ち'
    : refused(
        'PAYMENT_KIND_UNKNOWN',
        '支払方法から次のステータスを決められません。Wow!managerでステータスを変更してください。',
      )
}

/** The mall settles what it authorised by itself; only what the buyer pays after delivery is still waited for. */
export const shippedStatus = (order: NormalisedOrder, markPaid: boolean): string =>
  order.payment.kind === 'deferred' && !isPaid(order) && !markPaid ? '発送後入金待ち' : '完了'
