import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
import type { RakutenClient } from '../client.ts'
import { CARRIERS } from '../codes.ts'
import { rakutenActions } from './actions.ts'
import { judge } from './answers.ts'
import { bodyOf, messagesOf } from './body.ts'
import { applyMany, LEAST_ORDERS, MOST_ORDERS } from './bulk.ts'
import { payloadOf } from './payload.ts'
import { planRakutenChange } from './plan.ts'
import { shipsTo } from './plan-ship.ts'
import { RUNS_FOR_MS } from './ship-async.ts'
import { rakutenStepState } from './step-state.ts'

export const rakutenChanges: ChangeRules = {
  actions: rakutenActions,
  carriers: CARRIERS.all,
  shipsTo,
  planChange: planRakutenChange,
  stepState: rakutenStepState,
  bulk: {
    actions: ['confirm', 'ship', 'sub_status'],
    least: LEAST_ORDERS,
    most: MOST_ORDERS,
    runsForMs: { ship: RUNS_FOR_MS },
  },
}

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
