import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Migration {
  /** The folder: `20260101120000_init`. They are applied in the order of their names. */
  name: string
  script: string
}

/** Reads `<directory>/<name>/migration.sql`. @throws Error when there is none at all: an image without them is broken */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (names.length === 0) throw new Error(`no migrations in ${directory}`)
  return Promise.all(
    names.toSorted().map(async (name) => ({
      name,
      script: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
    })),
  )
}

/** As Prisma writes it: SHA-256 of the file, in hex. */
export const checksumOf = (script: string): string => createHash('sha256').update(script).digest('hex')

/** A checkout with other line ends is the same migration; Prisma sees it so too. */
export function matchesChecksum(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n')
  return [script, unix, unix.replaceAll('\n', '\r\n')].some((text) => checksumOf(text) === checksum)
}
