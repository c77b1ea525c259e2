import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { type SandboxImap, startSandboxImap } from '../../sandbox/imap/index.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { makeMailbox, makeShop, makeTenant } from '../support/fixtures.ts'
import { makePairs } from '../support/proxies.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * An idle process of each role, as the image starts it: how long until it is ready, and what it holds once it
 * is at rest. In turns with a bare Node.js process that does nothing, which is the floor of both.
 */
export interface ProcessRun {
  name: string
  /** From the start of the process until it says that it is ready. */
  startMs: number
  startP99Ms: number
  startRatio: number
  /** CPU until it was at rest, in seconds: what the start costs whatever else the machine does. */
  cpuSeconds: number
  /** Resident, in MB; of that, what is its own and not Node's program, which all processes share. */
  residentMb: number
  ownMb: number
  memoryRatio: number
}

interface Started {
  pid: number
  end(): Promise<unknown>
}

interface Sample {
  startMs: number
  cpuSeconds: number
  residentMb: number
  ownMb: number
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Behind freeAfterStart() and the first turn of each periodic task. */
const AT_REST_MS = 14_000

export async function measureProcesses(
  databases: Databases,
  redisUrl: string | null,
  { turns, restMs, roles }: Pick<Extent, 'turns' | 'restMs' | 'roles'>,
): Promise<ProcessRun[]> {
  const database = await databases.create()
  const environment = {
    ...(await imageEnvironment()),
    DATABASE_URL: database.url,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    OPERATOR_API_KEY: randomBytes(24).toString('base64url'),
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'warn',
  }
  // It migrates; what is measured afterwards finds the tables.
  await (await startService({ ...environment, ROLES: 'api' })).stop()
  const starts: [string, () => Promise<Started>][] = [
    ['bare Node.js', bareNode],
    ...roles.map((own): [string, () => Promise<Started>] => [
      own,
      async () => ended(await startService({ ...environment, ROLES: own })),
    ]),
  ]
  const samples = starts.map((): Sample[] => [])
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, [, start]] of starts.entries())
      samples[index]?.push(await sample(start, restMs ?? AT_REST_MS))
  }
  await database.drop()
  const runs = starts.map(([name], index) => summary(name, samples[index] ?? []))
  const [floor] = runs
  return runs.map((run) => ({
    ...run,
    startRatio: round(run.startMs / (floor?.startMs ?? run.startMs), 2),
    memoryRatio: round(run.residentMb / (floor?.residentMb ?? run.residentMb), 2),
  }))
}

export const processesTable = (runs: readonly ProcessRun[]): string =>
  table(
    ['', 'start ms', 'p99 ms', '× floor', 'CPU s', 'resident MB', 'of it own', '× floor'],
    runs.map((run) => [
      ...[run.name, run.startMs.toFixed(0), run.startP99Ms.toFixed(0), run.startRatio.toFixed(2)],
      ...[
        run.cpuSeconds.toFixed(2),
        run.residentMb.toFixed(0),
        run.ownMb.toFixed(0),
        run.memoryRatio.toFixed(2),
      ],
    ]),
  )

const ended = (service: RunningService): Started => ({ pid: service.pid, end: service.stop })

async function bareNode(): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['-e', 'process.stdout.write("ready"); setInterval(() => {}, 1000)'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH ?? '' },
    },
  )
  await once(child.stdout, 'data')
  return {
    pid: child.pid as number,
    end: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

async function sample(start: () => Promise<Started>, restMs: number): Promise<Sample> {
  const began = performance.now()
  const { pid, end } = await start()
  const startMs = performance.now() - began
  await sleep(restMs)
  const use = await processUse(pid)
  await end()
  return { startMs, ...use }
}

/** What a process has used of CPU and holds of memory. */
async function processUse(pid: number): Promise<Omit<Sample, 'startMs'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, , , , , , , , , , , user, system] = afterName(await readFile(`/proc/${pid}/stat`, 'utf8'))
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
  return {
    cpuSeconds: (Number(user) + Number(system)) / CLOCK_TICKS,
    residentMb: megabytes('VmRSS'),
    ownMb: megabytes('RssAnon'),
  }
}

