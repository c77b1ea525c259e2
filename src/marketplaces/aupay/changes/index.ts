import { answered } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/code-table.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepState } from '../../port/site-changes.ts'
import type { AupayClient } from '../client.ts'
import { aupayActions } from './actions.ts'
import { refusedUpdate } from './answers.ts'
import { aupayCarriers } from './carriers.ts'
import { AupayParameters } from './parameters.ts'
import { type AupayPayload, payloadOf, type StatusPayload } from './payload.ts'
import { planAupayChange } from './plan.ts'
import { shows } from './plan-ship.ts'

export const aupayChanges: ChangeRules = {
  actions: aupayActions,
  carriers: aupayCarriers,
  planChange: planAupayChange,
  stepState: aupayStepState,
  needsFirst: ({ action, parameters }, order) =>
    action === 'ship' && isUnconfirmed(order) && !AupayParameters.ship.parse(parameters).confirmFirst
      ? {
          action: 'confirm',
          message: `au PAY マーケットで「${order.mallStatus.code}」の注文です。「注文確認をしてから発送」（confirmFirst: true）を指定するか、先に注文確認（confirm）をしてください。Wow!managerで確認済みの場合は、注文を再取込してください。`,
        }
      : null,
}

/** The calls of 受注情報更新API, one for each step. The answer is a bare envelope: its status 0 is all it says. */
export function aupayChangeCalls(client: AupayClient): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const payload = payloadOf(step)
      const update = { method: payload.operation, fields: { orderId: orderNumber, ...fieldsOf(payload) } }
      const answer = await client.write(update, signal)
      if (answer.kind === 'refused') throw refusedUpdate(answer)
      return answered('0', null)
    },
  }
}

/** In the order of the API's samples. */
function fieldsOf(payload: AupayPayload): Record<string, string> {
  switch (payload.operation) {
    case 'updateTradeStsProc':
      return { orderStatus: payload.orderStatus }
    case 'updateTradeInfoProc': {
      const { shippingDate, shippingCarrier, shippingNumber } = payload
      return { shippingDate, shippingCarrier, ...(shippingNumber ? { shippingNumber } : {}) }
    }
    case 'cancelTradeProc':
      return { cancelReason: payload.cancelReason, cancelComment: payload.cancelComment }
  }
}

/** Whether an order just read shows a step as carried out. The API reads back at once what it wrote. */
function aupayStepState(step: ChangeStep, order: NormalisedOrder): StepState {
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

const isUnconfirmed = ({ mallStatus, mallState }: NormalisedOrder): boolean =>
  mallState === 'open' && ['新規受付', '新規予約', '予約中'].includes(mallStatus.code)

const stateOf = (applied: boolean): StepState => (applied ? 'applied' : 'not_applied')

/** What comes after a status shows that it was reached. */
const BEYOND = codeTable<readonly string[]>({
  予約中: ['発送前入金待ち', '発送待ち', '発送後入金待ち', '完了'],
  発送前入金待ち: ['発送待ち', '発送後入金待ち', '完了'],
  発送待ち: ['発送後入金待ち', '完了'],
  発送後入金待ち: ['完了'],
})

/** A status that is neither the one left nor one reached was set by somebody else: sending again would undo it. */
function statusState({ orderStatus, from }: StatusPayload, order: NormalisedOrder): StepState {
  const now = order.mallStatus.code
  if (order.mallState === 'cancelled') return 'not_applied'
  if (now === orderStatus || BEYOND[orderStatus]?.includes(now)) return 'applied'
  return now === from ? 'not_applied' : 'unknown'
}
