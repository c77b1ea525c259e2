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
 * For how long a fault may still hold orders up once it is over, by the first word of its name: what the
 * service waits for by design. A mall: its lane is closed for up to five minutes after several failures in a
 * row. A mailbox: a silent link is given up after 80 s, a refused login tried again after up to two minutes.
 * A process: it starts anew, and its leases of up to three minutes end.
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

const boundOf = (order: ComingOrder, faults: readonly FaultSpan[]): number =>
  Math.max(
    order.due,
    ...faults.filter((fault) => touches(fault, order)).map((fault) => fault.to + aftermathOf(fault)),
  ) + BOUND_MS

/**
 * What was to happen at a time may be late by so much with nothing in its way: a turn of a shop that is busy,
 * on a machine that the run shares.
 */
const PROMISE_MS = 30_000
/**
 * A mall's fault delays a promise while it keeps a turn waiting for one silent call: a closed lane is a
 * promise of its own.
 */
const SILENT_CALL_MS = 35_000

/**
 * Until when something must have happened that was promised for a time: a little later, or once the faults
 * are over that keep the service from it. What touches a mailbox keeps nobody from asking the mall.
 */
export function promisedBy(
  at: number,
  { mall }: Pick<ComingOrder, 'mall'>,
  faults: readonly FaultSpan[],
): number {
  let until = at + PROMISE_MS
  for (const fault of faults.toSorted((a, b) => a.from - b.from)) {
    if (fault.on !== undefined && fault.on !== mall) continue
    const over = fault.to + (fault.on === undefined ? aftermathOf(fault) : SILENT_CALL_MS)
    if (fault.from < until && over > at) until = Math.max(until, over + PROMISE_MS)
  }
  return until
}

const aftermathOf = ({ name }: FaultSpan): number =>
  AFTERMATH_MS[name.split(' ')[0] ?? ''] ?? OTHER_AFTERMATH_MS
