import { z } from 'zod'
import { endOf, type Parcel, sameNumber, stateOf, stepsOf } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/codes.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'

/** One call of 受注情報更新API: the operation and its parameters, without shop and order. */
const AupayPayload = z.discriminatedUnion('operation', [
  z.object({
    operation: z.literal('updateTradeInfoProc'),
    /** yyyyMMdd */
    shippingDate: z.string(),
    shippingCarrier: z.string(),
    /** Absent: the mall keeps its value. */
    shippingNumber: z.string().optional(),
  }),
  z.object({
    operation: z.literal('updateTradeStsProc'),
    orderStatus: z.string(),
    /**
     * The status that it leaves. Not sent: it distinguishes a step that was not applied from one overtaken by
     * another person.
     */
    from: z.string(),
  }),
  z.object({ operation: z.literal('cancelTradeProc'), cancelReason: z.string(), cancelComment: z.string() }),
])
type AupayPayload = z.infer<typeof AupayPayload>
export type ShippingPayload = Extract<AupayPayload, { operation: 'updateTradeInfoProc' }>

const { step, payloadOf } = stepsOf(AupayPayload)

export const statusStep = (name: string, from: string, orderStatus: string): ChangeStep =>
  step(
    name,
    `ステータスを「${orderStatus}」に変更`,
    { operation: 'updateTradeStsProc', orderStatus, from },
    { from, orderStatus },
  )

export const cancelStep = (cancelReason: string, cancelComment: string): ChangeStep =>
  step(
    'cancel',
    '注文のキャンセル',
    { operation: 'cancelTradeProc', cancelReason, cancelComment },
    { cancelReason, characters: cancelComment.length },
  )

/** None where the mall's record says the same already. */
export function shippingSteps(data: ShippingPayload, parcel: Parcel | undefined): ChangeStep[] {
  if (parcel && shows(parcel, data)) return []
  const { shippingDate, shippingCarrier, shippingNumber } = data
  const end = endOf(shippingNumber)
  const label = `発送情報の登録（${CARRIERS.names[shippingCarrier]}、伝票番号 ${end ?? 'なし'}）`
  return [step('shipping', label, data, { shippingDate, shippingCarrier, shippingNumber: end })]
}

/** The method, and its fields behind shop and order, in the order of the API's samples. */
export function callOf(of: ChangeStep) {
  const payload = payloadOf(of)
  switch (payload.operation) {
    case 'updateTradeStsProc':
      return { method: payload.operation, fields: { orderStatus: payload.orderStatus } }
    case 'updateTradeInfoProc': {
      const { operation: method, shippingDate, shippingCarrier, shippingNumber } = payload
      const number = shippingNumber ? { shippingNumber } : {}
      return { method, fields: { shippingDate, shippingCarrier, ...number } }
    }
    case 'cancelTradeProc': {
      const { operation: method, ...fields } = payload
      return { method, fields }
    }
  }
}

/** Tells whether an order just read shows a step as applied. The API reads back at once what it wrote. */
export function aupayStepState(of: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(of)
  switch (payload.operation) {
    case 'updateTradeInfoProc':
      return stateOf(order.recipients.some(({ parcels }) => parcels.some((parcel) => shows(parcel, payload))))
    case 'updateTradeStsProc':
      return statusState(payload, order)
    case 'cancelTradeProc':
      return stateOf(order.mallState === 'cancelled')
  }
}

/** True when the mall's record matches the data. Without a number in the data, the record's own stays. */
const shows = (parcel: Parcel, data: ShippingPayload): boolean =>
  (parcel.shippedOn ?? '').replaceAll('-', '') === data.shippingDate &&
  parcel.carrierCode === data.shippingCarrier &&
  (data.shippingNumber === undefined || sameNumber(parcel.trackingNumber, data.shippingNumber))

/** Statuses that follow a status and so prove that it was reached. */
const BEYOND = codeTable<readonly string[]>({
  予約中: ['発送前入金待ち', '発送待ち', '発送後入金待ち', '完了'],
  発送前入金待ち: ['発送待ち', '発送後入金待ち', '完了'],
  発送待ち: ['発送後入金待ち', '完了'],
  発送後入金待ち: ['完了'],
})

type StatusPayload = Extract<AupayPayload, { operation: 'updateTradeStsProc' }>

/** A status neither left nor reached was set by another person: re-sending would undo it. */
function statusState({ orderStatus, from }: StatusPayload, order: NormalisedOrder): StepState {
  const now = order.mallStatus.code
  if (order.mallState === 'cancelled') return 'not_applied'
  if (now === orderStatus || BEYOND[orderStatus]?.includes(now)) return 'applied'
  return now === from ? 'not_applied' : 'unknown'
}
