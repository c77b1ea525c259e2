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
  /** Of the change feed: the position that it goes on from. */
  after: string | null
  /** Orders that the request names, and what is to be done with them. */
  asked: { orderId: string; action: string }[]
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
  /** Of the change feed. */
  positions: string[]
  /** It came so many milliseconds after the call that was told to wait longer. */
  early: { refused: number; afterMs: number } | null
}

export interface Kill {
  at: number
  /** What the client had just done, and how long ago. */
  why: string
}

export interface Ledger {
  calls: TracedCall[]
  kills: Kill[]
  /** How often the client has said so of an order. */
  stored: Map<string, number>
  /** Positions of the change feed that it has worked off. */
  positions: Set<string>
  /** Texts of the client: each order id in a line counts once, and each position. */
  store(text: string): number
}

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi
const POSITION = /(?<![\w-])\d{1,19}-\d{1,19}(?:-[0-9a-f]{8})?(?![\w-])/g

export function createLedger(): Ledger {
  const stored = new Map<string, number>()
  const positions = new Set<string>()
  return {
    calls: [],
    kills: [],
    stored,
    positions,
    store(text) {
      let count = 0
      for (const line of text.split('\n')) {
        for (const [position] of line.matchAll(POSITION)) positions.add(position)
        const ids = new Set([...line.matchAll(UUID)].map(([id]) => id.toLowerCase()))
        count += ids.size
        for (const id of ids) stored.set(id, (stored.get(id) ?? 0) + 1)
      }
      return count
    },
  }
}
