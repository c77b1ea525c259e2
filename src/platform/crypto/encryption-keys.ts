/** One AES-256 key and the name that is stored in front of everything sealed with it. */
export interface EncryptionKey {
  id: string
  key: Uint8Array
  /**
   * True when data sealed with this key opens for its tenant alone. Older keys do not say so, and an older
   * process does not know how. A rotation brings in a new key with this property.
   */
  bindsTenant: boolean
}

/** The first key seals; all of them open. Never empty. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]]

const KEY_BYTES = 32

const BINDS_TENANT = ':tenant'

/**
 * Reads `id:base64:tenant,id:base64`, in which `:tenant` says that the key binds to tenants, the first key
 * seals and the others only open what was sealed earlier.
 * @throws Error naming the entry's place, never its content, so that the message may be logged.
 */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const [first, ...rest] = entries.map(parseEntry)
  if (first === undefined) throw new Error('no encryption key: expected id:base64:tenant[,id:base64…]')
  const keys: EncryptionKeys = [first, ...rest]
  const twice = keys.find((key, index) => keys.findIndex((other) => other.id === key.id) !== index)
  if (twice !== undefined) throw new Error(`encryption key id "${twice.id}" is there twice`)
  return keys
}

export const formatEncryptionKeys = (keys: EncryptionKeys): string =>
  keys
    .map(
      ({ id, key, bindsTenant }) =>
        `${id}:${Buffer.from(key).toString('base64')}${bindsTenant ? BINDS_TENANT : ''}`,
    )
    .join(',')

function parseEntry(entry: string, index: number): EncryptionKey {
  const place = `encryption key ${index + 1}`
  const colon = entry.indexOf(':')
  if (colon < 0) throw new Error(`${place}: expected id:base64, found no ":"`)
  const id = entry.slice(0, colon)
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id))
    throw new Error(`${place}: the id must be 1 to 32 of A-Z a-z 0-9 _ -`)
  const bindsTenant = entry.endsWith(BINDS_TENANT)
  const encoded = entry.slice(colon + 1, bindsTenant ? -BINDS_TENANT.length : undefined)
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) throw new Error(`${place} ("${id}"): not base64`)
  const key = Buffer.from(encoded, 'base64')
  if (key.length !== KEY_BYTES)
    throw new Error(
      `${place} ("${id}"): ${key.length} bytes, expected ${KEY_BYTES} (openssl rand -base64 32)`,
    )
  return { id, key, bindsTenant }
}
