import type { Fault } from './faults.ts'

/** All that went through the proxy, and what the client says that it has stored. */

export interface TracedCall {
  n: number
  /** Milliseconds since the start. */
  at: number
  method: string
  path: string
  key: string | null
  fault: Fault | null
  /** What the service said; null when it was not asked or did not answer. */
  done: number | null
  /** What the client was told; null when the line was cut. */
  told: number | null
  /** Of a pull. */
  orders: string[]
}

export interface Ledger {
  calls: TracedCall[]
  /** How often the client has said so of an order. */
  stored: Map<string, number>
  /** Came again before the time that Retry-After had named. */
  impatient: number
  /** Texts of the client: each order id in a line counts once. */
  store(text: string): number
}

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi

export function createLedger(): Ledger {
  const stored = new Map<string, number>()
  return {
    calls: [],
    stored,
    impatient: 0,
    store(text) {
      let count = 0
      for (const line of text.split('\n')) {
        const ids = new Set([...line.matchAll(UUID)].map(([id]) => id.toLowerCase()))
        count += ids.size
        for (const id of ids) stored.set(id, (stored.get(id) ?? 0) + 1)
      }
      return count
    },
  }
}

export interface Verdict {
  orders: number
  /** The service handed them over, and the client has not stored them. */
  lost: string[]
  /** Stored more than once. */
  doubled: string[]
  /** Still 自動受注取込: the client has not come for them. */
  notPulled: number
  /** The same order shipped by two site changes. */
  shippedTwice: string[]
  calls: number
  faults: number
  kills: number
  impatient: number
}

export const isClean = ({ lost, doubled, notPulled, shippedTwice }: Verdict): boolean =>
  lost.length + doubled.length + notPulled + shippedTwice.length === 0

/** `handedOver`: by the service's own list, whatever the proxy has seen. */
export function judge(
  ledger: Ledger,
  facts: { handedOver: readonly string[]; staged: number; shipped: readonly string[]; kills: number },
): Verdict {
  const { handedOver, staged, shipped, kills } = facts
  const times = new Map<string, number>()
  for (const id of shipped) times.set(id, (times.get(id) ?? 0) + 1)
  return {
    orders: handedOver.length + staged,
    lost: handedOver.filter((id) => !ledger.stored.has(id)),
    doubled: handedOver.filter((id) => (ledger.stored.get(id) ?? 0) > 1),
    notPulled: staged,
    shippedTwice: [...times].filter(([, count]) => count > 1).map(([id]) => id),
    calls: ledger.calls.length,
    faults: ledger.calls.filter(({ fault }) => fault !== null).length,
    kills,
    impatient: ledger.impatient,
  }
}

const MOST_TRACED = 10

export function shown(verdict: Verdict, ledger: Ledger): string {
  const { orders, lost, doubled, notPulled, shippedTwice, calls, faults, kills, impatient } = verdict
  const lines = [
    `orders ${orders}   lost ${lost.length}   doubled ${doubled.length}   not pulled ${notPulled}   shipped twice ${shippedTwice.length}`,
    `calls ${calls}   faults ${faults}   kills of the client ${kills}   earlier than Retry-After ${impatient}`,
  ]
  for (const id of oneOfEach(lost, ledger)) lines.push('', `lost: order ${id}`, ...traceOf(ledger, id))
  for (const id of oneOfEach(doubled, ledger))
    lines.push('', `stored ${ledger.stored.get(id)} times: order ${id}`, ...traceOf(ledger, id))
  lines.push(
    '',
    isClean(verdict) ? 'This client lost no order and doubled none.' : 'THIS CLIENT IS NOT SAFE.',
  )
  return lines.join('\n')
}

/** One order of each batch stands for the others of it. */
function oneOfEach(ids: readonly string[], { calls }: Ledger): string[] {
  const batches = new Map(ids.map((id) => [calls.find(({ orders }) => orders.includes(id))?.n, id]))
  return [...batches.values()].slice(0, MOST_TRACED)
}

/** Every call that handed the order over, and whether its key was ever sent again. */
function traceOf({ calls }: Ledger, id: string): string[] {
  const handing = calls.filter(({ orders }) => orders.includes(id))
  const keys = new Set(handing.map(({ key }) => key))
  const told = calls
    .filter(({ key, orders }) => orders.includes(id) || (key !== null && keys.has(key)))
    .map(line)
  const answered = handing.some((call) => call.told === 200)
  const hint = answered
    ? '  → the whole answer reached the client: it ended, or went on, before the order was stored; or stored it each time'
    : '  → no answer of this key reached the client, and it did not send the key again until one did'
  return [...told, hint]
}

const line = ({ n, at, method, path, key, fault, done, told, orders }: TracedCall): string =>
  `  #${n} +${(at / 1000).toFixed(1)} s  ${method} ${path}  key ${key ?? 'none'}  ${fault ?? 'no fault'}: ` +
  `the service said ${done ?? 'nothing'}, the client was told ${told ?? 'nothing'} (${orders.length} orders)`