/** Linux counts CPU time in hundredths for programs, whatever its own timer does. */
const CLOCK_TICKS = 100
/** The fields behind the program's name, which may hold spaces. */
const afterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

function summary(name: string, samples: readonly Sample[]): ProcessRun {
  const of = (field: keyof Sample, share = 0.5) =>
    percentile(
      samples.map((one) => one[field]),
      share,
    )
  return {
    name,
    startMs: round(of('startMs'), 0),
    startP99Ms: round(of('startMs', 0.99), 0),
    startRatio: 1,
    cpuSeconds: round(of('cpuSeconds'), 2),
    residentMb: round(of('residentMb')),
    ownMb: round(of('ownMb')),
    memoryRatio: 1,
  }
}

/** Reads the image's settings for Node.js and the C library. */
export async function imageSettings(): Promise<Record<string, string>> {
  const file = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8')
  return Object.fromEntries(
    [...file.matchAll(/\b(NODE_OPTIONS|MALLOC_ARENA_MAX)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
}

/** Adds to them a copy of what the image has compiled. */
export async function imageEnvironment(): Promise<Record<string, string>> {
  const set = await imageSettings()
  compiled ??= compile(set)
  return { ...set, NODE_COMPILE_CACHE: await compiled }
}

/** Once for all benches of a run. */
let compiled: Promise<string> | undefined

async function compile(set: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-compiled-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await promisify(execFile)(process.execPath, ['scripts/compile.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...set, NODE_COMPILE_CACHE: folder },
  })
  return folder
}

/**
 * Many mailboxes with TLS in which nothing happens, in one process that listens, against a bare process of as
 * many ImapFlow clients, in turns: what each holds of memory, how long until all are connected, and what they
 * cost of a core while they wait.
 */
interface MailboxesRun {
  name: string
  mailboxes: number
  connectSeconds: number
  connectRatio: number
  perSecond: number
  /** What the process grew by, for each mailbox. */
  kibEach: number
  kibRatio: number
  /** Percent of a core for a thousand of them. */
  idlePercent: number
}

interface MailboxSample {
  connectSeconds: number
  kibEach: number
  idlePercent: number
}

interface Listening {
  pid: number
  begin(mailboxes: number): Promise<void>
  end(): Promise<unknown>
}

/** Until what the connecting left behind is collected. */
const REST_MS = 20_000
const IDLE_MS = 30_000
const PASSWORD = 'secret-password'
const FLOOR = fileURLToPath(new URL('./mailboxes-floor.ts', import.meta.url))

export async function measureMailboxes(
  databases: Databases,
  { mailboxes, turns, restMs }: Pick<Extent, 'mailboxes' | 'turns' | 'restMs'>,
): Promise<MailboxesRun[]> {
  const { ca, renewed } = makePairs()
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-mailboxes-'))
  const authority = join(dir, 'ca.pem')
  await writeFile(authority, ca)
  const users = Array.from({ length: mailboxes }, (_, n) => `shop${n}@mail.example`)
  const imap = await startSandboxImap({
    users: users.map((user) => ({ user, password: PASSWORD })),
    tls: renewed,
  })
  const environment = { ...(await imageEnvironment()), NODE_EXTRA_CA_CERTS: authority }
  const contestants: [string, () => Promise<Listening>][] = [
    ['floor', () => floor(imap.port, environment)],
    ['listener', () => listener(imap.port, environment, databases, users)],
  ]
  const samples = contestants.map((): MailboxSample[] => [])
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, [, start]] of contestants.entries())
      samples[index]?.push(await sampleMailboxes(imap, users, await start(), restMs))
  }
  await imap.close()
  await rm(dir, { recursive: true, force: true })
  const medians = samples.map((own) => ({
    connectSeconds: percentile(
      own.map((one) => one.connectSeconds),
      0.5,
    ),
    kibEach: percentile(
      own.map((one) => one.kibEach),
      0.5,
    ),
    idlePercent: percentile(
      own.map((one) => one.idlePercent),
      0.5,
    ),
  }))
  const [bare] = medians
  return medians.map(({ connectSeconds, kibEach, idlePercent }, index) => ({
    name: contestants[index]?.[0] ?? '',
    mailboxes,
    connectSeconds: round(connectSeconds, 2),
    connectRatio: round(connectSeconds / (bare?.connectSeconds ?? connectSeconds), 2),
    perSecond: round(mailboxes / connectSeconds),
    kibEach: round(kibEach),
    kibRatio: round(kibEach / (bare?.kibEach ?? kibEach), 2),
    idlePercent: round(idlePercent, 2),
  }))
}

