import { createHash } from 'node:crypto'

/** Repeatable choices: the same seed and number give the same order on every machine. */
export interface Seeded {
  /** 0 ≤ x < 1 */
  float(): number
  /** Both ends included. */
  int(from: number, to: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
}

/** `stream` separates the choices of one order from those of the next. */
export const seeded = (seed: number, stream: number): Seeded =>
  mulberry32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b))

/** The same text makes the same choices. */
export const seededByText = (text: string): Seeded =>
  mulberry32(createHash('sha256').update(text).digest().readUInt32LE(0))

function mulberry32(start: number): Seeded {
  let state = start >>> 0
  const float = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (from: number, to: number) => from + Math.floor(float() * (to - from + 1))
  return {
    float,
    int,
    chance: (share) => float() < share,
    pick: (list) => list[int(0, list.length - 1)] as (typeof list)[number],
  }
}

/**
 * The examples know a shop's first buyers. A rush of thousands out of six houses would be one family's, each
 * order to be combined with all others.
 */
const WELL_KNOWN = 60

/** The same house; from the sixty-first order on each has another one in that street. */
export const houseOf = (street: string, turn: number): string =>
  turn < WELL_KNOWN ? street : `${street}-${turn}`

/** The same for its phone, which still belongs to nobody. */
export const phoneOf = (phone: string, turn: number): string =>
  turn < WELL_KNOWN ? phone : phone.replace(/\d{4}$/, String(turn % 10_000).padStart(4, '0'))
