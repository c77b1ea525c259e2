import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { type Gate, startGate } from '../chaos/gate.ts'
import { freePort } from './redis.ts'

/**
 * Three Postgres under Patroni, and an etcd, on this machine. Each node is reached through gates, by clients,
 * by the other nodes and on its own way to etcd, so that it can be cut off as a machine is.
 */

export interface PatroniNode {
  name: string
  /** kill -9 of Patroni and Postgres, as a power cut. */
  kill(): void
  /** kill -9 of Postgres alone: Patroni hands over at once. */
  crash(): void
  /** SIGSTOP to all of it. */
  freeze(): void
  thaw(): void
  /** Nothing passes between it and the rest. */
  cutOff(on: boolean): void
  /** No other node receives what it writes: the standbys lag. */
  stopReplication(on: boolean): void
  start(): void
}

export interface PatroniCluster {
  /** With all three hosts, through the gates, with a password: not for logs. */
  url: string
  /** The same past the gates. */
  directUrl: string
  nodes: readonly PatroniNode[]
  /** The one that Patroni has made primary; null: none just now. */
  leader(): Promise<PatroniNode | null>
  /** Resolves when there is a primary that the other two follow (one of them synchronously). */
  healthy(withinMs?: number): Promise<PatroniNode>
  close(): Promise<void>
}

const MOST_MS = 240_000
/** A frozen node does not answer. */
const REST_MS = 8_000
const USER = 'postgres'

/** Null where the programs are there; otherwise what is missing. */
export function patroniMissing(): string | null {
  if (binaries() === null) return 'Postgres with pg_rewind is missing (Debian: postgresql)'
  const isThere = (program: string) =>
    ['/usr/bin', '/usr/local/bin'].some((dir) => existsSync(join(dir, program)))
  return isThere('patroni') && isThere('etcd') && existsSync('/usr/lib/python3/dist-packages/etcd')
    ? null
    : 'patroni or etcd is missing (Debian: patroni, python3-etcd, etcd-server)'
}

function binaries(): string | null {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return null
  const [newest] = readdirSync(root).toSorted((a, b) => Number(b) - Number(a))
  const found = join(root, newest ?? '', 'bin')
  return existsSync(join(found, 'pg_rewind')) ? found : null
}

const Member = z.object({ name: z.string(), role: z.string(), state: z.string() })
const Cluster = z.object({ members: z.array(Member) })

export async function startPatroni({ synchronous }: { synchronous: boolean }): Promise<PatroniCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-patroni-'))
  chmodSync(dir, 0o755)
  const closing: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })]
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step().catch(() => undefined)
  }
  try {
    const identity = unprivileged()
    const etcdPort = await startEtcd(dir, identity, closing)
    const nodes: Awaited<ReturnType<typeof startNode>>[] = []
    for (const name of ['n1', 'n2', 'n3'])
      nodes.push(await startNode({ dir, name, etcdPort, synchronous, identity, closing }))
    nodes[0]?.start()
    const members = async () =>
      (await Promise.all(nodes.map((node) => node.state()))).flatMap((one) => one ?? [])
    const leader = async () => {
      const roles = await members()
      const primary = roles.find(
        ({ role, state }) => /^(?:primary|master)$/.test(role) && state === 'running',
      )
      return nodes.find(({ name }) => name === primary?.name) ?? null
    }
    const until = async <T>(what: string, withinMs: number, look: () => Promise<T | null>): Promise<T> => {
      for (const end = Date.now() + withinMs; ; await sleep(250)) {
        const found = await look().catch(() => null)
        if (found !== null) return found
        if (Date.now() > end)
          throw new Error(
            `${what}: not within ${withinMs / 1000} s\n${nodes.map(({ said }) => said()).join('\n')}`,
          )
      }
    }
    await until('the first node', MOST_MS, leader)
    for (const node of nodes.slice(1)) node.start()
    const urlOf = (port: 'gated' | 'port') =>
      `postgresql://${USER}:${PASSWORD}@${nodes.map((node) => `127.0.0.1:${node[port]}`).join(',')}/torikomi?target_session_attrs=read-write`
    const cluster: PatroniCluster = {
      url: urlOf('gated'),
      directUrl: urlOf('port'),
      nodes,
      leader,
      healthy: (withinMs = MOST_MS) =>
        until('a primary that both others follow', withinMs, async () => {
          const primary = await leader()
          const node = nodes.find(({ name }) => name === primary?.name)
          if (node === undefined) return null
          // Not Postgres, which has its synchronous standby before Patroni lets it take over.
          const others = (await node.cluster()).filter(
            ({ name, state }) => name !== node.name && state === 'streaming',
          )
          const isSafe = !synchronous || others.some(({ role }) => role === 'sync_standby')
          return others.length === 2 && isSafe ? node : null
        }),
      close,
    }
    const primary = await cluster.healthy()
    const { port } = nodes.find(({ name }) => name === primary.name) ?? { port: 0 }
    await ask(port, 'create database torikomi')
    return cluster
  } catch (error) {
    await close()
    throw error
  }
}

