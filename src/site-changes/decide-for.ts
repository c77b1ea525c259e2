import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import type { ChangeRules } from '../marketplaces/port/site-changes.ts'
import type { Logger } from '../platform/logger.ts'
import type { HeldChange } from './claim.ts'
import { type Decision, decide } from './decide.ts'
import { parametersOutdated } from './reasons.ts'

/** What a reading means for a change that is held; null when the mall's rules broke. */
export function decideFor(
  log: Pick<Logger, 'error'>,
  rules: ChangeRules,
  { id, action, parameters, steps, attempts, deadline }: HeldChange,
  order: NormalisedOrder,
  readAt: number,
): Decision | null {
  const parsed = rules.actions.find((one) => one.action === action)?.parameters.safeParse(parameters)
  if (!parsed?.success) return { kind: 'end', state: 'failed', reason: parametersOutdated, steps: [...steps] }
  try {
    const inHand = { action, parameters: parsed.data, steps, attempts, deadline: deadline ?? readAt }
    return decide(inHand, order, rules, readAt)
  } catch (err) {
    log.error({ err, changeId: id, action }, 'rules of a mall broke on a site change')
    return null
  }
}
