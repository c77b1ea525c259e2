import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../src/platform/db/embedded/start.ts'
import { applyMigrations } from '../src/platform/db/migrate.ts'
import { readSchema } from './prisma-files.ts'
import { type SchemasContainer, withSchemaEngine } from './schema-engine.ts'

const quiet = { info: () => undefined, warn: () => undefined }

/**
 * The SQL that leads from the migrations to schema.prisma; empty when they say the same. The migrations are
 * really applied, by the code that the service applies them with, to an embedded Postgres made for this and
 * removed afterwards.
 */
export const schemaDiff = (): Promise<string> => withScratchPostgres((url) => schemaDiffOn(url))

/**
 * The same on an empty database, which it fills; with another schema's text in place of schema.prisma where
 * given.
 */
export async function schemaDiffOn(url: string, schema?: string): Promise<string> {
  await applyMigrations(url, quiet)
  const files =
    schema === undefined ? await readSchema() : { files: [{ path: 'schema.prisma', content: schema }] }
  return diff(url, files)
}

/** As schemaDiff, before there is any migration. */
export async function wholeSchema(): Promise<string> {
  const files = await readSchema()
  return withScratchPostgres((url) => diff(url, files))
}

function diff(url: string, schema: SchemasContainer): Promise<string> {
  return withSchemaEngine(url, schema, async (engine) => {
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', ...schema, configDir: '.' },
      to: { tag: 'schemaDatamodel', ...schema },
      script: true,
      exitCode: false,
      filters: { externalTables: [], externalEnums: [] },
    })
    const script = (result.stdout ?? '').trim()
    const isComment = (line: string) => line === '' || line.startsWith('--')
    return script.split('\n').every(isComment) ? '' : `${script}\n`
  })
}

async function withScratchPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'torikomi-schema-'))
  await chmod(dataDir, 0o755)
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet, settings })
  try {
    return await work(postgres.url)
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
