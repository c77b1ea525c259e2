import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { startSandboxImap } from '../../sandbox/imap/index.ts'
import type { MallSimulator } from '../../sandbox/kit/types.ts'
import {
  mallEnvironment,
  SIMULATED_MALLS,
  type SimulatedMall,
  startMalls,
} from '../../sandbox/malls/index.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start.ts'
import { dovecotMissing, startDovecot } from '../support/mail/dovecot.ts'
import { withAccount } from '../support/mail/servers/append.ts'
import { startCourier } from '../support/mail/servers/courier.ts'
import { serversMissing } from '../support/mail/servers/root.ts'
import { testedMall } from '../support/malls/tested-malls.ts'
import type { PatroniCluster } from '../support/patroni.ts'
import { type PrivateRedis, startRedis } from '../support/redis.ts'
import { type Gate, type Links, NO_LINKS, startGate, startLinks } from './gate.ts'
import { type ChaosMall, type Connectors, startConnectors } from './malls.ts'
import { MAILBOXES } from './plan.ts'

/**
 * All that the service stands on and that can fail under it: malls, mail server, Postgres behind a gate,
 * Redis.
 */

export interface Ground {
  dir: string
  malls: Record<ChaosMall, MallSimulator>
  /** The control API of a simulated mall. */
  atMall(mall: ChaosMall, method: string, path: string, body?: unknown): Promise<unknown>
  imap: MailServer
  mailboxes: ChaosMailbox[]
  postgres: {
    gate: Gate
    /** Past the gate, for the verdict. */
    url(): string
    restart(): Promise<void>
    /** Sets this for all sessions, past the gate. */
    setting(name: string, value: string | null): Promise<void>
  }
  redis: RestartableRedis | null
  environment: Record<string, string>
  /**
   * Between each role and each server that it talks to; mail servers have their own. Empty where no fault
   * needs them.
   */
  links: Links
  close(): Promise<void>
}

/** A run does not outlive a power cut; many processes hold connections. */
const SERVER_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']
const quiet = { info: () => undefined, warn: () => undefined }

