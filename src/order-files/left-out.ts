import { hash } from 'node:crypto'
import type { FileState } from '../marketplaces/order-files/form.ts'
import { withoutZeros } from '../marketplaces/order-files/read-order.ts'
import { type Ages, isOlder } from './age.ts'

/**
 * What a file said of orders that it did not bring: nothing else is kept of them, and an older file that
 * comes later lists them as open. They would be shipped once more.
 */

export type LeftOutState = FileState | 'unread'
const STATES: readonly LeftOutState[] = ['shipped', 'completed', 'cancelled', 'not_placed', 'unread']

/** Hash of the number, when its row changed (0: not said), state. */
const TIME_AT = 8
const STATE_AT = 14
const BYTES = 15
/** Entries that are read at a stretch, well within a millisecond. */
const AT_A_STRETCH = 512
const TABLES = 64

/**
 * 53 bits of a hash: among half a million, one of 1,000 orders is taken for another once in 20 million files.
 * A spreadsheet takes the zeros of a number, so they do not count.
 */
function keyOf(orderNumber: string): number {
  const plain = /^\d+$/.test(orderNumber) ? withoutZeros(orderNumber) : orderNumber
  const digest = hash('sha256', plain, 'buffer')
  return (digest.readUInt32BE() & 0x1f_ffff) * 2 ** 32 + digest.readUInt32BE(4)
}

/** One order at a time: the hashes of 200,000 would hold up the process for half a second. */
export function createLeftOut() {
  let packed = Buffer.alloc(BYTES * AT_A_STRETCH)
  let length = 0
  return {
    add({ orderNumber, state, row }: { orderNumber: string; state: LeftOutState; row: Date | null }): void {
      if (length === packed.length) packed = Buffer.concat([packed, Buffer.alloc(packed.length)])
      packed.writeDoubleBE(keyOf(orderNumber), length)
      packed.writeUIntBE(Math.max(0, row?.getTime() ?? 0), length + TIME_AT, STATE_AT - TIME_AT)
      packed.writeUInt8(STATES.indexOf(state), length + STATE_AT)
      length += BYTES
    },
    /** Null: there are none. */
    packed: (): Buffer | null => (length === 0 ? null : packed.subarray(0, length)),
  }
}

type Said = Ages & { state: LeftOutState }

/** The newest of each kind: rows meet rows and files meet files, so none of these is the newest of all. */
interface Newest {
  byFile: Said
  byRow: Said | null
  withoutRow: Said | null
}

const laterFile = (one: Said, other: Said | null): Said =>
  other === null || other.file <= one.file ? one : other
const newer = (one: Said, other: Said | null): Said => (other === null || isOlder(other, one) ? one : other)

function note(table: Map<number, Newest>, key: number, said: Said): void {
  const here = table.get(key)
  const [byRow, withoutRow] = said.row === null ? [null, said] : [said, null]
  if (!here) return void table.set(key, { byFile: said, byRow, withoutRow })
  here.byFile = laterFile(said, here.byFile)
  if (byRow) here.byRow = newer(byRow, here.byRow)
  if (withoutRow) here.withoutRow = newer(withoutRow, here.withoutRow)
}

/**
 * How newer content than this left an order out; null: none did. `unknown`: of files beyond the bound nobody
 * knows whether one did.
 */
export type LeftOutSince = (orderNumber: string, ages: Ages) => LeftOutState | 'unknown' | null

/** @param files of the shop, with when they held; without what they left out: beyond the bound */
export async function openLeftOut(
  files: readonly { leftOut: Buffer | null; heldAt: Date }[],
  pause: () => Promise<void>,
): Promise<LeftOutSince> {
  // Many small tables, as a large one holds the process up whenever it grows.
  const tables = Array.from({ length: TABLES }, () => new Map<number, Newest>())
  let beyond: Date | null = null
  for (const { leftOut, heldAt } of files) {
    if (leftOut === null && (beyond === null || beyond < heldAt)) beyond = heldAt
    for (let at = 0; leftOut !== null && at < leftOut.length; at += BYTES) {
      if (at % (BYTES * AT_A_STRETCH) === 0) await pause()
      const key = leftOut.readDoubleBE(at)
      const row = leftOut.readUIntBE(at + TIME_AT, STATE_AT - TIME_AT)
      const state = STATES[leftOut.readUInt8(at + STATE_AT)] ?? 'unread'
      const table = tables[key % TABLES]
      if (table) note(table, key, { state, file: heldAt, row: row === 0 ? null : new Date(row) })
    }
  }
  return (orderNumber, ages) => {
    const key = files.length === 0 ? 0 : keyOf(orderNumber)
    const here = tables[key % TABLES]?.get(key)
    const since = [...(ages.row === null ? [here?.byFile] : [here?.byRow, here?.withoutRow])]
      .flatMap((one) => one ?? [])
      .filter((one) => isOlder(ages, one))
      .reduce<Said | null>((latest, one) => laterFile(one, latest), null)
    if (since) return since.state
    if (beyond === null || !mayBeOlder(ages, beyond)) return null
    // Where its row stood in a file within the bound, nothing beyond says anything newer.
    const stood = here?.byRow
    const isSame = ages.row !== null && stood?.row?.getTime() === ages.row.getTime()
    return isSame && stood.file > beyond ? null : 'unknown'
  }
}

/** A row that stood in a file that held then changed before. */
const mayBeOlder = (ages: Ages, then: Date): boolean =>
  ages.file < then || (ages.row !== null && ages.row < then)
