import { names } from '../../kit/names.ts'
import { reversal } from '../../kit/order-parts.ts'
import type { NormalisedOrder, OrderReversal } from '../../port/order.ts'
import { CHANGE_REASONS, PROGRESS } from '../codes.ts'
import { toRfc3339 } from '../dates.ts'
import type { Raw } from './raw.ts'
import type { WireOrder } from './wire-order.ts'

/** Converts the order's progress into mall states, with the reason of a cancellation. */
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

/** 返金手続期限. */
const REFUND_DUE = 2

/**
 * Changes (変更申請 to 変更完了) that lowered the amount, cancellations because the goods came back, and a refund that the shop has to
 * make until a day. How much was taken off getOrder does not tell.
 */
export function toReversals(order: WireOrder): OrderReversal[] {
  const changes = order.ChangeReasonModelList.flatMap((change): OrderReversal[] => {
    const { changeType, changeTypeDetail, changeReasonDetail: detail, changeApplyDatetime } = change
    const isReturn = RETURNS.has(detail ?? -1)
    const lowered =
      changeType !== null && changeType >= 4 && changeType <= 6 && LOWERED.has(changeTypeDetail ?? -1)
    const sentBack = changeType !== null && changeType <= 2 && isReturn
    if (!lowered && !sentBack) return []
    const reason = detail === null ? null : (CHANGE_REASONS[detail] ?? String(detail))
    const at = toRfc3339(changeApplyDatetime)
    return [reversal(isReturn ? 'return' : 'partial_cancel', { state: String(changeType), at, reason })]
  })
  const refunds = order.DueDateModelList.filter(({ dueDateType }) => dueDateType === REFUND_DUE).map(
    ({ dueDate }) => reversal('refund', { state: 'due', at: dueDate, reason: '返金手続期限' }),
  )
  return [...changes, ...refunds]
}

const TIMES = names('shopOrderCfmDatetime orderFixDatetime shippingInstDatetime shippingCmplRptDatetime')

export const toTimes = (order: WireOrder): NormalisedOrder['times'] => ({
  ...Object.fromEntries(TIMES.map((name) => [name, toRfc3339(order[name])])),
  cancelDueDate: order.cancelDueDate,
})

/** Returns unreadable times verbatim. */
export const unreadTimes = (raw: Raw): Record<string, unknown> =>
  Object.fromEntries(
    TIMES.map((name) => [name, raw[name]] as const).filter(
      ([, value]) => value && toRfc3339(typeof value === 'string' ? value : null) === null,
    ),
  )
