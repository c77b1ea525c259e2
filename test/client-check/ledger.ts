import type { Fault } from './faults.ts'

/** All that went through the proxy, and what the client says that it has stored. */

export interface TracedCall {
  n: number
  /** Milliseconds since the start. */
  at: number
  method: string
  path: string
  key: string | null
  ifMatch: string | null
  /** Of the change feed and of a pull by position: the position that it goes on from. */
  after: string | null
  /** Of a pull: whether it names a position, and the desk that it names. */
  byPosition: boolean
  desk: string | null
  /** Other pulls that were under way when it came, and those of them at its desk or of its key. */
  beside: number
  besideAtDesk: number
  /** Desk that the service answered for; '' for a key, null where it answered nothing. */
  servedDesk: string | null
  /** Orders that the request names, what is to be done with them, and all that is asked for. */
  asked: { orderId: string; action: string; content: string }[]
  fault: Fault | null
  /** What the service said; null when it was not asked or did not answer. */
  done: number | null
  /** What the client was told; null when the line was cut. */
  told: number | null
  /** Of a problem that the client was told. */
  code: string | null
  /** When the client was told. */
  toldAt: number | null
  /** Of a pull. */
  orders: string[]
  /** Those of them that have holds. */
  held: string[]
  /** Of a pull: the position behind its batch, and whether the batch was there already. */
  position: string | null
  replayed: boolean
  /** Of the change feed. */
  positions: string[]
  /**
   * It came so many milliseconds after the call that was told to wait longer. `same`: it asks for the same as
   * that one did.
   */
  early: { refused: number; afterMs: number; same: boolean } | null
}

export interface Kill {
  at: number
  /** What the client had just done, and how long ago. */
  why: string
}

/** The client's folder as it was at `from` took the place of what it was at `at`. */
interface PutBack {
  at: number
  from: number
}

export interface Ledger {
  calls: TracedCall[]
  kills: Kill[]
  putBacks: PutBack[]
  /** How often the client has said so of an order. */
  stored: Map<string, number>
  /** Positions of the change feed that it has worked off. */
  positions: Set<string>
  /** Texts of the client: each order id in a line counts once, and each position. */
  store(text: string): number
  /** What the client has stored until now. */
  copy(): StoredUntilNow
  /** The client was put back to that copy of itself. */
  putBack(copy: StoredUntilNow): void
}

interface StoredUntilNow {
  stored: ReadonlyMap<string, number>
  positions: ReadonlySet<string>
}

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi
const POSITION = /(?<![\w-])\d{1,19}-\d{1,19}(?:-[0-9a-f]{8})?(?![\w-])/g

export const idsIn = (text: string): string[] => [...text.matchAll(UUID)].map(([id]) => id.toLowerCase())

export function createLedger(): Ledger {
  const ledger: Ledger = {
    calls: [],
    kills: [],
    putBacks: [],
    stored: new Map(),
    positions: new Set(),
    store(text) {
      let count = 0
      for (const line of text.split('\n')) {
        for (const [position] of line.matchAll(POSITION)) ledger.positions.add(position)
        const ids = new Set(idsIn(line))
        count += ids.size
        for (const id of ids) ledger.stored.set(id, (ledger.stored.get(id) ?? 0) + 1)
      }
      return count
    },
    copy: () => ({ stored: new Map(ledger.stored), positions: new Set(ledger.positions) }),
    putBack({ stored, positions }) {
      ledger.stored = new Map(stored)
      ledger.positions = new Set(positions)
    },
  }
  return ledger
}
