import type { ChangeRules } from '../changes.ts'
import { yahooActions } from './changes-actions.ts'
import { yahooCarriers } from './changes-carriers.ts'
import { planYahooChange } from './changes-plan.ts'
import { yahooStepState } from './changes-step-state.ts'

export { yahooChangeCalls } from './changes-calls.ts'

export const yahooChanges: ChangeRules = {
  actions: yahooActions,
  carriers: yahooCarriers,
  planChange: planYahooChange,
  stepState: yahooStepState,
}
