import type { ChangeRules } from '../changes.ts'
import { rakutenActions } from './changes-actions.ts'
import { LEAST_ORDERS, MOST_ORDERS } from './changes-bulk.ts'
import { rakutenCarriers } from './changes-carriers.ts'
import { planRakutenChange } from './changes-plan.ts'
import { shipsTo } from './changes-plan-ship.ts'
import { RUNS_FOR_MS } from './changes-ship-async.ts'
import { rakutenStepState } from './changes-step-state.ts'

export { rakutenChangeCalls } from './changes-calls.ts'

export const rakutenChanges: ChangeRules = {
  actions: rakutenActions,
  carriers: rakutenCarriers,
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
