import type { ChangeRules } from '../../port/site-changes.ts'
import { aupayActions } from './actions.ts'
import { aupayCarriers } from './carriers.ts'
import { planAupayChange } from './plan.ts'
import { aupayStepState } from './step-state.ts'

export { aupayChangeCalls } from './calls.ts'

export const aupayChanges: ChangeRules = {
  actions: aupayActions,
  carriers: aupayCarriers,
  planChange: planAupayChange,
  stepState: aupayStepState,
}
