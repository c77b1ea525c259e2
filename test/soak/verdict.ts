import { percentile } from '../bench/harness.ts'
import { check, type Verdict } from '../chaos/check.ts'
import type { HistoryLine } from '../chaos/history.ts'
import type { Step } from './svg.ts'
import { type Level, levelOf, lowest, type Series, type Trend, trendOf } from './trend.ts'

/** The verdict on a soak, from its history alone. Pure. */

/**
 * How an order was told of: by mail, by a mail that came before the mall's API knew it, by the mall's list
 * alone.
 */
type Way = 'mailed' | 'mailed early' | 'swept'

export interface SoakResult extends Omit<Verdict, 'latenessMs'> {
  /** Whether the run came to its end; if not, changes are not judged. */
  whole: boolean
  minutes: number
  rate: number
  engine: string
  hostile: boolean
  /**
   * From when it could be known to the commit of its staging, in milliseconds; of both halves of the time.
   */
  lateness: Record<Way, { p50: number; p99: number; max: number }[]>
  eventStreams: number | null
  endedByItself: { starting: number; running: number }
  /** From the last order until all were staged and handed over; null: not within the limit. */
  settleSeconds: number | null
  looks: number
  /** Answers that were missing. */
  missed: number
  steps: (Step & { seconds: number | null; why: string | undefined })[]
  series: Judged[]
  tables: { name: string; rows: number; mb: number }[]
}

interface Judged extends Series {
  trend: Trend
  /** Of resident memory, which is judged by it: its trend of minutes is the collector's. */
  level: Level | null
  grows: boolean
}

type Of<F extends HistoryLine['f']> = Extract<HistoryLine, { f: F }>

/** Long enough for the heap of a process that does little to be cleaned in it. */
const HEAP_SECONDS = 300

export function judgeSoak(history: readonly HistoryLine[]): SoakResult {
  const of = <F extends HistoryLine['f']>(f: F) => history.filter((line): line is Of<F> => line.f === f)
  const [started] = of('run')
  const asked = started?.value.soak
  if (!started || !asked) throw new Error('the history of no soak')
  const began = started.at
  const { rate, engine, hostile, minutes, days } = asked
  const whole = of('run').some(({ type }) => type === 'ok')
  const lines = whole ? history : completed(history)
  const { latenessMs: _, ...verdict } = check(lines)
  const looks = of('looked').map(({ value }) => value)
  const [ended] = of('soaked').map(({ value }) => value)
  return {
    ...verdict,
    whole,
    rate,
    engine,
    hostile,
    minutes: whole ? minutes : Math.round(((history.at(-1)?.at ?? 0) - began) / 60_000),
    lateness: latenessOf(lines),
    eventStreams: ended?.eventStreams ?? null,
    settleSeconds: ended?.settleSeconds ?? null,
    tables: ended?.tables ?? [],
    endedByItself: looks.at(-1)?.endedByItself ?? { starting: 0, running: 0 },
    looks: looks.length,
    missed: looks.reduce((sum, { missed }) => sum + missed, 0),
    steps: stepsOf(of('step'), began),
    series: [ratesOf(of('order'), began), ...seriesOf(looks)].map((series) =>
      judge(series, days === 0 ? null : (minutes * 60) / days),
    ),
  }
}

export const wrongIn = ({ lost, duplicated, stuck, endedByItself, steps, series }: SoakResult): number =>
  lost +
  duplicated +
  stuck +
  endedByItself.running +
  steps.filter(({ why }) => why !== undefined).length +
  series.filter(({ judged, grows }) => judged && grows).length

/** In the course of a day less than that says nothing of what grows. */
const YOUNG_SECONDS = 2_400

/** `daySeconds`: null where orders come at a steady rate. */
function judge(series: Series, daySeconds: number | null): Judged {
  const { points, measure } = series
  const trend = trendOf(points)
  const level = measure === 'resident memory' ? levelOf(points, daySeconds ?? undefined) : null
  const isYoung = daySeconds !== null && (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0) < YOUNG_SECONDS
  return {
    ...series,
    judged: series.judged && !isYoung,
    trend,
    level,
    grows: level ? !level.holds : trend.grows,
  }
}

function seriesOf(looks: readonly Of<'looked'>['value'][]): Series[] {
  const rows = looks.flatMap(({ after, found }) => found.map((one) => ({ ...one, after })))
  return [...Map.groupBy(rows, ({ measure, of }) => `${measure} ${of}`).values()]
    .map((group) => {
      const { measure = '', of = '', unit = '', judged = false } = group[0] ?? {}
      const points = group.map(({ after, value }) => ({ at: after, value }))
      const isHeap = measure === 'heap after cleaning'
      return { measure, of, unit, judged, points: isHeap ? lowest(points, HEAP_SECONDS) : points }
    })
    .toSorted((a, b) => a.measure.localeCompare(b.measure) || a.of.localeCompare(b.of))
}

