import type { Seeded } from '../../kit/seeded.ts'
import { seeded } from '../../kit/seeded.ts'

export interface SimShop {
  code: string
  name: string
  serviceSecret: string
  licenseKey: string
}

/** Keys in the shape that RMS shows; the same seed gives the same keys. */
export function createShop(code: string, name: string, seed: number): SimShop {
  const random = seeded(seed, Number(code))
  return {
    code,
    name,
    serviceSecret: `SP${code}_${letters(random, 16)}`,
    licenseKey: `SL${code}_${letters(random, 20)}`,
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const letters = (random: Seeded, count: number) =>
  Array.from({ length: count }, () => random.pick([...ALPHABET])).join('')
