import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { databaseUrl } from '../support/database/database-url.ts'
import { startPostgres } from '../support/database/postgres-source.ts'

/** One Postgres for the run, and an empty database for each contestant; the service migrates its own. */
export interface Databases {
  create(): Promise<{ url: string; drop(): Promise<void> }>
  stop(): Promise<void>
}

export async function startDatabases(): Promise<Databases> {
  const source = await startPostgres(process.env)
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: source.url })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  return {
    async create() {
      const name = `torikomi_bench_${randomBytes(6).toString('hex')}`
      await onServer(`CREATE DATABASE ${name} TEMPLATE template0`)
      return {
        url: databaseUrl(source.url, name),
        drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      }
    },
    stop: source.stop,
  }
}
