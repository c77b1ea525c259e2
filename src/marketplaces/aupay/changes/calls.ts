import { answered } from '../../kit/change-plans.ts'
import type { ChangeCalls } from '../../port/site-changes.ts'
import type { AupayClient } from '../client.ts'
import { refusedUpdate } from './answers.ts'
import { type AupayPayload, payloadOf } from './payload.ts'

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
