import type { ChangeRules } from '../../port/site-changes.ts'
import { yahooCarriers } from '../carriers.ts'
import { yahooActions } from './actions.ts'
import { planYahooChange } from './plan.ts'
import { yahooStepState } from './step-state.ts'

export { yahooChangeCalls } from './calls.ts'

export const yahooChanges: ChangeRules = {
  actions: yahooActions,
  carriers: yahooCarriers,
  planChange: planYahooChange,
  stepState: yahooStepState,
}
