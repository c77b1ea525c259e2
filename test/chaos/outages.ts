import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { z } from 'zod'
import { createApi, waitFor } from '../../sandbox/demo/client.ts'
import { type Registration, register } from '../../sandbox/demo/register.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { type Sandbox, sandboxEnvironment, startSandbox } from '../../sandbox/sandbox.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { freePort, startRedis } from '../support/redis.ts'
import { ops, type RunningService, startService } from '../support/service/service.ts'
import { type Gate, startGate } from './gate.ts'

/**
 * `npm run chaos -- outages [--only disk,redis]`: breaks what a service stands on, one thing in each of
 * several installations. A real Prometheus with docs/operations/alerts.yml watches as Compose has it. Says
 * after how many seconds which alert came, what `ops doctor` names as the cause then, and when it ended.
 */

const RULES = fileURLToPath(new URL('../../docs/operations/alerts.yml', import.meta.url))
const MEMBER = fileURLToPath(new URL('./member.ts', import.meta.url))
const ROLES = ['api', 'listener', 'worker'] as const
type Role = (typeof ROLES)[number]

/** Of docker-compose.yml. */
const EVERY = '15s'
const LOOK_MS = 1_000
/** Time for the rules that look back to see something that is well. */
const WELL_MS = 60_000
const ORDER_EVERY_MS = 20_000
const QUIETEST_MS = 100 * 60_000
const ENDS_WITHIN_MS = 40 * 60_000
const DAY = '1 day'

interface Installation {
  dir: string
  sandbox: Sandbox
  registration: Registration
  running: Map<Role, RunningService>
  pool: pg.Pool
  postgres: { stop(): Promise<void>; start(): Promise<void>; gate: Gate }
  redis: { stop(): Promise<void>; start(): Promise<void> }
  mailbox: { expire(): void; renew(): void }
  startRole(role: Role, more?: Record<string, string>): Promise<void>
  /** What `ops doctor` does not take for well. */
  doctor(): Promise<string[]>
  atMalls(method: string, path: string, body?: unknown): Promise<void>
}

interface Outage {
  /** The alert that names it. */
  alert: string
  /** What is set back in the database because nobody waits for it. */
  aged?: string
  /** Needs a disk of its own. */
  mounts?: boolean
  begin(at: Installation): Promise<unknown>
  end(at: Installation): Promise<unknown>
}

