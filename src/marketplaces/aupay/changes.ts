import type { ChangeRules } from '../changes.ts'
import { aupayActions } from './changes-actions.ts'
import { aupayCarriers } from './changes-carriers.ts'
import { planAupayChange } from './changes-plan.ts'
import { aupayStepState } from './changes-step-state.ts'

export { aupayChangeCalls } from './changes-calls.ts'

export const aupayChanges: ChangeRules = {
  actions: aupayActions,
  carriers: aupayCarriers,
  planChange: planAupayChange,
  stepState: aupayStepState,
}
