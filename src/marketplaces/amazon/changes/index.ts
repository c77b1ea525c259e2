import type { ChangeRules } from '../../port/site-changes.ts'
import { amazonActions } from './actions.ts'
import { amazonCarriers } from './carriers.ts'
import { planAmazonChange } from './plan.ts'
import { amazonStepState } from './step-state.ts'

export { amazonChangeCalls } from './calls.ts'

/** A shipment that was accepted shows within minutes; the same reference again edits it and changes nothing. */
const SHOWS_WITHIN_MS = 5 * 60 * 1000

export const amazonChanges: ChangeRules = {
  actions: amazonActions,
  carriers: amazonCarriers,
  planChange: planAmazonChange,
  stepState: amazonStepState,
  repeatAfterMs: SHOWS_WITHIN_MS,
}
