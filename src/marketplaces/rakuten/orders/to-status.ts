import { factsOf } from '../../../platform/narrow.ts'
import { emptyPayment, hold, holdsIf, reversal } from '../../kit/order-parts.ts'
import { names, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderHold, OrderRecipient, OrderReversal } from '../../port/order.ts'
import { CHANGE_REASONS, installmentsOf, PAYMENTS, PROGRESS } from '../codes.ts'
import { toRfc3339, type WireOrder, without } from '../wire.ts'

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
 * Changes (変更申請 to 変更完了) that lowered the amount, cancellations because the goods came back, and a refund
 * that the shop has to make until a day. How much was taken off getOrder does not tell.
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

type Payment = NormalisedOrder['payment']

const MAPPED = new Set(['settlementMethodCode', 'settlementMethod', 'cardName'])

export function toPayment(order: WireOrder, raw: Raw): Payment {
  const settlement = order.SettlementModel
  const known = PAYMENTS[settlement?.settlementMethodCode ?? -1]
  const status = statusOf(order)
  return {
    ...emptyPayment(),
    kind: known?.kind ?? (settlement === null && order.requestPrice === 0 ? 'free' : 'other'),
    code: settlement?.settlementMethodCode?.toString() ?? null,
    name: settlement?.settlementMethod ?? null,
    status,
    paidAt: status === 'paid' && known?.settles === 'before' ? toRfc3339(order.orderFixDatetime) : null,
    dueDate: dueDate(order, PAYMENT_DUE),
    changeUntil: endOfDay(dueDate(order, CHANGE_DUE)),
    cardBrand: settlement?.cardName ?? null,
    cardLast4: /(\d{4})$/.exec(settlement?.cardNumber ?? '')?.[1] ?? null,
    installments: installmentsOf(settlement?.cardPayType ?? null, settlement?.cardInstallmentDesc ?? null),
    mallFields: without(factsOf(raw.SettlementModel), MAPPED),
  }
}

const dueDate = (order: WireOrder, type: number): string | null =>
  order.DueDateModelList.find(({ dueDateType }) => dueDateType === type)?.dueDate ?? null

/** dueDateType 支払期限. */
const PAYMENT_DUE = 0
/** 支払方法変更期限. */
const CHANGE_DUE = 1

const endOfDay = (day: string | null) => (day ? `${day.slice(0, 10)}T23:59:59+09:00` : null)

/** Payments that Rakuten waits for before it lets the order go to 発送待ち (前払い). */
const isPrepaid = (order: WireOrder): boolean =>
  PAYMENTS[order.SettlementModel?.settlementMethodCode ?? -1]?.settles === 'before' && order.requestPrice > 0

/**
 * Derives the payment status from the progress, since getOrder does not state it: Rakuten moves an order to
 * 300 once the money is there or promised, and to 700 once it has settled.
 */
function statusOf(order: WireOrder): Payment['status'] {
  const progress = order.orderProgress
  if (progress === 900) return 'cancelled'
  if (order.requestPrice === 0 || progress === 700) return 'paid'
  const settles = PAYMENTS[order.SettlementModel?.settlementMethodCode ?? -1]?.settles
  const released = progress === 300 || progress === 500 || progress === 600
  if (settles === 'on_delivery') return 'unpaid'
  if (settles === 'before') return released ? 'paid' : progress < 300 ? 'unpaid' : 'unknown'
  return settles === 'authorised' && released ? 'authorised' : 'unknown'
}

/** Reasons that an order must not ship yet. None once it is shipped or cancelled. */
export function holdsOf(
  order: WireOrder,
  recipients: readonly OrderRecipient[],
  pending: readonly string[],
): OrderHold[] {
  const progress = PROGRESS[order.orderProgress]
  if (progress && progress.state !== 'open') return []
  return [
    ...holdsIf([
      order.rakutenConfirmFlag,
      'fraud_check',
      '楽天確認中です。確認が終わるまで出荷しないでください。',
    ]),
    ...progressHold(order),
    ...(recipients.some((recipient) => recipient.addressPending) ? [addressHold(order)] : []),
    ...holdsIf([pending.length > 0, 'amount_pending', '未確定の金額があります。']),
  ]
}

function progressHold(order: WireOrder): OrderHold[] {
  switch (order.orderProgress) {
    case 100:
    case 200: {
      if (!isPrepaid(order)) return [hold('mall_processing', `${PROGRESS[order.orderProgress]?.name}です。`)]
      const due = order.DueDateModelList.find((entry) => entry.dueDateType === 0)?.dueDate
      return [hold('unpaid', '前払いの入金待ちです。', due ? `${due}T23:59:59+09:00` : null)]
    }
    case 300:
      return []
    case 400:
      return [hold('change_pending', '変更確定待ちです。')]
    default:
      return [
        hold('mall_processing', `未知のステータス（${order.orderProgress}）です。RMSで確認してください。`),
      ]
  }
}

function addressHold(order: WireOrder): OrderHold {
  const due = order.PackageModelList.map((basket) => basket.SocialGiftModel?.inputDueDate).find(Boolean)
  const until = due ? `${due}T23:59:59+09:00` : null
  return hold('address_pending', 'ソーシャルギフトの受取情報の入力待ちです。', until)
}
