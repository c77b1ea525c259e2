import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { Hands } from './change-recorder.ts'
import type { HeldChange } from './claim.ts'
import { type Entry, type Sending, type Sent, send, sendMany } from './mall-call.ts'
import { type Step, toChangeStep } from './steps.ts'
import { SETTLE_MS } from './timing.ts'

/** A process that stood still for so long between its note and its call does not make the call. */
const STOOD_STILL_MS = 10_000

export interface Writing {
  hands: Hands
  sending: Sending
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
export const writeOne = (writing: Writing, call: NextCall): Promise<HeldUp | null> =>
  write(writing, [call], SETTLE_MS, async ([entry]) => {
    const sent: Sent = entry ? await send(writing.sending, entry) : { kind: 'not_sent' }
    return new Map(entry ? [[entry.orderNumber, sent]] : [])
  })

/** Makes one call for many orders, which the mall may carry out up to `runsForMs` later; noted before and after for each. */
export const writeMany = (
  writing: Writing,
  calls: readonly NextCall[],
  runsForMs: number,
): Promise<HeldUp | null> =>
  write(writing, calls, Math.max(SETTLE_MS, runsForMs), (entries) => sendMany(writing.sending, entries))

async function write(
  { hands, sending, own }: Writing,
  calls: readonly NextCall[],
  settlesAfterMs: number,
  make: (entries: readonly Entry[]) => Promise<Map<string, Sent>>,
): Promise<HeldUp | null> {
  const began = sending.clock.now()
  const noted: (NextCall & { before: Step })[] = []
  for (const { change, index } of calls) {
    const before = change.steps[index] as Step
    if (await own(change, () => hands.sending(change, index, settlesAfterMs)))
      noted.push({ change, index, before })
  }
  const stale = sending.signal.aborted || sending.clock.now() - began > STOOD_STILL_MS
  const entries = noted.map(({ change, before }) => ({
    ...{ orderNumber: change.orderNumber, step: toChangeStep(before) },
  }))
  const answers = stale ? new Map<string, Sent>() : await make(entries)
  let heldUp: HeldUp | null = null
  for (const { change, index, before } of noted) {
    const sent = answers.get(change.orderNumber) ?? { kind: 'not_sent' }
    if (sent.kind !== 'held_up' && sent.kind !== 'not_sent') {
      await own(change, () => hands.heard(change, index, sent, settlesAfterMs))
      continue
    }
    hands.unsent(change, index, before)
    if (sent.kind === 'held_up') heldUp ??= { change, failure: sent.failure }
  }
  return heldUp
}
