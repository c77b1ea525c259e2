import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MIGRATIONS } from './prisma-files.ts'
import { schemaDiff, wholeSchema } from './schema-diff.ts'

/**
 * `npm run migration -- add_site_changes`: writes what schema.prisma has and the migrations do not, to be
 * read over.
 */
const name = process.argv[2] ?? ''
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write('usage: npm run migration -- name_in_snake_case\n')
  process.exit(2)
}
await mkdir(MIGRATIONS, { recursive: true })
const entries = await readdir(MIGRATIONS, { withFileTypes: true })
const script = await (entries.some((entry) => entry.isDirectory()) ? schemaDiff() : wholeSchema())
if (script === '') {
  process.stdout.write('schema.prisma and the migrations say the same: nothing to do\n')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(MIGRATIONS, `${stamp}_${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), script)
  process.stdout.write(`written: ${folder}/migration.sql\n`)
}
