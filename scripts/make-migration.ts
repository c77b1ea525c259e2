import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MIGRATION_HASHES, MIGRATIONS } from './prisma-files.ts'
import { schemaDiff, wholeSchema } from './schema-diff.ts'

/**
 * `npm run migration -- add_site_changes` writes what schema.prisma has and the migrations do not, records
 * its hash and generates the client. After an edit of the new file, `npm run migration` without a name
 * records the hash of the newest one again.
 */
const name = process.argv[2]
if (name !== undefined && !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write('usage: npm run migration -- name_in_snake_case\n')
  process.exit(2)
}
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
  const folder = join(MIGRATIONS, `${stamp}_${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), script)
  process.stdout.write(`written: ${folder}/migration.sql\n`)
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

/** Touches no line of an older migration: an installation that has applied it would refuse to start. */
async function recordNewest(): Promise<void> {
  const newest = (await migrationNames()).at(-1)
  if (newest === undefined) return
  const path = `${newest}/migration.sql`
  const hash = createHash('sha256')
    .update(await readFile(join(MIGRATIONS, path)))
    .digest('hex')
  const recorded = (await readFile(MIGRATION_HASHES, 'utf8')).trim().split('\n')
  const others = recorded.filter((line) => line !== '' && !line.endsWith(`  ${path}`))
  await writeFile(MIGRATION_HASHES, `${[...others, `${hash}  ${path}`].join('\n')}\n`)
}
