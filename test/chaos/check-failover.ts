import { check } from './check.ts'
import type { HistoryLine } from './history.ts'

/** The verdict on a run with failovers, from its history. Pure. */
export interface FailoverVerdict {
  staged: number
  pulled: number
  changes: number
  lost: number
  duplicated: number
  /** Failovers that a program with a position in the change feed was not told of. */
  untold: number
  /** Orders that the client got in two batches, as the first was lost. */
  givenAgain: number
  findings: string[]
}

interface Facts {
  synchronous: boolean
  failovers: number
  resets: number
}

/**
 * With a standby that has every commit nothing of a pull may change: each answer begins at the number of the
 * client's position, though a failover gives it another path. With one that lags, batches are undone; what
 * counts is the end: each order is here once, and in the client's books under the id that it has here.
 */
export function checkFailover(
  history: readonly HistoryLine[],
  { synchronous, failovers, resets }: Facts,
): FailoverVerdict {
  const ends = atTheEnd(history)
  const whole = synchronous ? check(history.map(withoutPath)) : null
  const found = {
    lost: [...ends.lost, ...(whole?.findings.filter((text) => text.startsWith('lost')) ?? [])],
    duplicated: [
      ...ends.duplicated,
      ...(whole?.findings.filter((text) => text.startsWith('duplicated')) ?? []),
    ],
    stuck: whole?.findings.filter((text) => /^(stuck|unexplained)/.test(text)) ?? [],
  }
  return {
    staged: ends.staged,
    pulled: ends.pulled,
    changes: whole?.changes ?? 0,
    lost: ends.lost.length + (whole?.lost ?? 0) + (whole?.stuck ?? 0) + (whole?.unexplained ?? 0),
    duplicated: ends.duplicated.length + (whole?.duplicated ?? 0),
    // Two in one moment are told as one.
    untold: Math.max(0, failovers - resets),
    givenAgain: ends.givenAgain,
    findings: Object.entries(found).flatMap(([kind, texts]) =>
      texts.slice(0, 20).map((text) => `${kind}: ${text}`),
    ),
  }
}

function atTheEnd(history: readonly HistoryLine[]) {
  const placed = new Set(history.flatMap((line) => (line.f === 'order' ? [line.value.order] : [])))
  const stored = history.flatMap((line) => (line.f === 'stored' ? [line.value] : []))
  const kept = history.flatMap((line) => (line.f === 'kept' ? line.value.orders : []))
  const here = new Map(stored.map((row) => [row.order, row]))
  const byOrder = new Map(kept.map(({ order, id }) => [order, id]))
  const batches = new Map<string, Set<string>>()
  for (const line of history)
    if (line.f === 'pull' && line.type === 'ok')
      for (const order of line.value.orders ?? [])
        batches.set(order, (batches.get(order) ?? new Set()).add(line.value.pullId ?? ''))
  return {
    staged: here.size,
    pulled: byOrder.size,
    givenAgain: [...batches.values()].filter(({ size }) => size > 1).length,
    lost: [
      ...[...placed].filter((order) => !here.has(order)).map((order) => `never staged: ${order}`),
      ...stored.filter(({ pulled }) => !pulled).map(({ order }) => `never handed over: ${order}`),
      ...stored
        .filter(({ order, id }) => byOrder.get(order) !== id)
        .map(({ order }) => `the client has another or none: ${order}`),
      ...[...byOrder.keys()]
        .filter((order) => !here.has(order))
        .map((order) => `the client has it, not here: ${order}`),
    ],
    duplicated: [
      ...(here.size < stored.length ? ['two rows of one order'] : []),
      ...stored.filter(({ stagings }) => stagings > 1).map(({ order }) => `staged twice: ${order}`),
      ...stored.filter(({ order }) => !placed.has(order)).map(({ order }) => `no such order: ${order}`),
    ],
  }
}

/** Positions by their numbers alone. */
function withoutPath(line: HistoryLine): HistoryLine {
  if (line.f !== 'pull') return line
  const { after, since, position } = line.value
  const numbers = { after: numberOf(after), since: numberOf(since), position: numberOf(position) }
  return { ...line, value: Object.assign({ ...line.value }, numbers) }
}

const numberOf = (position: string | null | undefined): string | undefined => position?.split('.')[0]
