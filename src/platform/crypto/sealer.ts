import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Random } from '../random.ts'

/** Seals personal data, credentials and raw answers on the way to a sealed* column. */
export interface Sealer {
  /** For the rows of one tenant; null: rows of the operator, or of nobody. */
  of(tenantId: string | null): RowSealer
  /**
   * Keyed SHA-256 by which equal texts are found again without being readable. Made with the last key of the
   * list, so that putting a new key in front does not change it; dropping the last key does.
   */
  fingerprint(purpose: string, text: string): Uint8Array<ArrayBuffer>
  /**
   * The same made with each key of the list, the first key's in front: for an index that `ops keys rotate`
   * moves. What is stored is the first, what is looked for is any of them.
   */
  fingerprints(purpose: string, text: string): readonly Uint8Array<ArrayBuffer>[]
}

/**
 * `context` is the row's identity and the column (`order:<id>:detail`). What was sealed for one row does not
 * open in another, nor, under a key that binds tenants, in the same row once it was given to another tenant.
 */
export interface RowSealer {
  seal(context: string, plain: string | Uint8Array): Uint8Array<ArrayBuffer>
  /** @throws SealError */
  open(context: string, sealed: Uint8Array): Buffer
  sealJson(context: string, value: unknown): Uint8Array<ArrayBuffer>
  /** Like `seal`, but deflated where that pays: for texts of some length. To be read with `open`. */
  sealText(context: string, text: string): Uint8Array<ArrayBuffer>
  /** The content as it is packed under the seal: to be sealed anew elsewhere. @throws SealError */
  openPacked(context: string, sealed: Uint8Array): Buffer
  /** Seals what `openPacked` gave. @throws SealError */
  sealPacked(context: string, packed: Uint8Array): Uint8Array<ArrayBuffer>
  /** The type is the caller's promise: rows that older releases wrote are to be parsed. @throws SealError */
  openJson<T>(context: string, sealed: Uint8Array): T
}

/** Sealed bytes cannot be opened. The message holds no content. */
export class SealError extends Error {
  readonly reason: 'malformed' | 'unknown_key' | 'not_authentic'
  constructor(reason: 'malformed' | 'unknown_key' | 'not_authentic', message: string) {
    super(message)
    this.name = 'SealError'
    this.reason = reason
  }
}

// Layout: format (1) | key id length (1) | key id | nonce (12) | ciphertext | tag (16). All before the nonce
// is authenticated together with the context.
const PLAIN = 1
const DEFLATED = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Below this a deflated JSON saves less than its own cost. */
const DEFLATE_FROM_BYTES = 1024
/** A twelfth faster than zlib's own window and memory, and no larger, for the few KiB that an order has. */
const DEFLATE = { level: 1, windowBits: 13, memLevel: 7 }
/** An answer of a mall is at most 16 MiB, normalised details less: more is a forged or broken row. */
const INFLATE_LIMIT_BYTES = 64 * 1024 * 1024

