import type { ChangeRules } from '../../port/site-changes.ts'
import { rakutenActions } from './actions.ts'
import { LEAST_ORDERS, MOST_ORDERS } from './bulk.ts'
import { rakutenCarriers } from './carriers.ts'
import { planRakutenChange } from './plan.ts'
import { shipsTo } from './plan-ship.ts'
import { RUNS_FOR_MS } from './ship-async.ts'
import { rakutenStepState } from './step-state.ts'

export { rakutenChangeCalls } from './calls.ts'

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
