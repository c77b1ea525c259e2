import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { readIfThere } from '../../private-file.ts'
import { isAlive } from './lock.ts'
import { run } from './run.ts'

export const SUPERUSER = 'torikomi'

export interface Postmaster {
  pid: number
  port: number
}

/** Parses `postmaster.pid`: process number in line 1, port in line 4. Null for a missing or torn file. */
export async function readPostmaster(directory: string): Promise<Postmaster | null> {
  const lines = (await readIfThere(join(directory, 'postmaster.pid')))?.split('\n')
  const pid = Number(lines?.[0])
  const port = Number(lines?.[3])
  return pid > 0 && port > 0 ? { pid, port } : null
}

export const serverUrl = (port: number, password: string, database: string): string =>
  `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`

/** @throws whatever node-postgres says when the server is not there, not ready, or not ours */
export async function connect(
  port: number,
  password: string,
  name: string,
  database = 'postgres',
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: serverUrl(port, password, database),
    application_name: name,
    connectionTimeoutMillis: 5_000,
  })
  // A server that goes away must not end the service through an unheard event.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** True when a process is a Postgres server. A number in an old file may belong to anything by now. */
export async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const ps = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null)
    // Without either (Windows), the safe answer is that it is one.
    return ps === null ? 'postgres' : ps.output
  })
  return command.includes('postgres')
}

/** True when a server answers on the port with our password and works on this directory. */
export async function answers(postmaster: Postmaster, password: string, directory: string): Promise<boolean> {
  try {
    const client = await connect(postmaster.port, password, 'torikomi look')
    try {
      const found = await client.query<{ data_directory: string }>('SHOW data_directory')
      return found.rows[0]?.data_directory === directory
    } finally {
      await client.end()
    }
  } catch {
    return false
  }
}
