import { existsSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const SHARED_MEMORY = '/dev/shm'
/** Of all servers of a run at their largest, with their WAL. */
const LEAST_BYTES = 8 * 2 ** 30

/** All places where databases of tests may lie. */
export const databaseFolders = (): string[] =>
  [...new Set([SHARED_MEMORY, tmpdir()])].filter((folder) => existsSync(folder))

/**
 * Where databases of tests lie: in memory, where the machine has enough of it. A new database is hundreds of
 * small files, which took ext4 ten times the processor time that Postgres takes for it.
 */
export function databaseFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    // What a file system of memory may hold says nothing of what there is.
    const bytes = Math.min(bavail * bsize, process.availableMemory())
    return bytes < LEAST_BYTES ? tmpdir() : SHARED_MEMORY
  } catch {
    return tmpdir()
  }
}
