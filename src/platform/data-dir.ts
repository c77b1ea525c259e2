import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type EncryptionKeys, formatEncryptionKeys, parseEncryptionKeys } from './crypto/sealer.ts'
import { StartError } from './errors.ts'
import type { Random } from './random.ts'

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

/**
 * The content of a file that only the service's user may read, made by `create` when it is not there. Of two
 * processes that create it at once one wins, and both get its content.
 */
async function readOrCreatePrivate(path: string, create: () => string): Promise<string> {
  const there = await readIfThere(path)
  if (there !== null) return there
  const partial = `${path}.${randomUUID()}`
  await writeNew(partial, create())
  try {
    // link() fails when somebody was faster, rename() would replace what they may already use.
    await link(partial, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(partial, { force: true })
  }
  return await readFile(path, 'utf8')
}

/** Replaces the file whole: a crash leaves the old content or the new, never half. */
export async function writePrivate(path: string, content: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`
  await writeNew(partial, content)
  await rename(partial, path)
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
