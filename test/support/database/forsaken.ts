import { readdir, readlink, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPostmaster } from '../../../src/platform/db/embedded/cluster.ts'
import { isAlive } from '../../../src/platform/db/embedded/lock.ts'

/** Process number of a folder's owner. */
const NAME = /^torikomi-test-(\d+)-/

export const folderPrefix = (pid: number): string => `torikomi-test-${pid}-`

/** Ends the servers and removes the folders of test runs that were killed: their servers outlive them. */
export async function clearForsaken(folder: string): Promise<void> {
  // The server's directory is told without links.
  const real = await realpath(folder)
  for (const name of await readdir(real)) {
    const owner = NAME.exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    const own = join(real, name.replace(NAME, folderPrefix(process.pid)))
    // Another run may be at it.
    const isOwn = await rename(join(real, name), own).then(
      () => true,
      () => false,
    )
    if (!isOwn) continue
    await endServer(join(own, 'postgres'))
    await rm(own, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** Twenty seconds: what does not end then keeps no run from its tests. */
const MOST_LOOKS = 1_000

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    // It ended since it was looked at.
  }
}

/** A server works in its data directory; a later process of its number works elsewhere. */
async function endServer(directory: string): Promise<void> {
  const pid = (await readPostmaster(directory))?.pid
  if (pid === undefined) return
  const worksHere = async () => (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === directory
  if (await worksHere()) endProcess(pid)
  for (let look = 0; look < MOST_LOOKS && (await worksHere()); look++) await sleep(20)
}
