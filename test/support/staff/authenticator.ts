import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/**
 * An authenticator in software, as far as WebAuthn's messages go (ES256, attestation `none`). Each part of an
 * answer can be spoilt.
 */

export type Cbor = number | string | Buffer | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255])
}

function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  const map = value as ReadonlyMap<number | string, Cbor>
  return Buffer.concat([head(5, map.size), ...[...map].flat().map((one) => cbor(one as Cbor))])
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest()
const base64 = (data: Buffer | string) => Buffer.from(data).toString('base64url')

export interface Spoilt {
  origin?: string
  rpId?: string
  type?: string
  challenge?: string
  /** Present 1, verified 4, attested data 64. */
  flags?: number
  userHandle?: string
  format?: string
  statement?: ReadonlyMap<string, Cbor>
  signature?: Buffer
}

export interface Credential {
  id: Buffer
  key: KeyObject
  userHandle: string
  /** 0 for one that does not count. */
  count: number
}

const PRESENT_VERIFIED = 1 | 4

const clientData = (
  type: string,
  challenge: string,
  { origin = 'https://torikomi.test', ...spoilt }: Spoilt,
) =>
  Buffer.from(
    JSON.stringify({
      type: spoilt.type ?? type,
      challenge: spoilt.challenge ?? challenge,
      origin,
      crossOrigin: false,
    }),
  )

function authData(rpId: string, flags: number, count: number, rest = Buffer.alloc(0)): Buffer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, rest])
}

/** As `navigator.credentials.create()`. */
export function register(
  options: { challenge: string; user: { id: string } },
  spoilt: Spoilt = {},
  { counts = true, id = randomBytes(32) }: { counts?: boolean; id?: Buffer } = {},
): { credential: Credential; response: object } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const cose = new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(id.length)
  const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(cose)])
  const flags = spoilt.flags ?? PRESENT_VERIFIED | 64
  const attestation = new Map<string, Cbor>([
    ['fmt', spoilt.format ?? 'none'],
    ['attStmt', spoilt.statement ?? new Map()],
    ['authData', authData(spoilt.rpId ?? 'torikomi.test', flags, 0, attested)],
  ])
  return {
    credential: { id, key: privateKey, userHandle: options.user.id, count: counts ? 1 : 0 },
    response: {
      id: base64(id),
      rawId: base64(id),
      type: 'public-key',
      response: {
        clientDataJSON: base64(clientData('webauthn.create', options.challenge, spoilt)),
        attestationObject: base64(cbor(attestation)),
        transports: ['internal'],
      },
    },
  }
}

/** As `navigator.credentials.get()`; counts on where the credential counts. */
export function show(
  credential: Credential,
  { challenge }: { challenge: string },
  spoilt: Spoilt = {},
): object {
  const client = clientData('webauthn.get', challenge, spoilt)
  const data = authData(spoilt.rpId ?? 'torikomi.test', spoilt.flags ?? PRESENT_VERIFIED, credential.count)
  if (credential.count > 0) credential.count += 1
  const signature = spoilt.signature ?? sign('sha256', Buffer.concat([data, sha256(client)]), credential.key)
  return {
    id: base64(credential.id),
    rawId: base64(credential.id),
    type: 'public-key',
    response: {
      clientDataJSON: base64(client),
      authenticatorData: base64(data),
      signature: base64(signature),
      userHandle: spoilt.userHandle ?? credential.userHandle,
    },
  }
}
