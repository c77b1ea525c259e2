import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MIGRATION_HASHES, MIGRATIONS } from './prisma-files.ts'
import { schemaDiff, wholeSchema } from './schema-diff.ts'
import { splitIndexes } from './split-indexes.ts'

/**
 * `npm run migration -- add_site_changes` writes what schema.prisma has and the migrations do not, records
 * its hash and generates the client. Indexes of tables that are there become a second one, which keeps nobody
 * from writing. After an edit of the new files, `npm run migration` without a name records their hashes
 * again.
 */
const name = process.argv[2]
if (name !== undefined && !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write('usage: npm run migration -- name_in_snake_case\n')
  process.exit(2)
}
/** Of the second folder's name. */
const INDEXES = '_indexes'

await mkdir(MIGRATIONS, { recursive: true })
if (name !== undefined) await writeMigration(name)
await recordNewest()
const client = fileURLToPath(new URL('generate-client.ts', import.meta.url))
process.exitCode = spawnSync(process.execPath, [client], { stdio: 'inherit' }).status ?? 1

async function writeMigration(name: string): Promise<void> {
  const script = await ((await migrationNames()).length > 0 ? schemaDiff() : wholeSchema())
  if (script === '') {
    process.stdout.write('schema.prisma and the migrations say the same: nothing to write\n')
    return
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const { within, online } = splitIndexes(script)
  for (const [folder, part] of [
    [`${stamp}_${name}`, within],
    [`${stamp}_${name}${INDEXES}`, online],
  ] as const) {
    if (part === '') continue
    await mkdir(join(MIGRATIONS, folder))
    await writeFile(join(MIGRATIONS, folder, 'migration.sql'), part)
    process.stdout.write(`written: ${join(MIGRATIONS, folder)}/migration.sql\n`)
  }
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

/** Touches no line of an older migration: an installation that has applied it would refuse to start. */
async function recordNewest(): Promise<void> {
  const names = await migrationNames()
  const newest = names.at(-1)
  if (newest === undefined) return
  const before = newest.endsWith(INDEXES) ? newest.slice(0, -INDEXES.length) : newest
  for (const one of names.filter((name) => name === newest || name === before)) await record(one)
}

async function record(name: string): Promise<void> {
  const path = `${name}/migration.sql`
  const hash = createHash('sha256')
    .update(await readFile(join(MIGRATIONS, path)))
    .digest('hex')
  const recorded = (await readFile(MIGRATION_HASHES, 'utf8')).trim().split('\n')
  const others = recorded.filter((line) => line !== '' && !line.endsWith(`  ${path}`))
  await writeFile(MIGRATION_HASHES, `${[...others, `${hash}  ${path}`].join('\n')}\n`)
}
