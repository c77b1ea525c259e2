import type { FieldReader } from '../../kit/field-reader.ts'
import type { MallState, NormalisedOrder, OrderHold } from '../../port/order.ts'
import { STATUSES } from '../codes.ts'
import { CANCELLED } from './to-items.ts'
import { isUnpaid } from './to-payment.ts'

/** Codes that decide whether an order may ship, read once. */
export interface OrderCodes {
  /** The mall's text, or one that the shop named itself; empty when the mall gave none. */
  status: string
  cancelled: boolean
  shipped: boolean
  reservation: boolean
  pgResult: string | null
}

export function toCodes(order: FieldReader): OrderCodes {
  const status = order.text('orderStatus') ?? ''
  return {
    status,
    cancelled: CANCELLED.has(order.peek('cancelStatus') ?? '') || STATUSES[status]?.state === 'cancelled',
    shipped: order.peek('shipStatus') === 'Y',
    reservation: order.peek('sellMethodSegment') === '2',
    pgResult: order.peek('pgResult'),
  }
}

/** A text that is not the mall's own is a status defined by the shop, a step on the way to dispatch. */
export function toMallState({ status, cancelled, shipped }: OrderCodes): MallState {
  if (cancelled) return 'cancelled'
  const state = STATUSES[status]?.state ?? 'open'
  return state === 'open' && shipped ? 'shipped' : state
}

/** Dispatch was allowed, or has happened. */
export const isReleased = (codes: OrderCodes): boolean =>
  codes.status === '発送待ち' || ['shipped', 'completed'].includes(toMallState(codes))

/** The mall, or the buyer, decides next, and sends the shop no mail about it. */
export const waitsForMall = (status: string): boolean => STATUSES[status]?.waitsForMall === true

/** Why it must not ship yet; nothing for what ships no more. */
export function toHolds(
  codes: OrderCodes,
  payment: NormalisedOrder['payment'],
  releaseDate: string | null,
  unknownCancels: readonly string[],
): OrderHold[] {
  if (toMallState(codes) !== 'open') return []
  const byStatus = STATUSES[codes.status]?.hold
  const holds: OrderHold[] = []
  if (byStatus) holds.push({ ...byStatus, until: null })
  if (codes.status === '') {
    holds.push({ kind: 'mall_processing', until: null, note: '受注ステータスを読み取れません。' })
  }
  if (unknownCancels.length > 0) {
    const values = unknownCancels.map((code) => code.slice(0, 50)).join('、')
    const note = `明細のキャンセル状態が未知の値（${values}）です。出荷する明細をWow!managerで確認してください。`
    holds.push({ kind: 'mall_processing', until: null, note })
  }
  if (codes.reservation && byStatus?.kind !== 'reserve' && codes.status !== '発送待ち') {
    holds.push({ kind: 'reserve', until: null, note: '予約注文です。' })
  }
  if (isUnpaid(payment, codes.pgResult) && byStatus?.kind !== 'unpaid') {
    const note =
      codes.pgResult === '1'
        ? '決済に失敗しています。Wow!managerで確認してください。'
        : '入金がまだ確認できません。'
    holds.push({ kind: 'unpaid', until: null, note })
  }
  return holds.map((hold) => (hold.kind === 'reserve' ? { ...hold, until: startOfDay(releaseDate) } : hold))
}

const startOfDay = (day: string | null) =>
  day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00+09:00` : null

/** Flags and codes under the mall's names; Y and N where nothing else is said. */
export const STATUS_FIELDS = [
  'contactStatus',
  'authorizationStatus',
  'paymentStatus',
  'shipStatus',
  'printStatus',
  'cancelStatus',
  'settleStatus',
  'pgResult',
  'pointFixedStatus',
  'usePointCancel',
  'useAuPointCancel',
  'elecReceiptIssueStatus',
] as const

export const TIME_FIELDS = [
  'contactDate',
  'authorizationDate',
  'paymentDate',
  'shipDate',
  'printDate',
  'cancelDate',
] as const

export const DAY_FIELDS = ['releaseDate', 'pointFixedDate', 'authoriTimelimitDate'] as const

export function toCancelReason(order: FieldReader): NormalisedOrder['cancelReason'] {
  const reason = { code: order.text('cancelReason'), text: order.text('cancelComment') }
  return reason.code === null && reason.text === null ? null : reason
}