const PASSWORD = 'patroni'

async function ask(port: number, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    void client.end().catch(() => undefined)
  }
}

interface Identity {
  uid?: number
  gid?: number
}

/** Postgres does not run as root. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {}
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** A cluster has machines of its own: on a busy one Patroni's lease of 20 s would end by itself. */
function prefer({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, -15)
  } catch {
    // Not as this user.
  }
}

async function own(path: string, { uid, gid }: Identity): Promise<string> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
  return path
}

async function startEtcd(
  dir: string,
  identity: Identity,
  closing: (() => Promise<unknown>)[],
): Promise<number> {
  const [port, peer] = [await freePort(), await freePort()]
  const at = `http://127.0.0.1:${port}`
  const peerAt = `http://127.0.0.1:${peer}`
  const data = join(dir, 'etcd')
  await mkdir(data, { mode: 0o700 })
  await own(data, identity)
  const child = spawn(
    'etcd',
    [
      ...['--name', 'e1', '--data-dir', data, '--unsafe-no-fsync', '--log-level', 'error'],
      ...['--listen-client-urls', at, '--advertise-client-urls', at],
      ...[
        '--listen-peer-urls',
        peerAt,
        '--initial-advertise-peer-urls',
        peerAt,
        '--initial-cluster',
        `e1=${peerAt}`,
      ],
    ],
    { stdio: 'ignore', ...identity },
  )
  prefer(child)
  closing.push(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  for (const end = Date.now() + MOST_MS; ; await sleep(100)) {
    const isThere = await fetch(`${at}/health`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isThere) return port
    if (Date.now() > end || child.exitCode !== null) throw new Error('etcd does not start')
  }
}

interface NodeOptions {
  dir: string
  name: string
  etcdPort: number
  synchronous: boolean
  identity: Identity
  closing: (() => Promise<unknown>)[]
}

async function startNode({ dir, name, etcdPort, synchronous, identity, closing }: NodeOptions) {
  const [port, rest] = [await freePort(), await freePort()]
  const at = (target: number) => startGate({ host: '127.0.0.1', port: target })
  // Of clients, of the other nodes, and its own to etcd.
  const gates = {
    clients: await at(port),
    nodes: await at(port),
    rest: await at(rest),
    etcd: await at(etcdPort),
  }
  closing.push(...Object.values(gates).map((gate: Gate) => () => gate.close()))
  const home = join(dir, name)
  await mkdir(home, { mode: 0o700 })
  await own(home, identity)
  const data = join(home, 'data')
  const file = join(home, 'patroni.json')
  await writeFile(file, JSON.stringify(settingsOf()), { mode: 0o644 })
  let child: ChildProcess | null = null
  let said = ''
  closing.push(async () => {
    kill()
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    // A backend that outlives its postmaster by a moment still writes into the folder.
    await sleep(200)
  })

  function settingsOf() {
    const login = (username: string) => ({ username, password: PASSWORD })
    return {
      scope: 'torikomi',
      name,
      restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${gates.rest.port}` },
      // A proxy: else Patroni asks etcd for its address and goes past the gate.
      etcd3: { host: `127.0.0.1:${gates.etcd.port}`, use_proxies: true },
      bootstrap: {
        // The shortest that Patroni takes.
        dcs: {
          ttl: 20,
          loop_wait: 1,
          retry_timeout: 3,
          primary_start_timeout: 0,
          // Standbys that lag by more would not be promoted at all, until the primary is back.
          maximum_lag_on_failover: 67_108_864,
          synchronous_mode: synchronous,
          postgresql: { use_pg_rewind: true, parameters: { wal_keep_size: '256MB' } },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
      },
      postgresql: {
        listen: `127.0.0.1:${port}`,
        connect_address: `127.0.0.1:${gates.nodes.port}`,
        data_dir: data,
        bin_dir: binaries(),
        pgpass: join(home, 'pgpass'),
        authentication: {
          superuser: login(USER),
          replication: login('replicator'),
          rewind: login('rewinder'),
        },
        parameters: {
          unix_socket_directories: home,
          max_connections: 200,
          shared_buffers: '32MB',
          // A power cut of the machine is not what is tested; the death of the process is.
          fsync: 'off',
          wal_receiver_timeout: '5s',
          wal_sender_timeout: '5s',
        },
        pg_hba: [
          'host all all 127.0.0.1/32 scram-sha-256',
          'host replication all 127.0.0.1/32 scram-sha-256',
          'local all all trust',
        ],
      },
    }
  }

  function start(): void {
    child = spawn('patroni', [file], {
      cwd: home,
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...identity,
    })
    prefer(child)
    const log = createWriteStream(join(dir, `${name}.log`), { flags: 'a' })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk)
        said = (said + chunk).slice(-1_500)
      })
    child.once('close', () => log.end())
  }

  /** Those that work on its folder: Postgres leaves Patroni's own group. */
  function postgres(): number[] {
    const postmaster = existsSync(join(data, 'postmaster.pid'))
      ? Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
      : 0
    if (!(postmaster > 1) || !commandOf(postmaster).includes(data)) return []
    return [postmaster, ...childrenOf(postmaster)]
  }

  function signal(pids: readonly number[], name: NodeJS.Signals): void {
    for (const pid of pids)
      try {
        process.kill(pid, name)
      } catch {
        // It has ended meanwhile.
      }
  }

  const patroni = () =>
    child?.pid && child.exitCode === null && child.signalCode === null ? [child.pid] : []
  const kill = () => signal([...patroni(), ...postgres()], 'SIGKILL')
  const whole = () => [...patroni(), ...patroni().flatMap(childrenOf), ...postgres()]

  return {
    name,
    port,
    gated: gates.clients.port,
    said: () => `${name}: ${said}`,
    async state() {
      const answer = await fetch(`http://127.0.0.1:${rest}/patroni`, {
        signal: AbortSignal.timeout(REST_MS),
      }).catch(() => null)
      const found = Member.omit({ name: true }).safeParse(await answer?.json().catch(() => null))
      return found.success ? { name, ...found.data } : null
    },
    /** All members, as this one knows them. */
    async cluster() {
      const answer = await fetch(`http://127.0.0.1:${rest}/cluster`, { signal: AbortSignal.timeout(REST_MS) })
      return Cluster.parse(await answer.json()).members
    },
    start,
    kill,
    crash: () => signal(postgres(), 'SIGKILL'),
    freeze: () => signal(whole(), 'SIGSTOP'),
    thaw: () => signal(whole(), 'SIGCONT'),
    cutOff(on: boolean) {
      for (const gate of Object.values(gates)) gate.silence(on)
    },
    stopReplication: (on: boolean) => gates.nodes.silence(on),
  }
}

const commandOf = (pid: number): string =>
  existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''

function childrenOf(parent: number): number[] {
  const path = `/proc/${parent}/task/${parent}/children`
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number) : []
}
