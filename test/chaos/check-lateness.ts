/** How far behind each order came, and which came later than what had happened to it can explain. Pure. */

export interface ComingOrder {
  key: string
  /** When the service could first have known of it. */
  due: number
  stagedAt: number
  mall: string
  mailbox?: string | undefined
}

export interface FaultSpan {
  name: string
  /** The mall or mailbox that it touches alone; absent: it touches everything. */
  on?: string | undefined
  from: number
  /** Infinity: it never ended. */
  to: number
}

interface Lateness {
  key: string
  /** Milliseconds since it could be known, or since the last fault that touched it was over. */
  behindMs: number
  /** How much of that lies beyond its own bound; 0: it is within. */
  beyondMs: number
}

/** What an order may take with nothing in its way, on a machine that the whole run shares. */
const BOUND_MS = 60_000
/**
 * For how long a fault may still hold orders up once it is over, by the first word of its name: what the service waits for by design.
 * A mall: its lane is closed for up to five minutes after several failures in a row. A mailbox: a silent link is given up after 80 s, a
 * refused login tried again after up to two minutes. A process: it starts anew, and its leases of up to three minutes end.
 */
const AFTERMATH_MS: Readonly<Record<string, number>> = {
  mall: 300_000,
  partition: 300_000,
  'dns-gone': 300_000,
  'kill-9': 180_000,
  freeze: 180_000,
  'clock-step': 300_000,
}
const OTHER_AFTERMATH_MS = 120_000

export function latenessOf(orders: readonly ComingOrder[], faults: readonly FaultSpan[]): Lateness[] {
  return orders.map((order) => {
    const { key, due, stagedAt } = order
    const touching = faults.filter((fault) => touches(fault, order))
    const since = Math.max(due, ...touching.map(({ to }) => to))
    const until = boundOf(order, touching)
    return { key, behindMs: Math.max(0, stagedAt - since), beyondMs: Math.max(0, stagedAt - until) }
  })
}

const touches = (fault: FaultSpan, { due, stagedAt, mall, mailbox }: ComingOrder): boolean =>
  fault.from < stagedAt &&
  fault.to + aftermathOf(fault) > due &&
  (fault.on === undefined || fault.on === mall || fault.on === mailbox)

/** Until when what was due of an order may take, by what touched it. */
export const boundOf = (order: ComingOrder, faults: readonly FaultSpan[]): number =>
  Math.max(
    order.due,
    ...faults.filter((fault) => touches(fault, order)).map((fault) => fault.to + aftermathOf(fault)),
  ) + BOUND_MS

const aftermathOf = ({ name }: FaultSpan): number =>
  AFTERMATH_MS[name.split(' ')[0] ?? ''] ?? OTHER_AFTERMATH_MS
