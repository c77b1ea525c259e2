import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../../data-dir.ts'

/** Starting and stopping take seconds; such an old lock's process number belongs to another by now. */
const ABANDONED_MS = 180_000
const POLL_MS = 50

/**
 * Runs `work` while no other process does under the same lock file. A lock left by a killed process is taken
 * over.
 * @throws Error when it is still taken after `waitMs`
 */
export async function withFileLock<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + waitMs
  while (!(await tryLock(path))) {
    await breakAbandoned(path)
    if (performance.now() > until)
      throw new Error(`${path} is held by another process (its number is in the file)`)
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

let tries = 0

/** link() makes the file with its content at once; create-then-write would show an empty lock in between. */
async function tryLock(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}.${++tries}`
  await writeFile(own, `${process.pid}`)
  try {
    await link(own, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

async function breakAbandoned(path: string): Promise<void> {
  const holder = await readHolder(path)
  if (holder === null || !holder.abandoned) return
  // Renaming lets one process alone take the old lock away; what it took is checked, because it may be a new
  // one.
  const taken = `${path}.${process.pid}.old`
  try {
    await rename(path, taken)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  const now = await readHolder(taken)
  if (now !== null && !now.abandoned) await link(taken, path).catch(() => undefined)
  await rm(taken, { force: true })
}

async function readHolder(path: string): Promise<{ abandoned: boolean } | null> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    return { abandoned: !isAlive(Number(text)) || Date.now() - mtimeMs > ABANDONED_MS }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
