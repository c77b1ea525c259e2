import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ChangeRules } from '../marketplaces/port/site-changes.ts'
import { present } from '../platform/narrow.ts'
import type { ChangeRecorder } from './change-recorder.ts'
import type { DueChange, HeldChange } from './claim.ts'
import {
  type CallResult,
  callMall,
  callMallForMany,
  type Entry,
  type MallCalls,
  type NotedCalls,
} from './mall-call.ts'
import { type Step, toChangeStep } from './steps.ts'
import { CALL_LIMIT_MS, SETTLE_MS } from './timing.ts'

/** A process that stood still for so long between its note and its call does not make the call. */
const STOOD_STILL_MS = 10_000

export interface SendRound {
  recorder: ChangeRecorder
  mall: MallCalls
  /** Runs what is written about a change; false when it is somebody else's by now. */
  own(change: HeldChange, work: () => Promise<void>): Promise<boolean>
}

/** The call to be made next for a change. */
export interface NextCall {
  change: HeldChange
  index: number
}

/** The mall did nothing for this one, and for now does nothing. */
export interface HeldUp {
  change: HeldChange
  failure: MarketplaceFailure
}

/** Makes one call, noted before and after. */
export const sendOne = (round: SendRound, call: NextCall): Promise<HeldUp | null> =>
  sendNoted(round, [call], SETTLE_MS, async (mall, [entry]) => {
    const result: CallResult = entry ? await callMall(mall, entry) : { kind: 'not_sent' }
    return new Map(entry ? [[entry.orderNumber, result]] : [])
  })

/** Makes one call for many orders, which may take the mall `runsForMs`; noted before and after. */
export const sendMany = (
  round: SendRound,
  calls: readonly NextCall[],
  runsForMs: number,
): Promise<HeldUp | null> => sendNoted(round, calls, Math.max(SETTLE_MS, runsForMs), callMallForMany)

async function sendNoted(
  { recorder, mall, own }: SendRound,
  calls: readonly NextCall[],
  settlesAfterMs: number,
  make: (mall: NotedCalls, entries: readonly Entry[]) => Promise<Map<string, CallResult>>,
): Promise<HeldUp | null> {
  const began = mall.clock.now()
  const noted: (NextCall & { before: Step })[] = []
  for (const { change, index } of calls) {
    const before = present(change.steps[index])
    // Should this process end now, its call may go out as late as that.
    if (await own(change, () => recorder.noteSent(change, index, CALL_LIMIT_MS + settlesAfterMs)))
      noted.push({ change, index, before })
  }
  const stale = mall.signal.aborted || mall.clock.now() - began > STOOD_STILL_MS
  const entries = noted.map(({ change, before }) => ({
    orderNumber: change.orderNumber,
    step: toChangeStep(before),
  }))
  const results = stale
    ? new Map<string, CallResult>()
    : await make({ ...mall, notAfter: began + CALL_LIMIT_MS }, entries)
  let heldUp: HeldUp | null = null
  for (const { change, index, before } of noted) {
    const result = results.get(change.orderNumber) ?? { kind: 'not_sent' }
    if (result.kind !== 'held_up' && result.kind !== 'not_sent') {
      await own(change, () => recorder.noteResult(change, index, result, settlesAfterMs))
      continue
    }
    recorder.undoSent(change, index, before)
    if (result.kind === 'held_up') heldUp ??= { change, failure: result.failure }
  }
  return heldUp
}

type Bulk = ChangeRules['bulk']

/** Chooses from due changes, most urgent first: the first one's group where it is worth one bulk call. */
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
