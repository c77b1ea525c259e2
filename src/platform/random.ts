import { randomBytes, randomFillSync } from 'node:crypto'

/** Randomness comes in through the composition root, so that a test can repeat it. */
export interface Random {
  /** `n` bytes fit for nonces and keys. */
  bytes(n: number): Uint8Array
  /** 0 ≤ x < 1, for jitter only. */
  float(): number
}

export const systemRandom: Random = {
  bytes: createPool(),
  float: () => Math.random(),
}

const POOL_BYTES = 4_096
/** Keys and secrets never lie in the pool. */
const MOST_POOLED = 16

/** Ids and nonces are small and many; asking the system for each takes longer than all the rest. */
function createPool(): Random['bytes'] {
  let pool = new Uint8Array(0)
  let next = 0
  return (n) => {
    if (n > MOST_POOLED) return randomBytes(n)
    if (next + n > pool.length) {
      pool = randomFillSync(new Uint8Array(POOL_BYTES))
      next = 0
    }
    next += n
    return pool.slice(next - n, next)
  }
}