/** `shops`: of each mall; each has two mailboxes with those of the other malls that have its number. */
export async function startGround(options: {
  seed: number
  redis: boolean
  shops?: number
  imap?: MailServerKind
  /** Whether links between the parts can be cut one by one. */
  linked?: boolean
  /** Whether servers are called by names, which can be taken away. */
  named?: boolean
  /** In place of a Postgres of its own. */
  cluster?: PatroniCluster
}): Promise<Ground> {
  const { seed, shops = 1 } = options
  const closing: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step().catch(() => undefined)
  }
  try {
    const dir = await mkdtemp(join(tmpdir(), 'torikomi-chaos-'))
    closing.push(() => rm(dir, { recursive: true, force: true }))
    await chmod(dir, 0o755)
    const { cluster } = options
    const postgres = cluster ? onCluster(cluster) : await startGatedPostgres(dir, closing)
    const redis = options.redis ? await startRestartableRedis(closing) : null
    const logins = Array.from({ length: MAILBOXES * shops }, (_, n) => ({
      user: `orders-${n + 1}@sandbox.example`,
      password: `chaos-${seed}-${n}`,
    }))
    const imap = await startMailServer(options.imap ?? 'sandbox', logins, closing)
    const malls = await startMalls(() => ({ port: 0, seed, shops, requestsPerSecond: 1_000_000 }))
    closing.push(...Object.values(malls).map((mall) => () => mall.close()))
    const connectors = await startConnectors({ seed, shops })
    closing.push(connectors.close)
    const atMall = createControl(malls, connectors)
    for (const mall of SIMULATED_MALLS)
      await atMall(mall, 'PUT', 'settings', testedMall(mall).fault.withoutWaiting ?? {})
    const called = {
      ...mallEnvironment(malls),
      DATABASE_URL: cluster?.url ?? withPort(postgres.url(), postgres.gate.port),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    }
    const environment = {
      ...(options.named ? mapValues(called, (url) => url.replace('127.0.0.1', SERVERS)) : called),
      MAILBOX_ALLOWED_PRIVATE_HOSTS: imap.host,
      CONNECTOR_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
    }
    const links = options.linked ? await startLinks(environment, closing) : NO_LINKS
    return {
      dir,
      malls: { ...malls, connector: connectors },
      atMall,
      imap,
      mailboxes: imap.mailboxes,
      postgres,
      redis,
      close,
      environment,
      links,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function createControl(
  malls: Record<SimulatedMall, MallSimulator>,
  connectors: Connectors,
): Ground['atMall'] {
  return async (mall, method, path, body) => {
    if (mall === 'connector') return connectors.control(method, path, body)
    const answer = await fetch(`${malls[mall].url}/_control/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} at ${mall}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}

/** Its nodes have gates of their own. */
function onCluster({ directUrl }: PatroniCluster): Ground['postgres'] {
  const none = () => {
    throw new Error('a cluster is reached by its nodes')
  }
  return {
    get gate() {
      return none()
    },
    url: () => directUrl,
    restart: none,
    setting: none,
  }
}

async function startGatedPostgres(
  dir: string,
  closing: (() => Promise<unknown>)[],
): Promise<Ground['postgres']> {
  const start = () => startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: SERVER_SETTINGS })
  let server = await start()
  closing.push(() => server.stop())
  const gate = await startGate({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
  closing.push(gate.close)
  return {
    gate,
    url: () => server.url,
    async setting(name, value) {
      // Whatever is set for the others must not keep this one from taking it back.
      const client = new pg.Client({ connectionString: server.url, options: `-c ${name}=off` })
      client.on('error', () => undefined)
      await client.connect()
      try {
        await client.query(
          value === null ? `alter system reset ${name}` : `alter system set ${name} = ${value}`,
        )
        await client.query('select pg_reload_conf()')
      } finally {
        await client.end().catch(() => undefined)
      }
    },
    async restart() {
      gate.shut()
      await server.stop()
      server = await start()
      gate.open(Number(new URL(server.url).port))
    },
  }
}

/** `member.ts` knows where it is, while it is told to. */
export const SERVERS = 'servers.chaos.invalid'

function withPort(serverUrl: string, port: number): string {
  const url = new URL(serverUrl)
  url.port = String(port)
  return url.href
}

interface RestartableRedis {
  url: string
  flush(): Promise<void>
  /** While true every command that needs memory is refused. */
  fill(full: boolean): Promise<void>
  stop(): Promise<void>
  back(): Promise<void>
}

async function startRestartableRedis(closing: (() => Promise<unknown>)[]): Promise<RestartableRedis> {
  let server: PrivateRedis = await startRedis()
  const { url, port } = server
  closing.push(() => server.stop())
  const ask = async (run: (client: Redis) => Promise<unknown>) => {
    const client = new Redis(url, { maxRetriesPerRequest: 1 })
    client.on('error', () => undefined)
    await run(client).finally(() => client.disconnect())
  }
  return {
    url,
    flush: () => ask((client) => client.flushall()),
    fill: (full) => ask((client) => client.config('SET', 'maxmemory', full ? '1' : '0')),
    stop: () => server.stop(),
    async back() {
      server = await startRedis({ port })
    },
  }
}

const mapValues = (record: Record<string, string>, to: (value: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]))

// The mail server of a run, with a gate of its own before each mailbox.

export const MAIL_SERVERS = ['dovecot', 'courier', 'sandbox'] as const
export type MailServerKind = (typeof MAIL_SERVERS)[number]

/** Null when it can be run on this machine; otherwise what is missing. */
export const mailServerMissing = (kind: MailServerKind): string | null =>
  ({ dovecot: dovecotMissing, courier: serversMissing, sandbox: () => null })[kind]()

/**
 * Picks the mail server of one of the two runs that CI makes with a seed, one on each engine: one of them
 * has Courier and the other Dovecot, and the seed says which.
 */
export const mailServerInTurn = (seed: number, engine: 'postgres' | 'redis'): MailServerKind =>
  (seed + (engine === 'redis' ? 1 : 0)) % 2 === 0 ? 'dovecot' : 'courier'

export interface ChaosMailbox {
  user: string
  password: string
  /** The gate's. */
  port: number
  gate: Gate
}

export interface MailServer {
  host: string
  mailboxes: ChaosMailbox[]
  /** Resolves once the mail stands in the mailbox. */
  deliver(user: string, source: Buffer): Promise<void>
  /** The same mails under a new UIDVALIDITY. */
  changeUidValidity(user: string): Promise<void>
  /** While true every login is refused, of every mailbox. */
  refuseLogins(refused: boolean): Promise<void>
}

type Server = Omit<MailServer, 'mailboxes'> & { port: number; close(): Promise<void> }
type Login = Pick<ChaosMailbox, 'user' | 'password'>

async function startMailServer(
  kind: MailServerKind,
  logins: readonly Login[],
  closing: (() => Promise<unknown>)[],
): Promise<MailServer> {
  const server = await { dovecot: startReal, courier: startMaildir, sandbox: startSimulated }[kind](logins)
  closing.push(server.close)
  const mailboxes: ChaosMailbox[] = []
  for (const login of logins) {
    const gate = await startGate(server)
    closing.push(gate.close)
    mailboxes.push({ ...login, port: gate.port, gate })
  }
  return { ...server, mailboxes }
}

async function startReal(logins: readonly Login[]): Promise<Server> {
  const dovecot = await startDovecot(Object.fromEntries(logins.map(({ user, password }) => [user, password])))
  // The first login makes the folder that mails are dropped into.
  for (const { user } of logins) await dovecot.flags(user)
  let validity = Math.floor(Date.now() / 1000)
  return {
    host: dovecot.host,
    port: dovecot.port,
    deliver: dovecot.drop,
    async changeUidValidity(user) {
      validity += 1
      dovecot.setUidValidity(user, validity)
    },
    refuseLogins: dovecot.refuseLogins,
    close: dovecot.stop,
  }
}

/** Courier, which numbers the mails anew at each look until somebody opens the mailbox for writing. */
async function startMaildir(logins: readonly Login[]): Promise<Server> {
  const courier = await startCourier(
    Object.fromEntries(logins.map(({ user, password }) => [user, password])),
    { perAddress: 200 },
  )
  const isOpened = new Set<string>()
  return {
    host: courier.host,
    port: courier.port,
    deliver: courier.drop,
    async changeUidValidity(user) {
      const login = logins.find((one) => one.user === user)
      // By turns: a person's mail program has the numbers stored, and they are lost, as by a restore.
      if (isOpened.delete(user) || login === undefined) return courier.forgetUids(user)
      await withAccount({ port: courier.port, ...login }, (client) => client.mailboxOpen('INBOX'))
      isOpened.add(user)
    },
    refuseLogins: courier.refuseLogins,
    close: courier.stop,
  }
}

async function startSimulated(logins: readonly Login[]): Promise<Server> {
  const imap = await startSandboxImap({ users: logins })
  return {
    host: imap.host,
    port: imap.port,
    deliver: async (user, source) => void imap.deliver(user, source),
    changeUidValidity: async (user) => imap.changeUidValidity(user),
    async refuseLogins(refused) {
      imap.faults.loginAnswer = refused ? '[UNAVAILABLE] Try again later' : null
    },
    close: imap.close,
  }
}
