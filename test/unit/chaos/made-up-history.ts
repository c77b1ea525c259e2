import { check } from '../../chaos/check.ts'
import type { HistoryEntry, HistoryLine } from '../../chaos/history.ts'

/** Lines of made-up histories. */

export type Type = HistoryLine['type']
let clock = 0
export const line = (entry: HistoryEntry): HistoryLine => {
  clock += 1
  return { at: clock, ms: clock, ...entry }
}

export const run = (type: Type, value = {}): HistoryLine => line({ process: 'run', f: 'run', type, value })

interface PlacedOrder {
  mails?: number
  visibleAt?: number
  listedAfterMs?: number
  mailbox?: string
  marks?: Record<string, boolean>
  places?: string[]
}
export const order = (key: string, more: PlacedOrder = {}): HistoryLine =>
  line({
    process: 'buyer',
    f: 'order',
    type: 'ok',
    value: { order: key, visibleAt: 1_000, mails: 1, listedAfterMs: 0, ...more },
  })

export const pull = (key: string, pullId: string, orders: string[]): HistoryLine[] => [
  line({ process: 'puller', f: 'pull', type: 'invoke', value: { key } }),
  line({ process: 'puller', f: 'pull', type: 'ok', value: { key, pullId, orders } }),
]

/** Behind a position, which is the number of the batch before: `behind(1, …)` is the second batch. */
export const behind = (before: number, orders: string[], more: Partial<Pulled> = {}): HistoryLine[] => {
  const after = before === 0 ? null : `p${before}`
  const number = orders.length === 0 ? before : before + 1
  const told = { pullId: `b${number}`, since: after ?? 'p0', position: `p${number}`, number, replayed: false }
  return [
    line({ process: 'puller', f: 'pull', type: 'invoke', value: { after } }),
    line({ process: 'puller', f: 'pull', type: 'ok', value: { after, desk: 'd', ...told, orders, ...more } }),
  ]
}
type Pulled = Extract<HistoryEntry, { f: 'pull' }>['value']

/** What a client has at its end. */
export const kept = (...orders: string[]): HistoryLine =>
  line({
    process: `client with ${orders.length}`,
    f: 'kept',
    type: 'ok',
    value: { orders: orders.map((order) => ({ order, id: `id of ${order}` })) },
  })

type Stored = Extract<HistoryEntry, { f: 'stored' }>['value']
export const stored = (key: string, more: Partial<Stored> = {}): HistoryLine =>
  line({
    process: 'database',
    f: 'stored',
    type: 'ok',
    value: {
      id: `id of ${key}`,
      order: key,
      stagedAt: 2_000,
      stagings: 1,
      pulled: true,
      holds: [],
      marks: [],
      ...more,
    },
  })

type Changes = Extract<HistoryEntry, { f: 'change' }>['value']['changes']
export const change = (type: Type, key: string, changes: Changes): HistoryLine =>
  line({ process: 'desk', f: 'change', type, value: { key, changes } })
export const ended = (id: string, state: string, code: string | null = null): HistoryLine =>
  line({ process: 'database', f: 'ended', type: 'ok', value: { id, state, code } })
export const write = (key: string, operation: string, ...content: string[]): HistoryLine =>
  line({ process: 'mall', f: 'write', type: 'ok', value: { order: key, operation, content } })

/** Pieces of its lines, as `ordered` and `sent`. */
export const sent = (key: string, ...lines: [ordered: number, sent: number][]): HistoryLine =>
  line({
    process: 'mall',
    f: 'sent',
    type: 'ok',
    value: { order: key, lines: lines.map(([ordered, sent], n) => ({ lineId: `L${n + 1}`, ordered, sent })) },
  })

export const fault = (
  n: number,
  name: string,
  from: number,
  to: number | null,
  on?: string,
): HistoryLine[] => {
  const value = { name, n, ...(on === undefined ? {} : { on }) }
  const at = (ms: number, type: Type): HistoryLine => ({
    at: ms,
    ms,
    process: 'faults',
    f: 'fault',
    type,
    value,
  })
  return [at(from, 'invoke'), ...(to === null ? [] : [at(to, 'ok')])]
}

/** How much of each kind is wrong in a history. */
export function wrongIn(history: readonly HistoryLine[]) {
  const { lost, duplicated, late, stuck, unexplained, untrue, whyFalse } = check(history)
  return { lost, duplicated, late, stuck, unexplained, untrue, whyFalse }
}
export const NOTHING_WRONG = {
  lost: 0,
  duplicated: 0,
  late: 0,
  stuck: 0,
  unexplained: 0,
  untrue: 0,
  whyFalse: 0,
}
