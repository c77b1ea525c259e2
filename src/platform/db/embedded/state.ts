import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { POSTGRES_STATE_FILE } from '../../data-dir.ts'
import { readIfThere, writePrivate } from '../../private-file.ts'
import { canReach, type Identity } from './identity.ts'

/** State kept between two starts, in `.data/postgres.json`, readable by the service's user only. */
export interface ClusterState {
  password: string
  /** The cluster's data directory. */
  directory: string
}

const stored = z.object({ password: z.string().min(1), directory: z.string().min(1) })

/** Place of data and programs when the server's user cannot enter `.data/` (a checkout under /root). */
export const OUTSIDE = '/var/lib/torikomi'

/** @throws Error when the file is there and unreadable: a new one would lose the way to the data. */
export async function loadOrCreateState(
  dataDir: string,
  identity: Identity,
  newPassword: () => string,
): Promise<ClusterState> {
  const path = join(dataDir, POSTGRES_STATE_FILE)
  const text = await readIfThere(path)
  if (text !== null) return parseState(path, text)
  const state = { password: newPassword(), directory: await chooseDirectory(dataDir, identity, newPassword) }
  await writePrivate(path, `${JSON.stringify(state, null, 2)}\n`)
  return state
}

function parseState(path: string, text: string): ClusterState {
  try {
    return stored.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} cannot be read: bring it back, or remove the folder to begin anew`, { cause })
  }
}

async function chooseDirectory(dataDir: string, identity: Identity, newName: () => string): Promise<string> {
  // The server's user only passes through; the files with secrets in it are closed on their own.
  if (identity.uid !== undefined) await chmod(dataDir, 0o711)
  if (await canReach(dataDir, identity)) return join(dataDir, 'postgres')
  await mkdir(OUTSIDE, { recursive: true, mode: 0o755 })
  await removeForsaken()
  const directory = join(OUTSIDE, `data-${newName().slice(0, 12)}`)
  await writePrivate(`${directory}.origin`, join(dataDir, POSTGRES_STATE_FILE))
  return directory
}

/** Data outside whose `.data/` was removed. */
async function removeForsaken(): Promise<void> {
  for (const name of await readdir(OUTSIDE)) {
    if (!name.endsWith('.origin')) continue
    const directory = join(OUTSIDE, name.slice(0, -'.origin'.length))
    const origin = (await readIfThere(join(OUTSIDE, name))) ?? ''
    const state = await readIfThere(origin)
    if (state?.includes(JSON.stringify(directory))) continue
    if ((await readIfThere(join(directory, 'postmaster.pid'))) !== null) continue
    await rm(directory, { recursive: true, force: true })
    await rm(join(OUTSIDE, name), { force: true })
  }
}
