import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { databaseUrl } from './database/database-url.ts'
import { startPostgres } from './database/postgres-source.ts'

/** Where tests get their databases from; see freshDatabase(). */
declare module 'vitest' {
  export interface ProvidedContext {
    postgres: { url: string; template: string }
  }
}

const quiet = { info: () => undefined, warn: () => undefined }

/**
 * One Postgres for the whole run, with one migrated database that the tests clone. Only for the project `integration`: a
 * run of unit tests alone starts nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const source = await startPostgres(process.env)
  const template = `torikomi_template_${randomBytes(4).toString('hex')}`
  try {
    await onServer(source.url, `CREATE DATABASE ${template}`)
    await applyMigrations(databaseUrl(source.url, template), quiet)
  } catch (error) {
    await source.stop()
    throw error
  }
  project.provide('postgres', { url: source.url, template })
  return async () => {
    await onServer(source.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await source.stop()
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