const OUTAGES: Readonly<Record<string, Outage>> = {
  'no backup': {
    alert: 'TorikomiBackupOld',
    aged: 'life of the installation, by three days',
    begin: ({ pool }) =>
      pool.query(`update data_steps set made_at = made_at - 3 * interval '${DAY}' where name = 'instance'`),
    end: ({ pool }) =>
      pool.query(
        `insert into data_steps (name, made_at) values ('backup', now()) on conflict (name) do nothing`,
      ),
  },
  'mall answers 500': {
    alert: 'TorikomiNothingStaged',
    begin: (at) => at.atMalls('PUT', 'faults', [{ kind: '500' }]),
    end: (at) => at.atMalls('DELETE', 'faults'),
  },
  'dead webhook': {
    alert: 'TorikomiWebhooksFail',
    aged: 'first failure, by an hour',
    async begin({ registration, pool }) {
      await registration.client.post('/webhooks', {
        name: '基幹システム',
        url: `http://127.0.0.1:${await freePort()}/gone`,
        kinds: [],
      })
      await waitFor(
        'the webhook fails',
        () => pool.query('select from webhooks where failing_since is not null'),
        ({ rowCount }) => rowCount === 1,
      )
      await pool.query(`update webhooks set failing_since = failing_since - interval '1 hour'`)
    },
    async end({ registration, pool }) {
      const receiver = createServer((request, answer) => {
        request.resume()
        answer.writeHead(204).end()
      })
      receiver.listen(0, '127.0.0.1').unref()
      await once(receiver, 'listening')
      const { rows } = await pool.query<{ id: string }>('select id from webhooks')
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`
      await registration.client.patch(`/webhooks/${rows[0]?.id}`, { url })
    },
  },
  'dead archive': {
    alert: 'TorikomiArchiveAway',
    async begin({ dir, pool }) {
      await writeFile(archiveAway(dir), '')
      await pool.query('select pg_switch_wal()')
    },
    end: ({ dir }) => rm(archiveAway(dir)),
  },
  'expired key': {
    alert: 'TorikomiShopsInAttention',
    begin: (at) => at.atMalls('PUT', 'faults', [{ kind: 'key-refused' }]),
    async end(at) {
      await at.atMalls('DELETE', 'faults')
      for (const id of Object.values(at.registration.shops))
        await at.registration.client.post(`/shops/${id}/test`, {})
    },
  },
  'mailbox password': {
    alert: 'TorikomiMailboxesInAttention',
    async begin({ sandbox }) {
      sandbox.imap.setPassword(sandbox.mailbox.username, 'another')
      sandbox.imap.dropConnections(sandbox.mailbox.username)
    },
    async end({ sandbox, registration }) {
      const { username, password } = sandbox.mailbox
      sandbox.imap.setPassword(username, password)
      await registration.client.patch(`/mailboxes/${registration.mailboxId}`, { password })
    },
  },
  'certificate of a mailbox': {
    alert: 'TorikomiMailboxesInAttention',
    async begin({ sandbox, mailbox }) {
      mailbox.expire()
      sandbox.imap.dropConnections(sandbox.mailbox.username)
    },
    async end({ mailbox }) {
      mailbox.renew()
    },
  },
  // Those of Postgres come before it.
  disk: {
    alert: 'TorikomiDiskShort',
    mounts: true,
    begin: ({ dir }) => fill(join(dir, 'what-grows')),
    async end({ dir, postgres }) {
      await rm(join(dir, 'what-grows'))
      await postgres.stop().catch(() => undefined)
      await postgres.start()
    },
  },
  clock: {
    alert: 'TorikomiClockSkewed',
    async begin(at) {
      await at.running.get('worker')?.stop()
      await at.startRole('worker', { CHAOS_CLOCK_OFFSET_MS: '60000' })
    },
    async end(at) {
      await at.running.get('worker')?.stop()
      await at.startRole('worker')
    },
  },
  hung: {
    alert: 'TorikomiProcessDown',
    begin: async ({ running }) => process.kill(pidOf(running, 'worker'), 'SIGSTOP'),
    end: async ({ running }) => process.kill(pidOf(running, 'worker'), 'SIGCONT'),
  },
  redis: {
    alert: 'TorikomiQueueAway',
    begin: ({ redis }) => redis.stop(),
    end: ({ redis }) => redis.start(),
  },
  postgres: {
    alert: 'TorikomiDatabaseAway',
    begin: ({ postgres }) => postgres.stop(),
    end: ({ postgres }) => postgres.start(),
  },
}
export const OUTAGE_NAMES = Object.keys(OUTAGES)

function pidOf(running: Installation['running'], role: Role): number {
  const pid = running.get(role)?.pid
  if (pid === undefined) throw new Error(`no ${role} runs`)
  return pid
}

/** While it exists, the archive takes nothing. */
const archiveAway = (dir: string): string => join(dir, 'archive-away')

/** Until nothing more fits. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let size = 1024 * 1024; size >= 4_096; )
      size = await file.write(Buffer.alloc(size)).then(
        () => size,
        () => size / 2,
      )
  } finally {
    await file.close()
  }
}

interface Told {
  name: string
  /** Seconds from its begin to its first alert; null: it was never told. */
  told: number | null
  /** Every alert that came until then and in the minute behind, with its seconds. */
  alerts: Record<string, number>
  /** Lines of `ops doctor` once it was told. */
  causes: string[]
  /** Seconds from the mend until no alert fires any more. */
  ended: number | null
  aged?: string | undefined
}

interface OutagesOptions {
  only: readonly string[]
  atOnce: number
  progress(text: string): void
  signal: AbortSignal
}

export const outagesMissing = (): string | null =>
  spawnSync('prometheus', ['--version']).status === 0
    ? null
    : 'prometheus is not on the PATH (Debian: prometheus)'

export async function runOutages({ only, atOnce, progress, signal }: OutagesOptions): Promise<Told[]> {
  const left = OUTAGE_NAMES.filter((name) => only.length === 0 || only.includes(name))
  const told: Told[] = []
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const outage = OUTAGES[name] as Outage
      if (outage.mounts && process.getuid?.() !== 0) {
        progress(`${name}: left out, a disk of its own needs root`)
        continue
      }
      told.push(await watch(name, outage, { progress, signal }))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return told.toSorted((a, b) => OUTAGE_NAMES.indexOf(a.name) - OUTAGE_NAMES.indexOf(b.name))
}

async function watch(
  name: string,
  outage: Outage,
  { progress, signal }: Pick<OutagesOptions, 'progress' | 'signal'>,
): Promise<Told> {
  const closing: (() => unknown)[] = []
  try {
    const at = await install(outage.mounts === true, closing)
    const prometheus = await startPrometheus(at, closing)
    const orders = placeOrders(at, signal)
    closing.push(orders.stop)
    await sleep(WELL_MS, undefined, { signal })
    const before = await prometheus.firing()
    if (before.length > 0) throw new Error(`${name}: ${before.join(', ')} before it began`)
    progress(`${name}: begins`)
    await outage.begin(at)
    const began = Date.now()
    const alerts: Record<string, number> = {}
    const look = async () => {
      for (const alert of await prometheus.firing()) alerts[alert] ??= secondsSince(began)
    }
    await until(() => look().then(() => outage.alert in alerts), QUIETEST_MS, signal)
    const causes = await at.doctor()
    const mended = Date.now()
    await look()
    progress(`${name}: ${JSON.stringify(alerts)}; ${causes.join(' / ')}`)
    await outage.end(at)
    const isOver = await until(async () => (await prometheus.firing()).length === 0, ENDS_WITHIN_MS, signal)
    const ended = isOver ? secondsSince(mended) : null
    progress(`${name}: ended ${ended} s after its mend`)
    return { name, told: alerts[outage.alert] ?? null, alerts, causes, ended, aged: outage.aged }
  } finally {
    for (const step of closing.reverse()) await Promise.resolve(step()).catch(() => undefined)
  }
}

const secondsSince = (at: number): number => Math.round((Date.now() - at) / 1_000)

async function until(done: () => Promise<boolean>, limitMs: number, signal: AbortSignal): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(LOOK_MS, undefined, { signal }))
    if (await done()) return true
  return false
}

/** One of each mall, mailed, again and again: rules about rates need something that goes on. */
function placeOrders({ sandbox }: Installation, signal: AbortSignal): { stop(): void } {
  const timer = setInterval(() => {
    for (const mall of SIMULATED_MALLS) sandbox.malls[mall].place()
  }, ORDER_EVERY_MS)
  const stop = () => clearInterval(timer)
  signal.addEventListener('abort', stop, { once: true })
  return { stop }
}

const quiet = { info: () => undefined, warn: () => undefined }
/** Postgres with its WAL fills about a third of it. */
const DISK = 'size=400m,mode=755'

async function install(mounts: boolean, closing: (() => unknown)[]): Promise<Installation> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-outage-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  await chmod(dir, 0o755)
  if (mounts) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', dir])
    closing.push(() => execFileSync('umount', ['--lazy', dir]))
  }
  const startServer = () =>
    startEmbeddedPostgres({
      dataDir: dir,
      log: quiet,
      settings: [
        'archive_mode=on',
        `archive_command=test ! -e ${archiveAway(dir)}`,
        ...['min_wal_size=32MB', 'max_wal_size=64MB'],
      ],
    })
  let server = await startServer()
  closing.push(() => server.stop())
  const gate = await startGate({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
  closing.push(gate.close)
  const url = new URL(server.url)
  url.port = String(gate.port)
  let redis = await startRedis()
  closing.push(() => redis.stop())
  const sandbox = await startSandbox({ seed: 7, random: systemRandom, requestsPerSecond: 1_000 })
  closing.push(sandbox.close)
  const certificates = await makeCertificates(dir)
  const front = createTlsServer(certificates.good, (client) => {
    const upstream = connect(sandbox.mailbox.port, sandbox.mailbox.host)
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
    client.pipe(upstream).pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  front.on('tlsClientError', () => undefined)
  front.listen(0, '127.0.0.1').unref()
  await once(front, 'listening')
  const operatorKey = randomBytes(24).toString('base64url')
  const environment = {
    DATA_DIR: dir,
    DATABASE_URL: url.href,
    REDIS_URL: redis.url,
    OPERATOR_API_KEY: operatorKey,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}:tenant`,
    RAKUTEN_REQUESTS_PER_SECOND: '1000',
    YAHOO_REQUESTS_PER_SECOND: '1000',
    AUPAY_REQUESTS_PER_SECOND: '1000',
    NODE_EXTRA_CA_CERTS: certificates.ca,
    ...sandboxEnvironment(sandbox),
    MAILBOX_ALLOWED_PRIVATE_HOSTS: 'localhost',
  }
  const ports = new Map<Role, number>()
  for (const role of ROLES) ports.set(role, await freePort())
  const running: Installation['running'] = new Map()
  const startRole = async (role: Role, more: Record<string, string> = {}) => {
    const own = { ...environment, ...more, ROLES: role, PORT: String(ports.get(role)) }
    running.set(role, await startService(own, MEMBER))
  }
  closing.push(async () => {
    for (const service of running.values()) {
      // One that hangs takes no other signal.
      process.kill(service.pid, 'SIGCONT')
      await service.kill()
    }
  })
  for (const role of ROLES) await startRole(role)
  const base = `http://127.0.0.1:${ports.get('api')}`
  const mailbox = {
    ...sandbox.mailbox,
    host: 'localhost',
    port: (front.address() as AddressInfo).port,
    security: 'tls' as const,
  }
  const registration = await register(base, operatorKey, sandbox, mailbox, SIMULATED_MALLS)
  const pool = new pg.Pool({ connectionString: url.href, max: 2 })
  pool.on('error', () => undefined)
  closing.push(() => pool.end())
  return {
    dir,
    sandbox,
    registration: { ...registration, client: createApi(base, registration.apiKey, 6) },
    running,
    pool,
    postgres: {
      gate,
      async stop() {
        gate.shut()
        await server.stop()
      },
      async start() {
        server = await startServer()
        gate.open(Number(new URL(server.url).port))
      },
    },
    redis: {
      stop: () => redis.stop(),
      async start() {
        redis = await startRedis({ port: redis.port })
      },
    },
    mailbox: {
      expire: () => front.setSecureContext(certificates.expired),
      renew: () => front.setSecureContext(certificates.good),
    },
    startRole,
    async doctor() {
      const { output } = await ops(['doctor'], environment)
      const found = [...output.matchAll(/^(?:NG|!!) +(.*)(?:\n +-> (.*))?/gm)]
      return found.map(([, fact = '', advice]) =>
        [fact.replace(/\s+/g, ' '), advice].filter(Boolean).join(' → '),
      )
    },
    async atMalls(method, path, body) {
      for (const mall of SIMULATED_MALLS) {
        const answer = await fetch(`${sandbox.malls[mall].url}/_control/${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        if (!answer.ok)
          throw new Error(`${method} ${path} at ${mall}: ${answer.status} ${await answer.text()}`)
      }
    },
  }
}

interface Certificate {
  key: string
  cert: string
}

/** Of one key that signs itself: one that is good for ten days, and one that has run out. */
async function makeCertificates(
  dir: string,
): Promise<{ ca: string; good: Certificate; expired: Certificate }> {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  openssl('genpkey', '-algorithm', 'ED25519', '-out', 'key.pem')
  const make = (out: string, from: number, to: number) =>
    openssl(
      ...['req', '-x509', '-key', 'key.pem', '-out', out, '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-not_before', zulu(from), '-not_after', zulu(to)],
    )
  make('good.pem', -10, 10)
  make('expired.pem', -10, -1)
  const read = (name: string) => readFile(join(dir, name), 'utf8')
  const key = await read('key.pem')
  return {
    ca: join(dir, 'good.pem'),
    good: { key, cert: await read('good.pem') },
    expired: { key, cert: await read('expired.pem') },
  }
}

const zulu = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/\D/g, '').slice(0, 14)}Z`

const Alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
})

async function startPrometheus(
  { running }: Installation,
  closing: (() => unknown)[],
): Promise<{ firing(): Promise<string[]> }> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-prometheus-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'data'))
  const targets = [...running.values()].map(({ url }) => new URL(url).host)
  const config = {
    global: { scrape_interval: EVERY, evaluation_interval: EVERY },
    rule_files: [RULES],
    scrape_configs: [{ job_name: 'torikomi', static_configs: [{ targets }] }],
  }
  // JSON is YAML.
  await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config))
  const port = await freePort()
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  closing.push(async () => {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  })
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`, {
      signal: AbortSignal.timeout(10_000),
    })
    return Alerts.parse(await answer.json()).data.alerts
  }
  await waitFor(
    'Prometheus answers',
    () =>
      ask().then(
        () => true,
        () => false,
      ),
    Boolean,
  )
  return {
    firing: async () => {
      const firing = (await ask()).filter(({ state }) => state === 'firing')
      const names = firing.map(({ labels }) => labels.alertname ?? '')
      return [...new Set(names)].filter((name) => name !== 'TorikomiWatchdog')
    },
  }
}

/** Table of docs/operations/runbook.md. */
export function shownOutages(told: readonly Told[]): string {
  const listed = (alerts: Record<string, number>) =>
    Object.entries(alerts)
      .toSorted(([, a], [, b]) => a - b)
      .map(([name, seconds]) => `${name.replace('Torikomi', '')} ${seconds}`)
      .join(', ')
  return [
    '| Outage | Alerts, each after how many seconds | Ended after the mend (s) | `ops doctor` then |',
    '| --- | --- | --- | --- |',
    ...told.map(
      ({ name, alerts, ended, causes, aged }) =>
        `| ${name}${aged ? ` (set back: ${aged})` : ''} | ${listed(alerts) || 'none'} | ${ended ?? 'not'} | ${causes.join('; ') || 'nothing'} |`,
    ),
  ].join('\n')
}
