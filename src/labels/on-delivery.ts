import type { NormalisedOrder } from '../marketplaces/port/order.ts'

/**
 * Yen that the carrier collects (代引); null: the order is not paid so. Some mall says what is outstanding, as
 * a part may have been paid by another way after all; of the others it is the bill.
 */
export function dueOnDelivery({ payment, totals }: NormalisedOrder): number | null {
  if (payment.kind !== 'cod') return null
  return payment.outstanding ?? totals.billed
}
