import { type Seeded, seeded } from '../../kit/seeded.ts'

export interface SimShop {
  code: string
  name: string
  clientId: string
  clientSecret: string
  /** Null: the seller has revoked the consent. */
  refreshToken: string | null
}

/** Credentials in Amazon's form; the same seed gives the same ones. */
export function createShop(code: string, name: string, seed: number): SimShop {
  const random = seeded(
    seed,
    [...code].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7),
  )
  return {
    code,
    name,
    clientId: `amzn1.application-oa2-client.${text(random, 32, '0123456789abcdef')}`,
    clientSecret: `amzn1.oa2-cs.v1.${text(random, 64, '0123456789abcdef')}`,
    refreshToken: newRefreshToken(random),
  }
}

export const newRefreshToken = (random: Seeded): string => `Atzr|IwEBI${text(random, 60)}`

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const text = (random: Seeded, count: number, letters = LETTERS): string =>
  Array.from({ length: count }, () => random.pick([...letters])).join('')
