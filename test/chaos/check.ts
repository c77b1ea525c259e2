import { type AskedChange, checkChanges } from './check-changes.ts'
import type { HistoryLine } from './history.ts'

/**
 * The verdict on a run, from its history alone: nothing here knows how the service works, only what must never happen.
 * Pure. `npm run chaos -- check FILE` judges a history again.
 */

export interface Verdict {
  orders: number
  staged: number
  pulled: number
  /** Ship changes that were accepted. */
  changes: number
  lost: number
  duplicated: number
  late: number
  stuck: number
  /** Changes that ended otherwise than well, and nobody is told why. */
  unexplained: number
  /** Milliseconds from when it could be known, or from the end of the faults if that was later. */
  latenessMs: { p50: number; p99: number; max: number }
  /** Begun, by name. */
  faults: Record<string, number>
  changeStates: Record<string, number>
  writes: Record<string, Record<string, number>>
  failedRequests: Record<string, number>
  /** Answers that the pulling client lost and asked for again. */
  repeatedPulls: number
  /** What each of the counts is made of, the first of each kind. */
  findings: string[]
}

/** An order is late when it was staged so long after the mall or its mail told of it and all faults were over. */
const LATE_MS = 60_000

type Of<F extends HistoryLine['f']> = Extract<HistoryLine, { f: F }>

export function check(history: readonly HistoryLine[]): Verdict {
  const of = <F extends HistoryLine['f']>(f: F, ...types: HistoryLine['type'][]) =>
    history.filter((line): line is Of<F> => line.f === f && (types.length === 0 || types.includes(line.type)))
  const placed = new Map(of('order', 'ok').map((line) => [line.value.order, line]))
  const stored = of('stored').map(({ value }) => value)
  const pulls = of('pull', 'ok').map(({ value }) => value)
  const wholeRun = of('run', 'ok').length === 1
  const batches = checkPulls(pulls, of('pull', 'invoke'))
  const changes = checkChanges({
    asked: of('change', 'ok').flatMap(({ value }) => value.changes.filter(isAccepted)),
    unanswered: unanswered(of('change', 'invoke'), of('change', 'ok', 'fail')),
    ended: of('ended').map(({ value }) => value),
    writes: of('write').map(({ value }) => value),
  })
  const open = (what: Of<'open'>['value']['what']) =>
    of('open')
      .filter(({ value }) => value.what === what)
      .map(({ value }) => value.text)
  const byOrder = Map.groupBy(stored, (row) => row.order)
  const lateness = latenessOf(placed, byOrder, of('mail', 'ok'), of('run'))
  const found = {
    lost: [
      ...(wholeRun ? [] : ['the history ends before the run did']),
      ...[...placed.keys()].filter((key) => !byOrder.has(key)).map((key) => `never staged: ${key}`),
      ...stored
        .filter((row) => !batches.given.has(row.order))
        .map((row) => `never handed over: ${row.order}`),
      ...[...batches.given.keys()]
        .filter((key) => !byOrder.has(key))
        .map((key) => `handed over, not here: ${key}`),
      ...batches.lost,
      ...changes.lost,
    ],
    duplicated: [
      ...[...byOrder].filter(([, rows]) => rows.length > 1).map(([key]) => `two orders: ${key}`),
      ...stored.filter((row) => row.stagings > 1).map((row) => `staged ${row.stagings} times: ${row.order}`),
      ...stored
        .filter((row) => !placed.has(row.order))
        .map((row) => `no such order at the mall: ${row.order}`),
      ...[...batches.given].filter(([, ids]) => ids.size > 1).map(([key]) => `in two batches: ${key}`),
      ...changes.duplicated,
    ],
    stuck: [
      ...open('overdue').map((text) => `request waits without a reason: ${text}`),
      ...open('attention').map((text) => `waits for a person: ${text}`),
      ...changes.stuck,
    ],
    unexplained: changes.unexplained,
    'given up': open('failed'),
    late: lateness
      .filter(({ ms }) => ms > LATE_MS)
      .map(({ key, ms }) => `${Math.round(ms / 1000)} s: ${key}`),
  }
  return {
    ...{ orders: placed.size, staged: byOrder.size, pulled: batches.given.size, changes: changes.shipped },
    ...{ lost: found.lost.length, duplicated: found.duplicated.length, late: found.late.length },
    ...{ stuck: found.stuck.length, unexplained: found.unexplained.length },
    latenessMs: quantiles(lateness.map(({ ms }) => ms)),
    faults: countOf(of('fault', 'invoke').map(({ value }) => value.name)),
    ...{ changeStates: changes.states, writes: changes.written },
    failedRequests: countOf(open('failed').map((text) => text.split(' ')[0] ?? '')),
    repeatedPulls: of('pull', 'info').length,
    findings: Object.entries(found).flatMap(([kind, texts]) => first(kind, texts)),
  }
}

