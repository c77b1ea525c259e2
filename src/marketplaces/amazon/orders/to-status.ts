import { codeTable } from '../../kit/codes.ts'
import { emptyPayment, holdsIf, marksOf, reversal, warning } from '../../kit/order-parts.ts'
import { names, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderHold, OrderWarning } from '../../port/order.ts'
import { FAST_LEVELS, isGiftCard, paymentOf, STATUS } from '../codes.ts'
import { leftover, toRfc3339, type WireOrder } from '../wire.ts'
import { goodsOf, isDeleted } from './to-amounts.ts'

const statusOf = (order: WireOrder) => order.fulfillment?.fulfillmentStatus ?? ''
const isOpen = (order: WireOrder) => (STATUS[statusOf(order)]?.state ?? 'open') === 'open'
const isFba = (order: WireOrder) => order.fulfillment?.fulfilledBy === 'AMAZON'

/** A buyer's request changes no status: it is in a line of an order that can still be shipped. */
const wantsCancel = (order: WireOrder) =>
  order.orderItems.some(
    ({ cancellation }) => cancellation?.cancellationRequest && !cancellation.cancellationExecution,
  )

const amountsMissing = (order: WireOrder) =>
  statusOf(order) !== 'CANCELLED' &&
  order.orderItems.some((item) => !isDeleted(item, order) && goodsOf(item) === null)

/** Name, street and phone come with one role, and without it Amazon omits them silently. */
export const piiMissing = (order: WireOrder): boolean => {
  const address = order.recipient?.deliveryAddress
  return (
    isOpen(order) &&
    !isFba(order) &&
    !statusOf(order).startsWith('PENDING') &&
    !(address?.name && address.addressLine1)
  )
}

export function holdsOf(order: WireOrder): OrderHold[] {
  if (!isOpen(order)) return []
  const status = statusOf(order)
  return holdsIf(
    [isFba(order), 'mall_processing', 'FBAの注文です。Amazonが出荷します。'],
    [status.startsWith('PENDING'), 'unpaid', '決済の確認待ちです。'],
    [
      status === 'UNFULFILLABLE' || STATUS[status] === undefined,
      'mall_processing',
      `ステータス「${status || 'なし'}」です。セラーセントラルで確認してください。`,
    ],
    [
      wantsCancel(order),
      'change_pending',
      '購入者がキャンセルを希望しています。出荷する前に対応を決めてください。',
    ],
    [piiMissing(order), 'address_pending', '送付先の氏名・住所を取得できていません。'],
    [amountsMissing(order), 'amount_pending', '金額が取得できていません。'],
  )
}

const PROGRAM_FLAGS: Readonly<Record<string, string>> = codeTable<string>({
  PRIME: 'prime',
  PREMIUM: 'premium',
  AMAZON_BUSINESS: 'business',
  AMAZON_EASY_SHIP: 'easy_ship',
  FBM_SHIP_PLUS: 'fbm_ship_plus',
  DELIVERY_BY_AMAZON: 'delivery_by_amazon',
  PREORDER: 'reserve',
  IN_STORE_PICK_UP: 'store_pickup',
  SUBSCRIBE_AND_SAVE: 'subscription',
  TRANSPARENCY: 'transparency',
})

export function flagsOf(order: WireOrder, gift: NormalisedOrder['gift']): string[] {
  const programs = [...order.programs, ...order.orderItems.flatMap((item) => item.programs)]
  const marks = marksOf({
    cancelled_at_mall: statusOf(order) === 'CANCELLED',
    cancel_requested: isOpen(order) && wantsCancel(order),
    unknown_status: STATUS[statusOf(order)] === undefined,
    fba: isFba(order),
    gift: gift.requested,
    express: FAST_LEVELS.has(order.fulfillment?.fulfillmentServiceLevel ?? ''),
    pickup: order.recipient?.deliveryAddress?.addressType === 'PICKUP_POINT',
    serial_number_required: order.orderItems.some(
      (item) => item.fulfillment?.packing?.serialNumberRequirement?.requirementType === 'REQUIRED',
    ),
    age_check: isMandatory(order, 'recipientAgeVerification'),
    identity_check: isMandatory(order, 'recipientIdentityVerification'),
    signature: isMandatory(order, 'signatureConfirmation'),
    customised: order.orderItems.some((item) => Boolean(item.product.customization)),
  })
  return [...new Set([...marks, ...programs.flatMap((program) => PROGRAM_FLAGS[program] ?? [])])]
}

type Constraint = 'recipientAgeVerification' | 'recipientIdentityVerification' | 'signatureConfirmation'

/** Of any line: one parcel has to be checked at the door as a whole. */
const isMandatory = (order: WireOrder, constraint: Constraint): boolean =>
  order.orderItems.some(
    (item) => item.fulfillment?.shipping?.shippingConstraints?.[constraint] === 'MANDATORY',
  )

export const PII_ROLE = 'Direct-to-Consumer Shipping (Restricted)'

export function warningsOf(order: WireOrder): OrderWarning[] {
  const status = statusOf(order)
  const unknown = `Amazonの注文ステータス「${status || 'なし'}」は未対応です。セラーセントラルで状態を確認してください。`
  return [
    ...(STATUS[status] ? [] : [warning('UNKNOWN_STATUS', 'mallStatus.code', unknown, null, status)]),
    ...(piiMissing(order) ? [warning('AMAZON_PII_MISSING', 'recipients[0].person', NO_PII)] : []),
    ...(amountsMissing(order) ? [warning('AMOUNT_MISSING', 'totals', NO_AMOUNTS)] : []),
  ]
}

