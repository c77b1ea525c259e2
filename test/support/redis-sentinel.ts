import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { waitFor } from '../../sandbox/demo/client.ts'
import { freePort } from './redis.ts'

/** Why tests with Sentinels are left out on this machine; null when they can run. */
export const sentinelMissing: string | null =
  spawnSync('redis-server', ['--version']).status === 0
    ? null
    : 'no redis-server on the PATH (Debian: apt-get install redis-server)'

/** Two Redis of which one follows the other, and three Sentinels that agree on the primary. */
export interface SentinelGroup {
  url: string
  /** Port of the one that the Sentinels name now; they name a frozen one until they agree. */
  primary(): Promise<number>
  /** How many replicas the Sentinels see at work. */
  replicas(): Promise<number>
  kill(port: number): Promise<void>
  /** Starts one again that was killed. */
  start(port: number): Promise<void>
  freeze(port: number): void
  thaw(port: number): void
  stop(): Promise<void>
}

const NAME = 'torikomi'
/** Long enough that a machine under load loses none by accident. */
const DOWN_AFTER_MS = 3_000

export async function startSentinelGroup(): Promise<SentinelGroup> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-sentinel-'))
  const processes = new Map<number, ChildProcess>()
  const servers = [await freePort(), await freePort()]
  const [first, second] = servers
  const sentinels = [await freePort(), await freePort(), await freePort()]

  function run(port: number, args: string[]): void {
    processes.set(port, spawn('redis-server', args, { stdio: 'ignore' }))
  }

  async function start(port: number): Promise<void> {
    const mine = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'no',
    ]
    const follows = port === first ? [] : ['--replicaof', `127.0.0.1 ${first}`]
    run(port, [...mine, '--dbfilename', `${port}.rdb`, '--repl-diskless-load', 'swapdb', ...follows])
    await until(`Redis at ${port}`, () => ask(port, 'PING'))
  }

  async function startSentinel(port: number): Promise<void> {
    const file = join(dir, `${port}.conf`)
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${dir}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${first} 2`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ]
    await writeFile(file, `${lines.join('\n')}\n`)
    run(port, [file, '--sentinel'])
    await until(`Sentinel at ${port}`, () => ask(port, 'PING'))
  }

  async function end(port: number): Promise<void> {
    const child = processes.get(port)
    processes.delete(port)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await gone
  }

  const named = (port: number) => ask(port, 'SENTINEL', 'get-master-addr-by-name', NAME) as Promise<string[]>
  const group: SentinelGroup = {
    url: `redis-sentinel://${sentinels.map((port) => `127.0.0.1:${port}`).join(',')}?sentinelMasterId=${NAME}`,
    async primary() {
      const all = await Promise.all(sentinels.map(named))
      const [port, ...others] = new Set(all.map(([, at]) => Number(at)))
      if (port === undefined || others.length > 0) throw new Error('the Sentinels do not agree yet')
      return port
    },
    async replicas() {
      const seen = await Promise.all(
        sentinels.map((port) => ask(port, 'SENTINEL', 'replicas', NAME) as Promise<string[][]>),
      )
      const works = (words: string[]) =>
        words[words.indexOf('flags') + 1] === 'slave' &&
        words[words.indexOf('master-link-status') + 1] === 'ok'
      return Math.min(...seen.map((replicas) => replicas.filter(works).length))
    },
    kill: end,
    start,
    freeze: (port) => void processes.get(port)?.kill('SIGSTOP'),
    thaw: (port) => void processes.get(port)?.kill('SIGCONT'),
    async stop() {
      await Promise.all([...processes.keys()].map(end))
      await rm(dir, { recursive: true, force: true })
    },
  }
  try {
    for (const port of [first, second]) if (port !== undefined) await start(port)
    await Promise.all(sentinels.map(startSentinel))
    // Without it a Sentinel that is alone never gets the two votes.
    await until('the Sentinels know each other', async () =>
      (
        await Promise.all(
          sentinels.map((port) => ask(port, 'SENTINEL', 'sentinels', NAME) as Promise<unknown[]>),
        )
      ).every((others) => others.length === 2),
    )
    await until('a replica', async () => (await group.replicas()) === 1)
    return group
  } catch (error) {
    await group.stop()
    throw error
  }
}

const until = (what: string, isSo: () => Promise<unknown>): Promise<unknown> =>
  waitFor(what, () => isSo().catch(() => false), Boolean, { limitMs: 30_000 })

/** One command on a connection of its own. */
async function ask(port: number, ...words: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: 2_000,
    enableReadyCheck: false,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.call(...words)
  } finally {
    client.disconnect()
  }
}