const isAccepted = (change: { id?: string | undefined }): change is AskedChange => change.id !== undefined

/** Requests of which no answer ever came: they may have been done. */
function unanswered(asked: readonly Of<'change'>[], answered: readonly Of<'change'>[]): Set<string> {
  const known = new Set(answered.map(({ value }) => value.key))
  return new Set(
    asked
      .filter(({ value }) => !known.has(value.key))
      .flatMap(({ value }) => value.changes.map(({ order }) => order)),
  )
}

/** A key brings one batch, whenever and however often it is asked; an order is in one batch. */
function checkPulls(answers: readonly Of<'pull'>['value'][], asked: readonly Of<'pull'>[]) {
  const given = new Map<string, Set<string>>()
  const lost: string[] = []
  const firstOf = new Map<string, Of<'pull'>['value']>()
  for (const answer of answers) {
    const { key, pullId = '', orders = [] } = answer
    const before = firstOf.get(key)
    if (before && (before.pullId !== pullId || before.orders?.join() !== orders.join()))
      lost.push(`repeated pull answered something else: ${key}`)
    firstOf.set(key, before ?? answer)
    if (new Set(orders).size < orders.length) lost.push(`one batch names an order twice: ${key}`)
    for (const order of orders) given.set(order, (given.get(order) ?? new Set()).add(pullId))
  }
  const open = new Set(asked.map(({ value }) => value.key).filter((key) => !firstOf.has(key)))
  return { given, lost: [...lost, ...[...open].map((key) => `pull never answered: ${key}`)] }
}

function latenessOf(
  placed: ReadonlyMap<string, Of<'order'>>,
  stored: ReadonlyMap<string, Of<'stored'>['value'][]>,
  mails: readonly Of<'mail'>[],
  run: readonly Of<'run'>[],
): { key: string; ms: number }[] {
  const value = <N extends 'sweepMs' | 'faultsEndedAt'>(name: N) =>
    run.map((line) => line.value[name]).find((one) => one !== undefined) ?? 0
  const mailedAt = new Map<string, number>()
  for (const { at, value: mail } of mails)
    mailedAt.set(mail.order, Math.min(at, mailedAt.get(mail.order) ?? at))
  return [...placed].flatMap(([key, { value: one }]) => {
    const stagedAt = stored.get(key)?.[0]?.stagedAt
    if (stagedAt === undefined) return []
    const due =
      one.mails > 0
        ? Math.max(one.visibleAt, mailedAt.get(key) ?? one.visibleAt)
        : one.visibleAt + value('sweepMs') + one.listedAfterMs
    return [{ key, ms: stagedAt <= due ? 0 : Math.max(0, stagedAt - Math.max(due, value('faultsEndedAt'))) }]
  })
}

const SHOWN = 20
const first = (kind: string, texts: readonly string[]): string[] =>
  texts.slice(0, SHOWN).map((text) => `${kind}: ${text}`)

const countOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]))

function quantiles(values: number[]): Verdict['latenessMs'] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
