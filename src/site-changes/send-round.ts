import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer } from '../marketplaces/port/site-changes.ts'
import type { Clock } from '../platform/clock.ts'
import { withSendDeadline } from '../platform/http/http-client.ts'
import { present } from '../platform/narrow.ts'
import type { ChangeRecorder } from './change-recorder.ts'
import type { DueChange } from './claim.ts'
import { type CallResult, type HeldChange, type Step, toChangeStep } from './steps.ts'

/** A call whose answer was lost may still be on its way: an order read sooner after it shows nothing. */
const SETTLE_MS = 60_000
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

/** One write call; the adapters' own limits are shorter. */
const CALL_LIMIT_MS = 60_000
/** A call for many orders that waits for its result: no longer, as imports wait. Reading tells the rest. */
const BULK_LIMIT_MS = 20_000

interface MallCalls {
  calls: ChangeCalls
  clock: Clock
  signal: AbortSignal
}

/** The same for one round, once its calls were noted. */
interface NotedCalls extends MallCalls {
  /** Milliseconds: nothing may go out later, whatever stood still. The lease ends well after it. */
  notAfter: number
}

interface Entry {
  orderNumber: string
  step: ChangeStep
}

/** Makes one write call. Never throws: what is not an answer that tells is a lost one. */
const callMall = (mall: NotedCalls, { orderNumber, step }: Entry): Promise<CallResult> =>
  within(mall, CALL_LIMIT_MS, async (signal) =>
    answered(await mall.calls.applyStep(orderNumber, step, signal)),
  ).catch((error: unknown) => failedAt(mall, error))

/** Makes one write call for many orders. Never throws. */
async function callMallForMany(
  mall: NotedCalls,
  entries: readonly Entry[],
): Promise<Map<string, CallResult>> {
  const all = (result: CallResult) => new Map(entries.map(({ orderNumber }) => [orderNumber, result]))
  const { applyMany } = mall.calls
  if (!applyMany) return all({ kind: 'not_sent' })
  try {
    const answers = await within(mall, BULK_LIMIT_MS, (signal) => applyMany(entries, signal))
    return new Map(
      entries.map(({ orderNumber }) => {
        const answer = answers.get(orderNumber)
        if (!answer) return [orderNumber, { kind: 'not_sent' }]
        return [orderNumber, answer instanceof MarketplaceFailure ? failed(answer) : answered(answer)]
      }),
    )
  } catch (error) {
    return all(failedAt(mall, error))
  }
}

async function within<T>(
  { clock, signal, notAfter }: NotedCalls,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const limit = new AbortController()
  clock.sleep(ms, over.signal).then(
    () => limit.abort(new Error('the mall did not answer in time')),
    () => undefined,
  )
  try {
    return await withSendDeadline({ clock, at: notAfter }, () =>
      work(AbortSignal.any([signal, limit.signal])),
    )
  } finally {
    over.abort()
  }
}

const answered = ({ facts, ...answer }: StepAnswer): CallResult => ({
  kind: 'answered',
  answer: { code: null, message: null, ...answer },
  ...(facts ? { facts } : {}),
})

/** A call that did nothing because it came too late says nothing of the mall. */
function failedAt({ clock, notAfter }: NotedCalls, error: unknown): CallResult {
  const result = failed(error)
  return result.kind === 'held_up' && clock.now() > notAfter ? { kind: 'not_sent' } : result
}

function failed(error: unknown): CallResult {
  if (!(error instanceof MarketplaceFailure)) return { kind: 'lost', code: 'NO_ANSWER', until: 0 }
  switch (error.kind) {
    case 'rejected': {
      const { code, message, mallCode = null, mallMessage = null } = error
      return { kind: 'rejected', answer: { code, message, mallCode, mallMessage, warnings: [] } }
    }
    case 'throttled':
    case 'unavailable':
    case 'unauthorised':
      return { kind: 'held_up', failure: error }
    case 'malformed':
    case 'outcome_unknown':
      return { kind: 'lost', code: error.code, until: error.until?.getTime() ?? 0 }
  }
}
