/** One line of the soak's curves. */
export interface Series {
  /** What is counted, and of which process where it is one's own. */
  measure: string
  of: string
  unit: string
  /** Whether it has to stay level; what is kept for ever grows. */
  judged: boolean
  points: Point[]
}

export interface Point {
  /** Seconds since orders began. */
  at: number
  value: number
}

export interface Trend {
  /** Of the second half; what comes before is warming up. */
  mean: number
  least: number
  most: number
  /** What the second half's straight line adds in half an hour. */
  perHalfHour: number
  grows: boolean
}

const HALF_HOUR_SECONDS = 1_800
const SHARE = 0.1
const SCATTERS = 2

/**
 * The straight line (least squares) through the second half of the points. It grows when half an hour of it
 * is more than a tenth of the mean and more than twice what the points scatter around it (standard
 * deviation), and the median of the last quarter lies as much above that of the second one: a dip in the
 * middle is no growth.
 */
export function trendOf(points: readonly Point[]): Trend {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const part = (from: number, to: number) =>
    points.filter(({ at }) => at >= first + from * (last - first) && at <= first + to * (last - first))
  const half = part(0.5, 1)
  const values = valuesOf(half)
  const mean = average(values)
  const middle = average(half.map(({ at }) => at))
  const spread = sum(half.map(({ at }) => (at - middle) ** 2))
  const slope = spread === 0 ? 0 : sum(half.map(({ at, value }) => (at - middle) * (value - mean))) / spread
  const scatter = Math.sqrt(average(half.map(({ at, value }) => (value - mean - slope * (at - middle)) ** 2)))
  const perHalfHour = slope * HALF_HOUR_SECONDS
  const rise = median(valuesOf(part(0.75, 1))) - median(valuesOf(part(0.25, 0.5)))
  const risePerHalfHour = (rise / Math.max((last - first) / 2, 1)) * HALF_HOUR_SECONDS
  const most = Math.max(SHARE * Math.abs(mean), SCATTERS * scatter)
  return {
    mean,
    perHalfHour,
    least: Math.min(...values),
    most: Math.max(...values),
    grows: perHalfHour > most && risePerHalfHour > SHARE * Math.abs(mean),
  }
}

/** How a series stands once it is warm, however long it is watched. */
export interface Level {
  /** Medians of the first window behind the warm-up, and of the highest one. */
  first: number
  highest: number
  /** From the warm-up to the end. */
  hours: number
  holds: boolean
}

/** Caches, compiled code and the pools of the allocator are full by then. */
const WARM_UP_SECONDS = 1_200
const WINDOW_SECONDS = 600

/**
 * A level holds while no window lies more than a tenth above the first. In a run below an hour a third is
 * warm-up.
 * @param windowSeconds where load has a period, that; otherwise ten minutes, or a sixth of a short run
 */
export function levelOf(points: readonly Point[], windowSeconds?: number): Level {
  const [began, ended] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const length = ended - began
  const from = began + Math.min(WARM_UP_SECONDS, length / 3)
  const window = windowSeconds ?? Math.min(WINDOW_SECONDS, length / 6)
  const windows = Map.groupBy(
    points.filter(({ at }) => at >= from),
    ({ at }) => Math.min(Math.floor((at - from) / window), Math.ceil((ended - from) / window) - 1),
  )
  const medians = [...windows.values()].map((group) => median(valuesOf(group)))
  const [first = 0] = medians
  const highest = Math.max(first, ...medians)
  return { first, highest, hours: (ended - from) / 3_600, holds: highest <= (1 + SHARE) * first }
}

/** The least value of each `seconds`: of a heap, what is left after it was cleaned. */
export function lowest(points: readonly Point[], seconds: number): Point[] {
  const groups = Map.groupBy(points, ({ at }) => Math.floor(at / seconds))
  return [...groups.values()].map((group) =>
    group.reduce((least, point) => (point.value < least.value ? point : least)),
  )
}

const valuesOf = (points: readonly Point[]): number[] => points.map(({ value }) => value)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const average = (values: readonly number[]): number => (values.length === 0 ? 0 : sum(values) / values.length)
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
