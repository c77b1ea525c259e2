import type { ChangeRules } from '../marketplaces/port/site-changes.ts'
import type { DueChange } from './claim.ts'
import type { NextCall } from './send-round.ts'

type Bulk = ChangeRules['bulk']

/** Of the due changes, most urgent first, those to take: where the first has enough company for one call, all of these. */
export function chooseDue(due: readonly DueChange[], free: number, bulk: Bulk): readonly DueChange[] {
  const [first] = due
  const group = due.filter(({ action }) => action === first?.action)
  return first && bulk?.actions.includes(first.action) && group.length >= bulk.least
    ? group
    : due.slice(0, free)
}

export interface SplitCalls {
  together: { group: NextCall[]; runsForMs: number }[]
  alone: readonly NextCall[]
}

/** Calls that the mall takes for many orders at once, by action, where there are enough of them. */
export function splitCalls(next: readonly NextCall[], bulk: Bulk): SplitCalls {
  if (!bulk) return { together: [], alone: next }
  const together = bulk.actions
    .map((action) => ({
      group: next.filter(({ change }) => change.action === action),
      runsForMs: bulk.runsForMs?.[action] ?? 0,
    }))
    .filter(({ group }) => group.length >= bulk.least)
  const inGroups = new Set(together.flatMap(({ group }) => group))
  return { together, alone: next.filter((call) => !inGroups.has(call)) }
}