const NO_PII = `送付先の氏名・住所を取得できませんでした。アプリにロール「${PII_ROLE}」が必要です。ロールを追加し、アプリを認可し直してください。注文日から14日間は1時間ごとに自動で取得し直します。それより古い注文と、すでに新規受付に移した注文や編集した注文は、再取込してください。`
const NO_AMOUNTS = '商品の金額がAmazonの応答にありません。セラーセントラルで金額を確認してください。'

export function toStatus(order: WireOrder) {
  const code = order.fulfillment?.fulfillmentStatus ?? ''
  const known = STATUS[code]
  return {
    mallState: known?.state ?? 'open',
    mallStatus: { code, name: known?.name ?? null },
    mallStatuses: {
      fulfilledBy: order.fulfillment?.fulfilledBy ?? null,
      packageStatus: order.packages.at(-1)?.packageStatus?.status ?? null,
    },
    cancelReason: known?.state === 'cancelled' ? cancelReason(order) : null,
  } satisfies Partial<NormalisedOrder>
}

/** Uses the cancelling party as the reason's code; Amazon has no code of its own. */
function cancelReason(order: WireOrder): NormalisedOrder['cancelReason'] {
  const execution = order.orderItems
    .map((item) => item.cancellation?.cancellationExecution ?? null)
    .find((one) => one !== null)
  return execution ? { code: execution.cancelledBy, text: execution.cancelReason } : null
}

/**
 * Amazon reports that a line was removed from an order that continues, but neither the count of pieces nor
 * the money.
 */
export const toReversals = (order: WireOrder): NormalisedOrder['reversals'] =>
  order.fulfillment?.fulfillmentStatus === 'CANCELLED'
    ? []
    : order.orderItems.flatMap(({ orderItemId: lineId, cancellation }) => {
        const execution = cancellation?.cancellationExecution ?? null
        if (execution === null) return []
        const { cancelledBy: state, cancelReason: reason } = execution
        return [reversal('partial_cancel', { lineId, state, reason })]
      })

export const toTimes = ({ fulfillment }: WireOrder): NormalisedOrder['times'] =>
  Object.fromEntries(
    names('shipBy deliverBy labelPrinting').flatMap((what) => {
      const window = fulfillment?.[`${what}Window`]
      return [
        [`${what}Earliest`, toRfc3339(window?.earliestDateTime ?? null)],
        [`${what}Latest`, toRfc3339(window?.latestDateTime ?? null)],
      ]
    }),
  )

type Payment = NormalisedOrder['payment']
type Executions = NonNullable<WireOrder['payment']>['paymentExecutions']

/** Chooses points and gift cards only when there is nothing else: cash on delivery or a charge decides. */
export function toPayment(order: WireOrder, raw: Raw): Payment {
  const executions = order.payment?.paymentExecutions ?? []
  const means = executions.filter(({ paymentMethod }) => !isPrepaid(paymentMethod))
  const [main, ...others] = means.length > 0 ? means : executions
  const known = paymentOf(main?.paymentMethod ?? null)
  const kind = known?.kind ?? kindWithoutMethod(order, main !== undefined)
  const second = others.map(({ paymentMethod }) => paymentOf(paymentMethod)?.name ?? paymentMethod)
  return {
    ...emptyPayment(),
    kind,
    code: main?.paymentMethod ?? null,
    name: known?.name ?? main?.paymentMethod ?? (kind === 'cod' ? '代金引換' : null),
    combinedName: second.length === 0 ? null : second.join('、'),
    status: paymentStatus(order, kind),
    parts: executions.length < 2 ? [] : executions.map(toPart),
    cardBrand: main?.cardBrand ?? null,
    mallFields: leftover(raw.payment, []),
  }
}

const toPart = ({ paymentMethod, paymentAmount }: Executions[number]) => ({
  code: paymentMethod,
  name: paymentOf(paymentMethod)?.name ?? paymentMethod,
  amount: paymentAmount,
})

const isPrepaid = (method: string | null) => paymentOf(method)?.kind === 'points' || isGiftCard(method)

function kindWithoutMethod(order: WireOrder, named: boolean): Payment['kind'] {
  if (named) return 'other'
  if (isCollected(order)) return 'cod'
  return order.proceeds?.grandTotal === 0 ? 'free' : 'other'
}

/** The carrier collects: said by a fee or by the lines, also where the payment itself is not named. */
const isCollected = (order: WireOrder): boolean =>
  (order.proceeds?.breakdowns ?? []).some(({ type, subtotal }) => type === 'COD_FEE' && subtotal > 0) ||
  order.orderItems.some(
    (item) => item.fulfillment?.shipping?.shippingConstraints?.cashOnDelivery === 'MANDATORY',
  )

/**
 * Derives the payment status, which Amazon does not state. UNSHIPPED means that the payment is authorised, or
 * was made at a convenience store; a card is charged when the shipment is confirmed.
 */
function paymentStatus(order: WireOrder, kind: Payment['kind']): Payment['status'] {
  const status = order.fulfillment?.fulfillmentStatus ?? ''
  const state = STATUS[status]?.state
  if (state === undefined || status === 'UNFULFILLABLE') return 'unknown'
  if (state === 'cancelled') return 'cancelled'
  if (kind === 'cod' || status.startsWith('PENDING')) return 'unpaid'
  if (state === 'shipped' || kind === 'convenience_store' || kind === 'points' || kind === 'free')
    return 'paid'
  return 'authorised'
}
