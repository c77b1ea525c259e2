import { createHash } from 'node:crypto'
import type { ApiKey } from '../../generated/prisma/client.ts'
import type { ClientRole } from '../../http/app-types.ts'
import type { Random } from '../../platform/random.ts'

const KEY = /^trk_[A-Za-z0-9_-]{43}$/
/** `trk_` and eight characters: enough to tell keys apart, too little to be one. */
const PREFIX_LENGTH = 12

/** A new bearer key: 256 random bits, so that its plain SHA-256 gives nothing away. */
export function newApiKey(random: Random): { key: string; prefix: string; hash: Uint8Array<ArrayBuffer> } {
  const key = `trk_${Buffer.from(random.bytes(32)).toString('base64url')}`
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: hashApiKey(key) }
}

/** True when a text has the form of our keys. No other is looked up. */
export const looksLikeApiKey = (text: string): boolean => KEY.test(text)

export const hashApiKey = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(key).digest())

/** An operator's role never stands on a tenant's key; if it did, it would open least. */
export const roleOfKey = (role: ApiKey['role']): ClientRole =>
  role === 'owner' || role === 'staff' ? role : 'read_only'
