import type { ChangeRules } from '../changes.ts'
import { amazonActions } from './changes-actions.ts'
import { amazonCarriers } from './changes-carriers.ts'
import { planAmazonChange } from './changes-plan.ts'
import { amazonStepState } from './changes-step-state.ts'

export { amazonChangeCalls } from './changes-calls.ts'

/** A shipment that was accepted shows within minutes; the same reference again edits it and changes nothing. */
const SHOWS_WITHIN_MS = 5 * 60 * 1000

export const amazonChanges: ChangeRules = {
  actions: amazonActions,
  carriers: amazonCarriers,
  planChange: planAmazonChange,
  stepState: amazonStepState,
  repeatAfterMs: SHOWS_WITHIN_MS,
}
