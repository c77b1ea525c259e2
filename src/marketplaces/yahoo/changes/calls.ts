import type { ChangeCalls, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
import type { YahooClient } from '../client.ts'
import { judge } from './answers.ts'
import { payloadOf } from './payload.ts'

/** An update answers a status and a few warnings. */
const ANSWER_MAX_BYTES = 1024 * 1024

/** The update calls of the order API, one for each step, one order each. */
export function yahooChangeCalls(client: Pick<YahooClient, 'write'>): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const { operation, isPointFix, order } = payloadOf(step)
      const request = {
        Target: { OrderId: orderNumber, ...(isPointFix === undefined ? {} : { IsPointFix: isPointFix }) },
        Order: order,
      }
      return judge(await client.write({ operation, request, maxBytes: ANSWER_MAX_BYTES }, signal))
    },
  }
}
