import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { clearForsaken } from './database/forsaken.ts'
import { databaseUrl, startPostgres } from './database/postgres-source.ts'
import { databaseFolder, databaseFolders } from './in-memory.ts'

/** Where tests get their databases from; see freshDatabase(). */
declare module 'vitest' {
  export interface ProvidedContext {
    /** A server a worker. */
    postgres: { urls: string[]; template: string }
  }
}

const quiet = { info: () => undefined, warn: () => undefined }

/**
 * A Postgres for each worker, with one migrated database that the tests clone. On a shared one a file would
 * see the others: the change feed waits for the oldest transaction of the whole server. Only for the project
 * `integration`: a run of unit tests alone starts nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = `torikomi_template_${randomBytes(4).toString('hex')}`
  const workers = process.env.TEST_DATABASE_URL ? 1 : project.config.maxWorkers
  // Before one is chosen: what dead runs left may be why memory has no room.
  for (const one of databaseFolders()) await clearForsaken(one)
  const folder = databaseFolder()
  const sources = await Promise.all(Array.from({ length: workers }, () => startPostgres(process.env, folder)))
  const stop = async () => void (await Promise.all(sources.map((source) => source.stop())))
  const urls = sources.map(({ url }) => url)
  const each = (statement: string) => Promise.all(urls.map((url) => onServer(url, statement)))
  try {
    await each(`CREATE DATABASE ${template}`)
    await Promise.all(urls.map((url) => applyMigrations(databaseUrl(url, template), quiet)))
  } catch (error) {
    await stop()
    throw error
  }
  project.provide('postgres', { urls, template })
  return async () => {
    await each(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await stop()
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
