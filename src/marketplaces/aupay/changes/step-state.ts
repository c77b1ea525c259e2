import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { payloadOf, type StatusPayload } from './payload.ts'
import { shows } from './plan-ship.ts'

/** Whether an order just read shows a step as carried out. The API reads back at once what it wrote. */
export function aupayStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(step)
  switch (payload.operation) {
    case 'updateTradeInfoProc':
      return stateOf(order.recipients.some(({ parcels }) => parcels.some((parcel) => shows(parcel, payload))))
    case 'updateTradeStsProc':
      return statusState(payload, order)
    case 'cancelTradeProc':
      return stateOf(order.mallState === 'cancelled')
  }
}

const stateOf = (applied: boolean): StepState => (applied ? 'applied' : 'not_applied')

/** What comes after a status shows that it was reached. */
const BEYOND: Readonly<Record<string, readonly string[]>> = {
  発送前入金待ち: ['発送待ち', '発送後入金待ち', '完了'],
  発送待ち: ['発送後入金待ち', '完了'],
  発送後入金待ち: ['完了'],
}

/** A status that is neither the one left nor one reached was set by somebody else: sending again would undo it. */
function statusState({ orderStatus, from }: StatusPayload, order: NormalisedOrder): StepState {
  const now = order.mallStatus.code
  if (order.mallState === 'cancelled') return 'not_applied'
  if (now === orderStatus || BEYOND[orderStatus]?.includes(now)) return 'applied'
  return now === from ? 'not_applied' : 'unknown'
}
