import { randomBytes } from 'node:crypto'

/** Randomness comes in through the composition root, so that a test can repeat it. */
export interface Random {
  /** `n` bytes fit for nonces and keys. */
  bytes(n: number): Uint8Array
  /** 0 ≤ x < 1, for jitter only. */
  float(): number
}

export const systemRandom: Random = {
  bytes: (n) => randomBytes(n),
  float: () => Math.random(),
}
