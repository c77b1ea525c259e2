import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { createDataDir, POSTGRES_STATE_FILE, readIfThere, writePrivate } from '../../data-dir.ts'
import type { Logger } from '../../logger.ts'
import {
  type Cluster,
  connect,
  createCluster,
  findRunning,
  type Postmaster,
  serverUrl,
  startServer,
  stopServer,
} from './cluster.ts'
import { withFileLock } from './lock.ts'
import { canReach, type Identity, reachableBinaries, serverIdentity } from './programs.ts'

export interface EmbeddedPostgres {
  /** URL of the service's own database, with its password: not for logs. */
  url: string
  /** Stops the server, unless another service still uses it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** `.data`; made when it is not there. */
  dataDir: string
  log: Pick<Logger, 'info' | 'warn'>
  /** Further `name=value` server settings, for a server that this call starts. */
  settings?: readonly string[]
}

const DATABASE = 'torikomi'
/** A service holds one connection under this name; the last one to let go stops the server. */
const PRESENCE = 'torikomi presence'
const LOCK_WAIT_MS = 120_000
const START_TRIES = 3

/**
 * A real Postgres in `<dataDir>/postgres`, on a free port of 127.0.0.1. A server that is already running
 * there, left by a service that was killed or used by another one, is shared instead of started. It is
 * stopped by the last service that stops; one that was killed holds no presence and is not waited for.
 * @throws Error saying what to do: no programs for this machine, no user to run as, or the end of the
 * server's log
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await createDataDir(options.dataDir)
  const dataDir = await realpath(options.dataDir)
  const lockFile = join(dataDir, 'postgres.lock')
  const { cluster, postmaster, presence } = await withFileLock(lockFile, LOCK_WAIT_MS, () =>
    open(dataDir, options),
  )
  let stopping: Promise<void> | undefined
  return {
    url: serverUrl(postmaster.port, cluster.password, DATABASE),
    stop() {
      stopping ??= withFileLock(lockFile, LOCK_WAIT_MS, () => leave(cluster, postmaster, presence))
      return stopping
    },
  }
}

interface Opened {
  cluster: Cluster
  postmaster: Postmaster
  presence: pg.Client
}

async function open(dataDir: string, { log, settings = [] }: EmbeddedOptions): Promise<Opened> {
  const identity = await serverIdentity()
  const state = await loadOrCreateState(dataDir, identity)
  const binaries = await reachableBinaries(identity, OUTSIDE)
  const cluster: Cluster = { ...state, binaries, identity, logFile: join(dataDir, 'postgres.log'), settings }
  if (!state.directory.startsWith(dataDir))
    log.warn(
      { directory: state.directory },
      'the postgres user cannot enter the data folder, so the data is elsewhere',
    )
  await createCluster(cluster)
  const running = await findRunning(cluster)
  const postmaster = running ?? (await start(cluster, log))
  log.info(
    { pid: postmaster.pid, port: postmaster.port, directory: cluster.directory },
    running === null ? 'embedded Postgres started' : 'embedded Postgres was running and is shared',
  )
  const presence = await connect(postmaster.port, cluster.password, PRESENCE)
  await ensureDatabase(presence)
  return { cluster, postmaster, presence }
}

async function start(cluster: Cluster, log: EmbeddedOptions['log']): Promise<Postmaster> {
  for (let tried = 1; ; tried++) {
    try {
      return await startServer(cluster)
    } catch (err) {
      if (tried === START_TRIES) throw err
      log.warn({ err }, 'embedded Postgres did not start, trying again')
      // The processes of a server that was killed need a moment to notice it and let go of its memory.
      await sleep(500)
    }
  }
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
  if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(DATABASE)}`)
}

async function leave(cluster: Cluster, postmaster: Postmaster, presence: pg.Client): Promise<void> {
  const others = await othersPresent(presence).catch(() => 0)
  await presence.end().catch(() => undefined)
  const now = await findRunning(cluster)
  // A server that was restarted under us has its own users.
  if (others > 0 || now?.pid !== postmaster.pid) return
  await stopServer(cluster)
}

async function othersPresent(presence: pg.Client): Promise<number> {
  const { rows } = await presence.query<{ others: number }>(
    'SELECT count(*)::int AS others FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
    [PRESENCE],
  )
  return rows[0]?.others ?? 0
}

const newPassword = (): string => randomBytes(24).toString('base64url')

/** State kept between two starts, in `.data/postgres.json`, readable by the service's user only. */
const ClusterState = z.object({
  password: z.string().min(1),
  /** The cluster's data directory. */
  directory: z.string().min(1),
})
type ClusterState = z.infer<typeof ClusterState>

/** Place of data and programs when the server's user cannot enter `.data/` (a checkout under /root). */
const OUTSIDE = '/var/lib/torikomi'

/** @throws Error when the file is there and unreadable: a new one would lose the way to the data. */
async function loadOrCreateState(dataDir: string, identity: Identity): Promise<ClusterState> {
  const path = join(dataDir, POSTGRES_STATE_FILE)
  const text = await readIfThere(path)
  if (text !== null) return parseState(path, text)
  const state = { password: newPassword(), directory: await chooseDirectory(dataDir, identity) }
  await writePrivate(path, `${JSON.stringify(state, null, 2)}\n`)
  return state
}

function parseState(path: string, text: string): ClusterState {
  try {
    return ClusterState.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} cannot be read: bring it back, or remove the folder to begin anew`, { cause })
  }
}

async function chooseDirectory(dataDir: string, identity: Identity): Promise<string> {
  // The server's user only passes through; the files with secrets in it are closed on their own.
  if (identity.uid !== undefined) await chmod(dataDir, 0o711)
  if (await canReach(dataDir, identity)) return join(dataDir, 'postgres')
  await mkdir(OUTSIDE, { recursive: true, mode: 0o755 })
  await deleteForsaken()
  const directory = join(OUTSIDE, `data-${newPassword().slice(0, 12)}`)
  await writePrivate(`${directory}.origin`, join(dataDir, POSTGRES_STATE_FILE))
  return directory
}

/** Data outside whose `.data/` was removed. */
async function deleteForsaken(): Promise<void> {
  for (const name of await readdir(OUTSIDE)) {
    if (!name.endsWith('.origin')) continue
    const directory = join(OUTSIDE, name.slice(0, -'.origin'.length))
    const origin = (await readIfThere(join(OUTSIDE, name))) ?? ''
    const state = await readIfThere(origin)
    if (state?.includes(JSON.stringify(directory))) continue
    if ((await readIfThere(join(directory, 'postmaster.pid'))) !== null) continue
    await rm(directory, { recursive: true, force: true })
    await rm(join(OUTSIDE, name), { force: true })
  }
}
