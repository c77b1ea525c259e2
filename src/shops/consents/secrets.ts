import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Random } from '../../platform/random.ts'

/** Time limit for logging in at the mall and consenting. */
export const CONSENT_LIFE_MS = 10 * 60 * 1000

/** Ties the mall's answer to the request. The state passes the browser; the verifier never leaves here. */
export interface ConsentProof {
  state: string
  stateHash: Uint8Array<ArrayBuffer>
  verifier: string
  /** PKCE S256 (RFC 7636). */
  codeChallenge: string
  nonce: string
}

export function newConsentProof(random: Random): ConsentProof {
  const text = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('base64url')
  const state = text(32)
  const verifier = text(32)
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
  return { state, stateHash: hashState(state), verifier, codeChallenge, nonce: text(16) }
}

export const hashState = (state: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(state).digest())

/** Sealed beside the request until it is used. */
export const ConsentSecrets = z.object({
  verifier: z.string(),
  nonce: z.string(),
  /** Credential fields that were given with the request, cleaned. */
  given: z.record(z.string(), z.unknown()),
})

export const consentContext = (id: string) => `consent:${id}:secrets`
