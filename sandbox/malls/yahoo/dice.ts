import { createHash } from 'node:crypto'

/** Repeatable chance: the same text throws the same dice. */
export interface Dice {
  /** Both ends included. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(pool: readonly T[]): T
}

export function createDice(text: string): Dice {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0)
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * Math.max(to - from + 1, 1))
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (pool) => pool[int(0, pool.length - 1)] as (typeof pool)[number],
  }
}
