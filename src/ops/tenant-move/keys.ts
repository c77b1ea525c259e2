import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import type { EncryptionKeys } from '../../platform/crypto/sealer.ts'
import { StartError } from '../../platform/errors.ts'
import type { SealedForm, Take } from '../backup/format.ts'
import { Usage } from '../tools.ts'

/**
 * An export is sealed for the other installation alone: X25519 with a key pair that each derives from its
 * ENCRYPTION_KEYS, so that there is no further secret to keep.
 */

const FORM = {
  called: 'the export',
  magic: Buffer.from('TORIKOMI-TENANT-1\n'),
  use: 'torikomi/tenant-move/1',
  foreign: 'it is no file that "ops tenant export" wrote',
  unopened: 'it was changed, or it is of another installation',
  level: 1,
  // Rows of 8 MiB, and one more of a mall's answer in base64.
  mostPlain: 96 * 1024 * 1024,
} satisfies SealedForm

/** In front of the 32 bytes of a private X25519 key in PKCS #8, and of a public one in SPKI. */
const PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b656e032100', 'hex')
const KEY_BYTES = 32

function privateKey(key: EncryptionKeys[number]): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', key.key, '', 'torikomi/tenant-move-key/1', KEY_BYTES))
  return createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' })
}

const publicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC, raw]), format: 'der', type: 'spki' })

const rawOf = (key: KeyObject): Buffer =>
  (key.type === 'public' ? key : createPublicKey(key))
    .export({ format: 'der', type: 'spki' })
    .subarray(-KEY_BYTES)

/** Returns the word that the other side gives to `tenant export --for`. */
export const publicWord = ([first]: EncryptionKeys): string =>
  `move1.${rawOf(privateKey(first)).toString('base64url')}`

const secretOf = (own: KeyObject, other: KeyObject, header: Buffer): Buffer =>
  Buffer.from(
    hkdfSync(
      'sha256',
      diffieHellman({ privateKey: own, publicKey: other }),
      header,
      'torikomi/tenant-move/1',
      32,
    ),
  )

/** @throws Usage */
export function sealingFor(word: string): { key: Buffer; form: SealedForm } {
  const [, text] = /^move1\.([\w-]{43})$/.exec(word) ?? []
  if (text === undefined) throw new Usage('behind --for comes what "tenant key" prints on the other side')
  const raw = Buffer.from(text, 'base64url')
  const once = generateKeyPairSync('x25519')
  const header = Buffer.concat([raw, rawOf(once.publicKey)])
  try {
    return { key: secretOf(once.privateKey, publicKey(raw), header), form: { ...FORM, header } }
  } catch {
    // A point of small order, all zeros among them, gives no secret.
    throw new Usage('behind --for stands no key that "tenant key" prints')
  }
}

/** How an export that was sealed for one of these keys is opened. */
export const opening = (
  keys: EncryptionKeys,
): { key: (take: Take) => Promise<Buffer>; form: SealedForm } => ({
  form: FORM,
  async key(take) {
    const header = await take(2 * KEY_BYTES)
    if (header === null) throw new StartError('the export cannot be read: it is cut off.')
    const own = keys.map(privateKey).find((key) => rawOf(key).equals(header.subarray(0, KEY_BYTES)))
    if (own === undefined)
      throw new StartError(
        'this export was made for another installation: give "tenant export" what "tenant key" prints here.',
      )
    try {
      return secretOf(own, publicKey(header.subarray(KEY_BYTES)), header)
    } catch (error) {
      throw new StartError('the export cannot be read: its key is none.', { cause: error })
    }
  },
})
