import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { readIfThere } from '../../data-dir.ts'
import { present } from '../../narrow.ts'
import { withClient } from '../transaction.ts'
import { isAlive } from './lock.ts'
import { type Binaries, CHILD_ENVIRONMENT, type Identity, run } from './programs.ts'

export interface Cluster {
  binaries: Binaries
  identity: Identity
  directory: string
  password: string
  logFile: string
  /** Further `name=value` server settings. */
  settings: readonly string[]
}

const START_LIMIT_MS = 60_000
const STOP_LIMIT_S = 20
const POLL_MS = 25

/**
 * Makes the data directory unless it is there. It appears whole or not at all. @throws Error with initdb's
 * words
 */
export async function createCluster(cluster: Cluster): Promise<void> {
  const { directory, identity, binaries } = cluster
  if ((await readIfThere(join(directory, 'PG_VERSION'))) !== null) return
  const partial = `${directory}.new`
  const passwordFile = `${directory}.password`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { mode: 0o700 })
  await writeFile(passwordFile, cluster.password, { mode: 0o600 })
  try {
    if (identity.uid !== undefined) {
      await chown(partial, identity.uid, identity.gid)
      await chown(passwordFile, identity.uid, identity.gid)
    }
    const done = await run(binaries.initdb, initArguments(partial, passwordFile), identity)
    if (done.code !== 0) throw new Error(`embedded Postgres: initdb failed\n${done.output.trim()}`)
    await rename(partial, directory)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(partial, { recursive: true, force: true })
  }
}

/** The built-in C.UTF-8 collation sorts the same on every machine, whatever locales it has. */
const initArguments = (directory: string, passwordFile: string): string[] => [
  `--pgdata=${directory}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
]

/**
 * The server that already works on the directory, left by a killed service or shared with a running one;
 * waits for it while it is starting or recovering. Null when there is none; its stale postmaster.pid is then
 * gone.
 */
export async function findRunning(cluster: Cluster): Promise<Postmaster | null> {
  const until = performance.now() + START_LIMIT_MS
  while (performance.now() < until) {
    const postmaster = await readPostmaster(cluster.directory)
    if (postmaster === null) return null
    if (await answers(postmaster, cluster.password, cluster.directory)) return postmaster
    if (!(await isPostgres(postmaster.pid))) {
      await rm(join(cluster.directory, 'postmaster.pid'), { force: true })
      return null
    }
    await sleep(POLL_MS * 4)
  }
  throw new Error(
    `embedded Postgres: a server holds ${cluster.directory} but does not answer; see ${cluster.logFile}`,
  )
}

/**
 * Starts the server as a process of its own, outside the service's process group: Ctrl-C reaches the service
 * alone, which drains before it stops the database.
 * @throws Error with the end of the server's log
 */
export async function startServer(cluster: Cluster): Promise<Postmaster> {
  const port = await freePort()
  const log = await open(cluster.logFile, 'a', 0o600)
  const child = spawn(cluster.binaries.postgres, serverArguments(cluster, port), {
    ...cluster.identity,
    env: CHILD_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  try {
    await once(child, 'spawn')
    child.unref()
    await untilReady(cluster, port, () => child.exitCode !== null || child.signalCode !== null)
  } finally {
    await log.close()
  }
  return { pid: present(child.pid), port }
}

const serverArguments = (cluster: Cluster, port: number): string[] => [
  '-D',
  cluster.directory,
  '-p',
  String(port),
  ...[
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'log_checkpoints=off',
    'log_error_verbosity=terse',
    // A failing statement is logged by Postgres with its values in clear unless it is told not to.
    'log_min_error_statement=panic',
    'log_parameter_max_length_on_error=0',
    ...cluster.settings,
  ].flatMap((setting) => ['-c', setting]),
]

async function untilReady(cluster: Cluster, port: number, ended: () => boolean): Promise<void> {
  const until = performance.now() + START_LIMIT_MS
  while (performance.now() < until && !ended()) {
    const postmaster = await readPostmaster(cluster.directory)
    if (postmaster?.port === port && (await answers(postmaster, cluster.password, cluster.directory))) return
    await sleep(POLL_MS)
  }
  const tail = (await readFile(cluster.logFile, 'utf8')).trim().split('\n').slice(-15).join('\n')
  throw new Error(`embedded Postgres did not start (${cluster.logFile}):\n${tail}`)
}

/** Ends the server whoever started it: open transactions are rolled back and a checkpoint written. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { binaries, identity, directory } = cluster
  const args = ['stop', '-D', directory, '-w', '-t', String(STOP_LIMIT_S), '-m']
  const fast = await run(binaries.pg_ctl, [...args, 'fast'], identity)
  if (fast.code === 0 || (await readPostmaster(directory)) === null) return
  const immediate = await run(binaries.pg_ctl, [...args, 'immediate'], identity)
  if (immediate.code !== 0) throw new Error(`embedded Postgres did not stop:\n${immediate.output.trim()}`)
}

/** Somebody may take it before Postgres does; the start then fails and is tried again with another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const SUPERUSER = 'torikomi'

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
export async function connect(port: number, password: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: serverUrl(port, password, 'postgres'),
    application_name: name,
    connectionTimeoutMillis: 5_000,
  })
  // A server that goes away must not end the service through an unheard event.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** True when a process is a Postgres server. A number in an old file may belong to anything by now. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async () => {
    const ps = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null)
    // Without either (Windows), the safe answer is that it is one.
    return ps === null ? 'postgres' : ps.output
  })
  return command.includes('postgres')
}

/** True when a server answers on the port with our password and works on this directory. */
async function answers(postmaster: Postmaster, password: string, directory: string): Promise<boolean> {
  const config = { application_name: 'torikomi look', connectionTimeoutMillis: 5_000 }
  const shown = await withClient(serverUrl(postmaster.port, password, 'postgres'), config, (client) =>
    client.query<{ data_directory: string }>('SHOW data_directory'),
  ).catch(() => null)
  return shown?.rows[0]?.data_directory === directory
}
