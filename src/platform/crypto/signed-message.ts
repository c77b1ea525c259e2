import { createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook as Signer } from 'standardwebhooks'

/**
 * Messages that others sign for us, and ours, as Standard Webhooks says (standardwebhooks.com): HMAC-SHA256
 * of `id.timestamp.body` by a shared secret. Its own library turns the body into text first, which would
 * change the bytes of a mail in another charset.
 */

export interface SignedHeaders {
  id: string | undefined
  /** Seconds since 1970. */
  timestamp: string | undefined
  /** `v1,<base64>`, several parted by blanks. */
  signature: string | undefined
}

export type Signature = { ok: true; id: string } | { ok: false; reason: 'missing' | 'stale' | 'forged' }

/** Clocks differ, and a mail route may wait a little; whatever is older may be a recording. */
const SIGNATURE_AGE_MS = 5 * 60_000
const PREFIX = 'whsec_'
const MOST_SIGNATURES = 5

export function checkSignature(
  secret: string,
  headers: SignedHeaders,
  body: Uint8Array,
  now: number,
): Signature {
  const { id, timestamp, signature } = headers
  if (!id || !timestamp || !signature) return { ok: false, reason: 'missing' }
  // A mall's key may stand where ours would: what is left of it behind our prefix may be a byte or two, and
  // is soon guessed.
  if (!secret.startsWith(PREFIX)) return { ok: false, reason: 'forged' }
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp))
    return { ok: false, reason: 'forged' }
  const expected = createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest()
  const given = signature.split(' ', MOST_SIGNATURES)
  if (!given.some((one) => isSame(one, expected))) return { ok: false, reason: 'forged' }
  // After the signature: only who has the secret is told that it is a matter of time.
  return Math.abs(now - Number(timestamp) * 1_000) > SIGNATURE_AGE_MS
    ? { ok: false, reason: 'stale' }
    : { ok: true, id }
}

function isSame(given: string, expected: Buffer): boolean {
  const [version, text = ''] = given.split(',', 2)
  const bytes = Buffer.from(text, 'base64')
  return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected)
}

/**
 * Headers of a JSON message of ours. @param at of this attempt @param secrets several while one is rotated
 */
export const signedHeaders = (
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, body)).join(' '),
})

/** Standard Webhooks: 24 to 64 random bytes. */
export const signingSecret = (random: { bytes(count: number): Uint8Array }): string =>
  `${PREFIX}${Buffer.from(random.bytes(32)).toString('base64')}`
