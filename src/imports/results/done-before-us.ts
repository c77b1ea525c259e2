import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { DueRequest } from '../requests/due.ts'

/**
 * Why an order that a sweep found is not imported: it was dealt with at the mall before the shop came here. A first sweep
 * looks back 30 days, and what the shop has shipped long ago must not come up as a new order to be shipped again. What is
 * still open at the mall comes in however old it is, and so does everything that a person or a mail asks for.
 * @returns null when it is to be imported
 */
export function doneBeforeUs(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId'>,
  order: Pick<NormalisedOrder, 'mallState' | 'orderedAt'>,
  shopSince: Date,
): string | null {
  const isNews = request.source === 'sweep' && request.purpose === 'import' && request.orderId === null
  if (!isNews || order.mallState === 'open' || Date.parse(order.orderedAt) >= shopSince.getTime()) return null
  return 'この店舗の登録前に、モールで発送・完了・キャンセル済みの受注です。取り込むには受注番号を指定してください。'
}

/**
 * Why an order that the mall had held back (未決済) is not imported: it was cancelled before it was one. It would only have to
 * be thrown away by hand. What a person asks for comes in.
 * @returns null when it is to be imported
 */
export function cancelledWhileHeldBack(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId' | 'pendingUntil'>,
  order: Pick<NormalisedOrder, 'mallState'>,
): string | null {
  const { source, purpose, orderId, pendingUntil } = request
  const wasHeldBack = pendingUntil !== null && purpose === 'import' && orderId === null && source !== 'person'
  if (!wasHeldBack || order.mallState !== 'cancelled') return null
  return 'モールで確定する前にキャンセルされた受注です。取り込むには受注番号を指定してください。'
}
