import { createHash } from 'node:crypto'
import type { FileState } from '../marketplaces/order-files/form.ts'

/**
 * Orders that a file left out, as they had left, were cancelled or are not ordered yet: nothing else is kept
 * of them. An older file that comes later lists them as open, and they would be shipped once more.
 */

const STATES: readonly FileState[] = ['shipped', 'completed', 'cancelled', 'not_placed']
const BITS = 2n
const BYTES = 8

/** Hash of the number, its last bits the state. Of 200,000 numbers two meet once in 100 million files. */
function entryOf(orderNumber: string, state: number): bigint {
  const hash = createHash('sha256').update(orderNumber).digest().readBigUInt64BE()
  return ((hash >> BITS) << BITS) | BigInt(state)
}

/** @returns null where there are none */
export function packLeftOut(orders: readonly { orderNumber: string; state: FileState }[]): Buffer | null {
  if (orders.length === 0) return null
  const packed = Buffer.alloc(orders.length * BYTES)
  for (const [index, { orderNumber, state }] of orders.entries())
    packed.writeBigUInt64BE(entryOf(orderNumber, Math.max(0, STATES.indexOf(state))), index * BYTES)
  return packed
}

/** @returns the state in which newer files left an order out; null: none did */
export function openLeftOut(files: readonly Buffer[]): (orderNumber: string) => FileState | null {
  const entries = new BigUint64Array(files.reduce((sum, { length }) => sum + length / BYTES, 0))
  let at = 0
  for (const packed of files)
    for (let byte = 0; byte < packed.length; byte += BYTES) entries[at++] = packed.readBigUInt64BE(byte)
  entries.sort()
  return (orderNumber) => {
    if (entries.length === 0) return null
    const wanted = entryOf(orderNumber, 0)
    let [low, high] = [0, entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((entries[middle] ?? 0n) < wanted) low = middle + 1
      else high = middle
    }
    const found = (entries[low] ?? 0n) - wanted
    return found < 0n ? null : (STATES[Number(found)] ?? null)
  }
}
