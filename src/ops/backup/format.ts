import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { StartError } from '../../platform/errors.ts'
import type { Random } from '../../platform/random.ts'
import type { BackupFile } from './files.ts'

/**
 * A backup file: `TORIKOMI-BACKUP-1\n`, salt (16), then frames of length (4) | nonce (12) | ciphertext | tag
 * (16). Each frame is gzipped JSON; its number and whether it is the last are authenticated with it, so that
 * none can be left out, moved or cut off.
 */
const MAGIC = Buffer.from('TORIKOMI-BACKUP-1\n')
const [SALT, NONCE, TAG] = [16, 12, 16]
const MOST_FRAME = 64 * 1024 * 1024
const deflate = promisify(gzip)
const inflate = promisify(gunzip)

const keyOf = (key: Uint8Array, salt: Uint8Array) =>
  Buffer.from(hkdfSync('sha256', key, salt, 'torikomi/backup/1', 32))

const label = (index: number, last: boolean) => Buffer.from(`${index}${last ? ' last' : ''}`)

export interface BackupWriter {
  write(value: unknown, last?: boolean): Promise<void>
  close(): Promise<{ sha256: string }>
  /** Leaves nothing of a backup that did not come to its end. */
  discard(): Promise<void>
}

export async function writeBackup(file: BackupFile, key: Uint8Array, random: Random): Promise<BackupWriter> {
  const stored = await file.write()
  const hash = createHash('sha256')
  const put = (bytes: Uint8Array) => {
    hash.update(bytes)
    return stored.put(bytes)
  }
  const salt = random.bytes(SALT)
  const derived = keyOf(key, salt)
  await put(Buffer.concat([MAGIC, salt]))
  let index = 0
  return {
    async write(value, last = false) {
      const nonce = random.bytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', derived, nonce)
      cipher.setAAD(label(index++, last))
      const plain = await deflate(Buffer.from(JSON.stringify(value)))
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

const broken = (what: string) => new StartError(`the backup cannot be read: ${what}.`)

/**
 * Every frame, each checked before it is given. @throws StartError for another key, a changed or a cut file
 */
export async function* readBackup(file: BackupFile, key: Uint8Array): AsyncGenerator<unknown> {
  const take = reader(file)
  if (!(await take(MAGIC.length))?.equals(MAGIC)) throw broken('it is no file that "ops backup" wrote')
  const salt = await take(SALT)
  if (!salt) throw broken('it is cut off')
  const derived = keyOf(key, salt)
  for (let index = 0; ; index++) {
    const length = (await take(4))?.readUInt32BE() ?? 0
    if (length < NONCE + TAG || length > MOST_FRAME)
      throw broken(index === 0 ? 'it is empty' : 'it is cut off')
    const frame = await take(length)
    if (!frame) throw broken('it is cut off')
    const plain = open(frame, label(index, false))
    const end = plain ?? open(frame, label(index, true))
    if (!end) throw broken('another BACKUP_KEY made it, or it was changed')
    yield JSON.parse((await inflate(end)).toString('utf8'))
    if (plain === null) {
      if (await take(1)) throw broken('something was put behind its end')
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

/** Returns a function that reads the given count of bytes, or null when the file ends before. */
function reader(file: BackupFile): (bytes: number) => Promise<Buffer | null> {
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
