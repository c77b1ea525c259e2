import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** A new UUID v7 in lower-case text. */
export type NewId = () => string

/**
 * UUID v7 (RFC 9562): 48 bits of milliseconds, 12 bits of counter, 62 random bits. Ids of one process sort in
 * the order in which they were made, also when the clock stands still or is set back, so that (orderedAt, id)
 * pages stay stable.
 */
export function createNewId(clock: Clock, random: Random): NewId {
  let last = -1
  let counter = 0
  return () => {
    const now = clock.now()
    const bytes = Buffer.from(random.bytes(10))
    if (now > last) {
      last = now
      // Starts in the lower half, which leaves room to count up within the millisecond.
      counter = bytes.readUInt16BE(0) & 0x7ff
    } else if (++counter > 0xfff) {
      last += 1
      counter = 0
    }
    return format(last, counter, bytes.subarray(2))
  }
}

function format(time: number, counter: number, tail: Buffer): string {
  const id = Buffer.alloc(16)
  id.writeUIntBE(time, 0, 6)
  id.writeUInt16BE(0x7000 | counter, 6)
  tail.copy(id, 8)
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = id.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Lowest UUID v7 of a time, in milliseconds. */
export function firstIdAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
