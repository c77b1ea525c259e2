import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
import type { RakutenClient } from '../client.ts'
import { judge } from './answers.ts'
import { bodyOf, messagesOf } from './body.ts'
import { applyMany } from './bulk.ts'
import { payloadOf } from './payload.ts'

/** The write calls of 楽天ペイ受注API: one for each step, or one for many orders. */
export function rakutenChangeCalls(
  client: RakutenClient,
  tools: Pick<MarketplaceTools, 'clock'>,
): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const payload = payloadOf(step)
      const answer = await client.write(payload.operation, bodyOf(orderNumber, payload), signal)
      const judging = { orderNumber, expected: messagesOf(payload) }
      return judge(answer.frame.MessageModelList, judging, answer.text)
    },
    applyMany: (steps, signal) => applyMany(client, tools, steps, signal),
  }
}
