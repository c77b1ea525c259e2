import { chmod, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type EncryptionKeys, formatEncryptionKeys, parseEncryptionKeys } from './crypto/encryption-keys.ts'
import { readIfThere, readOrCreatePrivate } from './private-file.ts'
import type { Random } from './random.ts'
import { StartError } from './start-error.ts'

/** `.data/`: what the embedded default makes by itself on the first start and finds again on the next. */

/** Written by the embedded Postgres on its first start. */
export const POSTGRES_STATE_FILE = 'postgres.json'

const KEYS_FILE = 'encryption-keys'
export const operatorKeyPath = (dataDir: string): string => join(dataDir, 'operator-key')

/**
 * Creates the directory, or tightens an older one: only its owner lists and writes it. Others may pass: where
 * the service is root's, the embedded Postgres runs under a user of its own.
 */
export async function createDataDir(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 })
  const { mode } = await stat(dataDir)
  if ((mode & 0o066) !== 0) await chmod(dataDir, mode & 0o711)
}

/**
 * Keys in the form of ENCRYPTION_KEYS. A further key may be put in front in the file, as in the setting. To
 * be called before the embedded Postgres is started.
 * @throws Error when there is a database but no keys: new ones could not open what the database holds.
 */
export async function loadOrCreateEncryptionKeys(dataDir: string, random: Random): Promise<EncryptionKeys> {
  const path = join(dataDir, KEYS_FILE)
  await createDataDir(dataDir)
  if ((await readIfThere(path)) === null && (await readIfThere(join(dataDir, POSTGRES_STATE_FILE))) !== null)
    throw new StartError(
      `${path} is missing, but ${dataDir} holds a database made with other keys: bring the file back, set ENCRYPTION_KEYS, or remove ${dataDir} to begin anew.`,
    )
  const text = await readOrCreatePrivate(path, () => `${formatEncryptionKeys([newKey(random)])}\n`)
  try {
    return parseEncryptionKeys(text)
  } catch (cause) {
    throw new StartError(`${path}: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause })
  }
}

/** The operator's bearer key, 32 random bytes as base64url. */
export async function loadOrCreateOperatorKey(dataDir: string, random: Random): Promise<string> {
  await createDataDir(dataDir)
  const path = operatorKeyPath(dataDir)
  const text = await readOrCreatePrivate(
    path,
    () => `${Buffer.from(random.bytes(32)).toString('base64url')}\n`,
  )
  const key = text.trim()
  if (key === '') throw new StartError(`${path} is empty: write a key into it, or remove it to get a new one`)
  return key
}

const newKey = (random: Random) => ({ id: 'k1', key: random.bytes(32), bindsTenant: true })
