import { totalsFrom } from '../../marketplaces/kit/money.ts'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { RowSealer } from '../../platform/crypto/sealer.ts'
import { japaneseDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'

const detailContext = (orderId: string): string => `order:${orderId}:detail`

/**
 * Opens the detail of an order in the form that orders have today, whichever release stored it.
 * @throws where it was sealed by a key that is gone, or for another row
 */
export function openDetail(
  sealer: Pick<RowSealer, 'openJson'>,
  orderId: string,
  sealed: Uint8Array,
): NormalisedOrder {
  const detail = sealer.openJson<NormalisedOrder>(detailContext(orderId), sealed)
  const { payment, delivery, holds, totals } = detail
  // Releases before 0.9 stored the total of one mall without fees.
  if (totals) detail.totals = totalsFrom(totals.billed, detail.discounts)
  // … and these as each mall gives them: some a day, some a time, some in UTC. A part that is missing is none
  // of this function's business.
  if (payment?.paidAt) payment.paidAt = timeOf(payment.paidAt)
  if (delivery?.shipBy) delivery.shipBy = dayOf(delivery.shipBy)
  for (const hold of holds ?? []) if (hold.until) hold.until = timeOf(hold.until)
  return detail
}

/** `2026-05-19T21:04:11+09:00`; of a day its beginning. What is neither stays as it is. */
function timeOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00+09:00`
  const ms = text.endsWith('Z') ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : toJapaneseRfc3339(ms)
}

/** The day in Japan. */
function dayOf(text: string): string {
  const ms = text.length > 10 ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : japaneseDay(ms)
}
