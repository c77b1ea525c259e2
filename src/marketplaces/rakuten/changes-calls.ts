import type { ChangeCalls, ChangeStep, StepAnswer } from '../changes.ts'
import type { MarketplaceTools } from '../marketplace.ts'
import { judge } from './changes-answers.ts'
import { bodyOf, messagesOf } from './changes-body.ts'
import { applyMany } from './changes-bulk.ts'
import { payloadOf } from './changes-payload.ts'
import type { RakutenClient } from './client.ts'

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
