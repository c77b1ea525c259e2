import type { SandboxWrite } from '../../sandbox/kit/types.ts'
import type { Placed } from './arrivals.ts'
import { judgeChanges } from './change-verdict.ts'
import type { AskedChange } from './changes.ts'
import type { OpenWork, StoredChange, StoredOrder } from './database.ts'
import type { PlannedOrder } from './plan.ts'
import type { Batch } from './puller.ts'

/** Compares what happened at the malls with what the service made of it. Pure. */

export interface Evidence {
  placed: readonly Placed[]
  stored: readonly StoredOrder[]
  batches: readonly Batch[]
  /** Keys whose repetition brought another answer. */
  wrongReplays: readonly string[]
  openWork: OpenWork
  asked: readonly AskedChange[]
  changes: readonly StoredChange[]
  writes: readonly (SandboxWrite & { marketplace: string })[]
  /** Milliseconds since 1970. */
  faultsEndedAt: number
  sweepMs: number
}

export interface Verdict {
  staged: number
  pulled: number
  /** Ship changes asked for. */
  changes: number
  lost: number
  duplicated: number
  late: number
  stuck: number
  /** Milliseconds from when it could be known, or from the end of the faults if that was later. */
  latenessMs: { p50: number; p99: number; max: number }
  changeStates: Record<string, number>
  failedRequests: Record<string, number>
  /** What each of the counts is made of, the first of each kind. */
  findings: string[]
}

/** An order is late when it was staged so long after the mall or its mail told of it and all faults were over. */
const LATE_MS = 60_000

export function judge(evidence: Evidence): Verdict {
  const { placed, stored, batches, openWork } = evidence
  const byKey = Map.groupBy(stored, ({ key }) => key)
  const handedOver = Map.groupBy(
    batches.flatMap(({ keys, pullId }) => keys.map((key) => ({ key, pullId }))),
    ({ key }) => key,
  )
  const known = new Set(placed.map(({ key }) => key))
  const lost = [
    ...placed.filter(({ key }) => !byKey.has(key)).map((one) => `never staged: ${describe(one)}`),
    ...stored.filter(({ key }) => !handedOver.has(key)).map(({ key }) => `staged, never handed over: ${key}`),
    ...evidence.wrongReplays.map((key) => `repeated pull answered something else: ${key}`),
  ]
  const duplicated = [
    ...[...byKey].filter(([, rows]) => rows.length > 1).map(([key]) => `two orders: ${key}`),
    ...stored
      .filter(({ stagings }) => stagings > 1)
      .map(({ key, stagings }) => `staged ${stagings} times: ${key}`),
    ...[...handedOver].filter(([, given]) => given.length > 1).map(([key]) => `in two batches: ${key}`),
    ...stored.filter(({ key }) => !known.has(key)).map(({ key }) => `no such order at the mall: ${key}`),
  ]
  const stuck = [
    ...openWork.overdue.map((text) => `request waits without a reason: ${text}`),
    ...openWork.attention.map((text) => `waits for a person: ${text}`),
  ]
  const changes = judgeChanges(evidence)
  const lateness = latenessOf(evidence, byKey)
  const late = lateness.filter(({ ms }) => ms > LATE_MS)
  const all = { lost: [...lost, ...changes.lost], duplicated: [...duplicated, ...changes.duplicated] }
  const allStuck = [...stuck, ...changes.stuck, ...changes.unexplained]
  return {
    staged: byKey.size,
    pulled: handedOver.size,
    changes: evidence.asked.filter(({ action }) => action === 'ship').length,
    lost: all.lost.length,
    duplicated: all.duplicated.length,
    late: late.length,
    stuck: allStuck.length,
    latenessMs: quantiles(lateness.map(({ ms }) => ms)),
    changeStates: changes.states,
    failedRequests: openWork.failed,
    findings: [
      ...first('lost', all.lost),
      ...first('duplicated', all.duplicated),
      ...first('stuck', allStuck),
      ...first('given up', openWork.givenUp),
      ...first(
        'late',
        late.map(({ one, ms }) => `${Math.round(ms / 1000)} s: ${describe(one)}`),
      ),
    ],
  }
}

/** Malls whose list of orders cannot be asked for the newest ones: Amazon's `createdBefore` lies two minutes back. */
const LISTED_AFTER_MS: Partial<Record<PlannedOrder['mall'], number>> = { amazon: 120_000 }

const describe = ({ key, planned }: Placed): string =>
  `${key} (mail ${planned.mail}, look ${planned.look}, placed at ${(planned.at / 1000).toFixed(1)} s)`

const SHOWN = 20
const first = (kind: string, texts: readonly string[]): string[] =>
  texts.slice(0, SHOWN).map((text) => `${kind}: ${text}`)

function latenessOf({ placed, faultsEndedAt, sweepMs }: Evidence, byKey: Map<string, StoredOrder[]>) {
  return placed.flatMap((one) => {
    const stagedAt = byKey.get(one.key)?.[0]?.stagedAt
    if (stagedAt === undefined) return []
    const due =
      one.knowableAt + (one.planned.mail === 'never' ? sweepMs + (LISTED_AFTER_MS[one.planned.mall] ?? 0) : 0)
    return [{ one, ms: stagedAt <= due ? 0 : Math.max(0, stagedAt - Math.max(due, faultsEndedAt)) }]
  })
}

function quantiles(values: number[]): Verdict['latenessMs'] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
