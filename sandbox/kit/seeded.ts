/** Repeatable choices: the same seed and number give the same order on every machine. */
export interface Seeded {
  /** 0 ≤ x < 1 */
  float(): number
  int(from: number, to: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
}

/** mulberry32. `stream` separates the choices of one order from those of the next. */
export function seeded(seed: number, stream: number): Seeded {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0
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
