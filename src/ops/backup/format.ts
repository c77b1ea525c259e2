import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { codeOf, StartError } from '../../platform/errors.ts'
import { given } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import type { BackupFile } from './files.ts'

/**
 * A backup file: `TORIKOMI-BACKUP-1\n`, salt (16), then frames of length (4) | nonce (12) | ciphertext | tag
 * (16). Each frame is gzipped JSON; its number and whether it is the last are authenticated with it, so that
 * none can be left out, moved or cut off.
 */
const BACKUP_FORM: SealedForm = {
  called: 'the backup',
  magic: Buffer.from('TORIKOMI-BACKUP-1\n'),
  use: 'torikomi/backup/1',
  foreign: 'it is no file that "ops backup" wrote',
  unopened: 'another BACKUP_KEY made it, or it was changed',
}
const [SALT, NONCE, TAG] = [16, 12, 16]
const MOST_FRAME = 64 * 1024 * 1024
/** Bytes of one unpacked frame. */
const MOST_PLAIN = 256 * 1024 * 1024
const deflate = promisify(gzip)
const inflate = promisify(gunzip)

const keyOf = ({ use }: SealedForm, key: Uint8Array, salt: Uint8Array) =>
  Buffer.from(hkdfSync('sha256', key, salt, use, 32))

/** One kind of file in this format. */
export interface SealedForm {
  called: string
  magic: Buffer
  /** Keys of one kind of file open no other. */
  use: string
  /** Words for a file of another kind, and for one that the key does not open. */
  foreign: string
  unopened: string
  /** Follows the salt: by what a reader finds the key. */
  header?: Buffer
  /** Bytes of a frame once it is unpacked: of a file that somebody may have forged. */
  mostPlain?: number
  /** Level of gzip; sealed bytes hardly get smaller. */
  level?: number
}

const label = (index: number, last: boolean) => Buffer.from(`${index}${last ? ' last' : ''}`)

export interface BackupWriter {
  write(value: unknown, last?: boolean): Promise<void>
  close(): Promise<{ sha256: string }>
  /** Leaves nothing of a backup that did not come to its end. */
  discard(): Promise<void>
}

export async function writeBackup(
  file: BackupFile,
  key: Uint8Array,
  random: Random,
  form = BACKUP_FORM,
): Promise<BackupWriter> {
  const stored = await file.write()
  const hash = createHash('sha256')
  const put = (bytes: Uint8Array) => {
    hash.update(bytes)
    return stored.put(bytes)
  }
  const salt = random.bytes(SALT)
  const derived = keyOf(form, key, salt)
  await put(Buffer.concat([form.magic, salt, form.header ?? Buffer.alloc(0)]))
  let index = 0
  return {
    async write(value, last = false) {
      const nonce = random.bytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', derived, nonce)
      cipher.setAAD(label(index++, last))
      const plain = await deflate(Buffer.from(JSON.stringify(value)), given({ level: form.level }))
      const body = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      const length = Buffer.alloc(4)
      length.writeUInt32BE(body.length)
      await put(Buffer.concat([length, body]))
    },
    async close() {
      await stored.end()
      return { sha256: hash.digest('hex') }
    },
    discard: () => stored.discard(),
  }
}

/** The next bytes of a file; null when it ends before. */
export type Take = (bytes: number) => Promise<Buffer | null>

const broken = ({ called }: SealedForm, what: string) => new StartError(`${called} cannot be read: ${what}.`)

/**
 * Every frame, each checked before it is given. @throws StartError for another key, a changed or a cut file
 */
export async function* readBackup(file: BackupFile, key: KeyOf, form = BACKUP_FORM): AsyncGenerator<unknown> {
  for await (const plain of framesOf(file, key, form))
    yield JSON.parse((await unpacked(plain, form)).toString('utf8'))
}

/** That nothing was changed or cut off, without unpacking any of it. @throws StartError */
export async function checkWhole(file: BackupFile, key: KeyOf, form = BACKUP_FORM): Promise<void> {
  for await (const _ of framesOf(file, key, form));
}

type KeyOf = Uint8Array | ((take: Take) => Promise<Uint8Array>)

async function* framesOf(file: BackupFile, key: KeyOf, form: SealedForm): AsyncGenerator<Buffer> {
  const take = reader(file)
  if (!(await take(form.magic.length))?.equals(form.magic)) throw broken(form, form.foreign)
  const salt = await take(SALT)
  if (!salt) throw broken(form, 'it is cut off')
  const derived = keyOf(form, typeof key === 'function' ? await key(take) : key, salt)
  for (let index = 0; ; index++) {
    const length = (await take(4))?.readUInt32BE() ?? 0
    if (length < NONCE + TAG || length > MOST_FRAME)
      throw broken(form, index === 0 ? 'it is empty' : 'it is cut off')
    const frame = await take(length)
    if (!frame) throw broken(form, 'it is cut off')
    const plain = open(frame, label(index, false))
    const end = plain ?? open(frame, label(index, true))
    if (!end) throw broken(form, form.unopened)
    yield end
    if (plain === null) {
      if (await take(1)) throw broken(form, 'something was put behind its end')
      return
    }
  }

  function open(frame: Buffer, aad: Buffer): Buffer | null {
    const decipher = createDecipheriv('aes-256-gcm', derived, frame.subarray(0, NONCE), {
      authTagLength: TAG,
    })
    decipher.setAAD(aad)
    decipher.setAuthTag(frame.subarray(-TAG))
    try {
      return Buffer.concat([decipher.update(frame.subarray(NONCE, -TAG)), decipher.final()])
    } catch {
      return null
    }
  }
}

async function unpacked(packed: Buffer, form: SealedForm): Promise<Buffer> {
  try {
    return await inflate(packed, { maxOutputLength: form.mostPlain ?? MOST_PLAIN })
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw broken(form, 'a part of it is too large')
    throw error
  }
}

/** Returns a function that reads the given count of bytes, or null when the file ends before. */
function reader(file: BackupFile): Take {
  const chunks = file.read()
  let rest: Buffer = Buffer.alloc(0)
  return async (bytes) => {
    const parts = [rest]
    let length = rest.length
    while (length < bytes) {
      const { value, done } = await chunks.next()
      if (done) return null
      parts.push(value)
      length += value.length
    }
    const whole = Buffer.concat(parts)
    rest = whole.subarray(bytes)
    return whole.subarray(0, bytes)
  }
}