/** How the orders came, by the minute. */
function ratesOf(orders: readonly Of<'order'>[], began: number): Series {
  const minutes = Map.groupBy(orders, ({ at }) => Math.floor((at - began) / 60_000))
  const last = Math.max(0, ...minutes.keys())
  const points = Array.from({ length: last }, (_, n) => ({
    at: n * 60,
    value: (minutes.get(n)?.length ?? 0) / 60,
  }))
  return { measure: 'orders', of: 'buyers', unit: 'a second', judged: false, points }
}

function stepsOf(lines: readonly Of<'step'>[], began: number): SoakResult['steps'] {
  return lines
    .filter(({ type }) => type === 'invoke')
    .map(({ at, value: { name } }) => {
      const end = lines.find((line) => line.type !== 'invoke' && line.value.name === name)
      return {
        name,
        at: Math.round((at - began) / 1_000),
        seconds: end ? Math.round((end.at - at) / 1_000) : null,
        why: end ? end.value.why : 'not ended',
      }
    })
}

/** Longer than an order may take with nothing in its way: a sweep, Amazon's two minutes, and a pull. */
const UNDER_WAY_MS = 900_000

/**
 * A history that broke off, as far as it can be judged: each order that was handed over was here, and the
 * last ones may still have been on their way.
 */
function completed(history: readonly HistoryLine[]): HistoryLine[] {
  const last = history.at(-1) as HistoryLine
  const pulls = history.filter((line): line is Of<'pull'> => line.f === 'pull' && line.type === 'ok')
  const givenAt = new Map<string, number>()
  for (const { at, value } of pulls)
    for (const key of value.orders ?? []) givenAt.set(key, givenAt.get(key) ?? at)
  const isJudged = (line: HistoryLine): boolean =>
    line.f === 'order'
      ? givenAt.has(line.value.order) || Math.max(line.at, line.value.visibleAt) < last.at - UNDER_WAY_MS
      : line.f === 'run' || line.f === 'mail' || (line.f === 'pull' && line.type === 'ok')
  const here = { stagings: 1, pulled: true, holds: [], marks: [] }
  return [
    ...history.filter(isJudged).map(withoutMarks),
    ...[...givenAt].map(([order, stagedAt]): HistoryLine => {
      const value = { ...here, id: order, order, stagedAt }
      return { at: last.at, ms: last.ms, process: 'verdict', f: 'stored', type: 'ok', value }
    }),
    { at: last.at, ms: last.ms, process: 'verdict', f: 'run', type: 'ok', value: {} },
  ]
}

/** A pull does not tell them. */
const withoutMarks = (line: HistoryLine): HistoryLine =>
  line.f === 'order' ? { ...line, value: { ...line.value, marks: {} } } : line

function latenessOf(history: readonly HistoryLine[]): SoakResult['lateness'] {
  const stagedAt = new Map(
    history.flatMap((l) => (l.f === 'stored' ? [[l.value.order, l.value.stagedAt]] : [])),
  )
  const mailedAt = new Map<string, number>()
  for (const { f, at, value } of history)
    if (f === 'mail' && !mailedAt.has(value.order)) mailedAt.set(value.order, at)
  const orders = history.filter((line): line is Of<'order'> => line.f === 'order')
  const middle = ((orders[0]?.at ?? 0) + (orders.at(-1)?.at ?? 0)) / 2
  const taken = orders.flatMap(({ at, value: { order, mails, visibleAt } }) => {
    const way: Way = mails === 0 ? 'swept' : visibleAt > at + 1_000 ? 'mailed early' : 'mailed'
    const knowableAt = Math.max(visibleAt, mailedAt.get(order) ?? visibleAt)
    const staged = stagedAt.get(order)
    return staged === undefined
      ? []
      : [{ way, isLate: knowableAt >= middle, ms: Math.max(0, staged - knowableAt) }]
  })
  const quantiles = (way: Way) =>
    [false, true].map((late) => {
      const times = taken.filter((one) => one.way === way && one.isLate === late).map(({ ms }) => ms)
      return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) }
    })
  return { mailed: quantiles('mailed'), 'mailed early': quantiles('mailed early'), swept: quantiles('swept') }
}