export const mailboxesTable = (runs: readonly MailboxesRun[]): string =>
  table(
    ['', 'all connected s', '× floor', 'a second', 'KiB each', '× floor', '% of a core per 1,000 idle'],
    runs.map((run) => [
      ...[run.name, run.connectSeconds.toFixed(1), run.connectRatio.toFixed(2), run.perSecond.toFixed(0)],
      ...[run.kibEach.toFixed(0), run.kibRatio.toFixed(2), run.idlePercent.toFixed(2)],
    ]),
  )

async function sampleMailboxes(
  imap: SandboxImap,
  users: readonly string[],
  { pid, begin, end }: Listening,
  rest: number | null,
): Promise<MailboxSample> {
  const [restMs, idleMs] = rest === null ? [REST_MS, IDLE_MS] : [rest, rest]
  await sleep(restMs)
  const empty = await processUse(pid)
  const began = performance.now()
  await begin(users.length)
  const idles = users.map((user) => imap.commands(user).IDLE ?? 0)
  const waits = () => users.filter((user, n) => (imap.commands(user).IDLE ?? 0) > (idles[n] ?? 0)).length
  while (waits() < users.length) await sleep(50)
  const connectSeconds = (performance.now() - began) / 1000
  await sleep(restMs)
  const full = await processUse(pid)
  await sleep(idleMs)
  const later = await processUse(pid)
  await end()
  // What the next one finds is without those who have just left.
  while (users.some((user) => imap.connections(user) > 0)) await sleep(50)
  return {
    connectSeconds,
    kibEach: ((full.residentMb - empty.residentMb) * 1024) / users.length,
    idlePercent: (((later.cpuSeconds - full.cpuSeconds) * 1000) / idleMs) * 100 * (1000 / users.length),
  }
}

async function floor(port: number, environment: Record<string, string>): Promise<Listening> {
  const child: ChildProcess = spawn(process.execPath, [FLOOR], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...environment, IMAP_PORT: String(port), IMAP_PASSWORD: PASSWORD },
  })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return {
    pid: child.pid as number,
    begin: async (mailboxes) => void child.stdin?.write(`${mailboxes}\n`),
    async end() {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** Of testSealer, by which the mailboxes' passwords are sealed. */
const KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`

async function listener(
  port: number,
  environment: Record<string, string>,
  databases: Databases,
  users: readonly string[],
): Promise<Listening> {
  const place = await databases.create()
  const running = await startService({
    ...environment,
    ROLES: 'listener',
    DATABASE_URL: place.url,
    ENCRYPTION_KEYS: KEYS,
    OPERATOR_API_KEY: randomBytes(24).toString('base64url'),
    MAILBOX_ALLOWED_PRIVATE_HOSTS: 'localhost',
    LOG_LEVEL: 'warn',
  })
  const { db, close } = await openDatabase({ url: place.url, log: { warn: () => undefined } })
  const { id: tenantId } = await makeTenant(db)
  const shop = await makeShop(db, { tenantId })
  // Enabled all at once when the time begins: what writing them takes is no part of it.
  for (const username of users)
    await makeMailbox(db, {
      tenantId,
      host: 'localhost',
      port,
      security: 'tls',
      username,
      password: PASSWORD,
      shopIds: [shop.id],
      enabled: false,
    })
  return {
    pid: running.pid,
    async begin() {
      await db.mailbox.updateMany({ where: { tenantId }, data: { enabled: true } })
    },
    async end() {
      await close()
      await running.kill()
      await place.drop()
    },
  }
}