export function createSealer(keys: EncryptionKeys, random: Random): Sealer {
  const byId = new Map(keys.map((key) => [key.id, { ...key, sealing: derive(key, 'seal') }]))
  const fingerprintKeys = keys.map((key) => derive(key, 'fingerprint'))
  const lastFingerprintKey = fingerprintKeys.at(-1) ?? derive(keys[0], 'fingerprint')
  const sealingId = Buffer.from(keys[0].id)
  const sealingKey = derive(keys[0], 'seal')

  function sealAs(format: number, place: Place, plain: Uint8Array): Uint8Array<ArrayBuffer> {
    const header = Buffer.concat([Buffer.from([format, sealingId.length]), sealingId])
    const nonce = random.bytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce)
    cipher.setAAD(associatedData(header, place, keys[0].bindsTenant))
    return join([header, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  function openPacked(place: Place, sealed: Uint8Array): Buffer {
    const parts = split(sealed)
    const key = byId.get(parts.keyId)
    if (key === undefined)
      throw new SealError('unknown_key', `sealed with key "${parts.keyId}", which is not in ENCRYPTION_KEYS`)
    const plain = decrypt(key.sealing, parts, associatedData(parts.header, place, key.bindsTenant))
    return Buffer.concat([Buffer.from([parts.format]), plain])
  }

  function sealPacked(place: Place, packed: Uint8Array): Uint8Array<ArrayBuffer> {
    const format = packed[0]
    if (format !== PLAIN && format !== DEFLATED)
      throw new SealError('malformed', 'not packed by this service')
    return sealAs(format, place, packed.subarray(1))
  }

  const open = (place: Place, sealed: Uint8Array): Buffer => unpack(openPacked(place, sealed))

  function sealText(place: Place, text: string): Uint8Array<ArrayBuffer> {
    const plain = Buffer.from(text)
    if (plain.length < DEFLATE_FROM_BYTES) return sealAs(PLAIN, place, plain)
    return sealAs(DEFLATED, place, deflateRawSync(plain, DEFLATE))
  }

  return {
    of: (tenantId) => ({
      seal: (context, plain) =>
        sealAs(PLAIN, { tenantId, context }, typeof plain === 'string' ? Buffer.from(plain) : plain),
      sealJson: (context, value) => sealText({ tenantId, context }, JSON.stringify(value)),
      sealText: (context, text) => sealText({ tenantId, context }, text),
      openPacked: (context, sealed) => openPacked({ tenantId, context }, sealed),
      sealPacked: (context, packed) => sealPacked({ tenantId, context }, packed),
      open: (context, sealed) => open({ tenantId, context }, sealed),
      openJson: (context, sealed) => JSON.parse(open({ tenantId, context }, sealed).toString('utf8')),
    }),
    fingerprint: (purpose, text) => hash(lastFingerprintKey, purpose, text),
    fingerprints: (purpose, text) => fingerprintKeys.map((key) => hash(key, purpose, text)),
  }
}

/** The content of what `openPacked` gave. */
export function unpack(packed: Buffer): Buffer {
  const plain = packed.subarray(1)
  return packed[0] === DEFLATED ? inflateRawSync(plain, { maxOutputLength: INFLATE_LIMIT_BYTES }) : plain
}

interface Place {
  tenantId: string | null
  context: string
}

/**
 * Null for what no key opens any more: the rest of its row can still be seen and worked with. @throws all but
 * SealError
 */
export function ifOpens<T>(open: () => T): T | null {
  try {
    return open()
  } catch (error) {
    if (error instanceof SealError) return null
    throw error
  }
}

const hash = (key: KeyObject, purpose: string, text: string): Uint8Array<ArrayBuffer> =>
  join([createHmac('sha256', key).update(`${purpose}\0`).update(text).digest()])

/** Id of the key that sealed it. @throws SealError */
export const sealedUnder = (sealed: Uint8Array): string => split(sealed).keyId

/**
 * Sealing and fingerprints never share a key. As a key object, because the cipher takes those in a fifth of
 * the time that it needs for bytes.
 */
const derive = (key: EncryptionKey, use: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key.key, '', `torikomi/${use}/1`, 32)))

/** No id of a tenant has a slash in it, so that no context can pass for another tenant's. */
const associatedData = (header: Uint8Array, { tenantId, context }: Place, bindsTenant: boolean): Buffer =>
  Buffer.concat([header, Buffer.from(bindsTenant ? `${tenantId ?? ''}/${context}` : context)])

interface Parts {
  format: number
  keyId: string
  header: Buffer
  nonce: Buffer
  body: Buffer
  tag: Buffer
}

function split(sealed: Uint8Array): Parts {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const format = bytes[0]
  const headerEnd = 2 + (bytes[1] ?? 0)
  const bodyStart = headerEnd + NONCE_BYTES
  if ((format !== PLAIN && format !== DEFLATED) || bytes.length < bodyStart + TAG_BYTES)
    throw new SealError('malformed', 'not sealed by this service')
  return {
    format,
    keyId: bytes.toString('latin1', 2, headerEnd),
    header: bytes.subarray(0, headerEnd),
    nonce: bytes.subarray(headerEnd, bodyStart),
    body: bytes.subarray(bodyStart, bytes.length - TAG_BYTES),
    tag: bytes.subarray(bytes.length - TAG_BYTES),
  }
}

function decrypt(key: KeyObject, parts: Parts, associated: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, parts.nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(associated)
  decipher.setAuthTag(parts.tag)
  try {
    return Buffer.concat([decipher.update(parts.body), decipher.final()])
  } catch {
    throw new SealError('not_authentic', 'sealed for another row, with another key, or changed since')
  }
}

/** Into memory of its own: a Buffer from the pool would drag foreign bytes along where `.buffer` is used. */
function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** One AES-256 key and the name that is stored in front of everything sealed with it. */
interface EncryptionKey {
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
