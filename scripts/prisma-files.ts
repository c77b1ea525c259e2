import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { SchemasContainer } from './schema-engine.ts'

const SCHEMA = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url))

export const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url))

/** A line for each migration that was landed or is new, in the form of `sha256sum`. */
export const MIGRATION_HASHES = fileURLToPath(new URL('../prisma/migrations.sha256', import.meta.url))

export async function readSchema(): Promise<SchemasContainer> {
  return { files: [{ path: SCHEMA, content: await readFile(SCHEMA, 'utf8') }] }
}
