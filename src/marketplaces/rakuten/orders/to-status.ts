import type { NormalisedOrder, OrderReversal } from '../../port/order.ts'
import { CHANGE_REASONS, PROGRESS } from '../codes.ts'
import { toRfc3339 } from '../dates.ts'
import type { WireOrder } from './wire-order.ts'

/** What the order's progress means, with the reason where it ended in a cancellation. */
export function toStatus(order: WireOrder) {
  const progress = PROGRESS[order.orderProgress]
  const text = (value: number | null) => value?.toString() ?? null
  return {
    mallState: progress?.state ?? 'open',
    mallStatus: { code: String(order.orderProgress), name: progress?.name ?? null },
    mallSubStatus: order.subStatusId === null ? null : { code: order.subStatusId, name: order.subStatusName },
    mallStatuses: {
      rakutenConfirmFlag: order.rakutenConfirmFlag ? '1' : '0',
      cautionDisplayType: text(order.cautionDisplayType),
      cautionDisplayDetailType: text(order.cautionDisplayDetailType),
    },
    cancelReason: progress?.state === 'cancelled' ? cancelReason(order) : null,
  } satisfies Partial<NormalisedOrder>
}

/** The newest entry of a cancellation: changeType キャンセル申請, キャンセル確定, キャンセル完了. */
function cancelReason(order: WireOrder): NormalisedOrder['cancelReason'] {
  const newest = order.ChangeReasonModelList.filter(
    ({ changeType }) => changeType !== null && changeType <= 2,
  )
    .sort((a, b) => (a.changeApplyDatetime ?? '').localeCompare(b.changeApplyDatetime ?? ''))
    .at(-1)
  const detail = newest?.changeReasonDetail ?? null
  return detail === null ? null : { code: String(detail), text: CHANGE_REASONS[detail] ?? null }
}

/** 受取後の返品, 返品(破損・品間違い). */
const RETURNS: ReadonlySet<number> = new Set([2, 15])
/** changeTypeDetail 減額, and with another payment. */
const LOWERED: ReadonlySet<number> = new Set([0, 11])

/** Changes (変更申請 to 変更完了) that lowered the amount; how much they took off getOrder does not tell. */
export function toReversals(order: WireOrder): OrderReversal[] {
  return order.ChangeReasonModelList.filter(
    ({ changeType, changeTypeDetail }) =>
      changeType !== null && changeType >= 4 && changeType <= 6 && LOWERED.has(changeTypeDetail ?? -1),
  ).map(({ changeType, changeReasonDetail: detail, changeApplyDatetime }) => ({
    kind: RETURNS.has(detail ?? -1) ? 'return' : 'partial_cancel',
    ...{ lineId: null, quantity: null, amount: null, state: String(changeType) },
    at: toRfc3339(changeApplyDatetime),
    reason: detail === null ? null : (CHANGE_REASONS[detail] ?? String(detail)),
  }))
}

export const toTimes = (order: WireOrder): NormalisedOrder['times'] => ({
  shopOrderCfmDatetime: toRfc3339(order.shopOrderCfmDatetime),
  orderFixDatetime: toRfc3339(order.orderFixDatetime),
  shippingInstDatetime: toRfc3339(order.shippingInstDatetime),
  shippingCmplRptDatetime: toRfc3339(order.shippingCmplRptDatetime),
  cancelDueDate: order.cancelDueDate,
})
