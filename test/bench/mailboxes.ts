import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { table } from '../../sandbox/demo/show.ts'
import { type SandboxImap, startSandboxImap } from '../../sandbox/imap/index.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { makeMailbox, makeShop, makeTenant } from '../support/fixtures.ts'
import { makePairs } from '../support/http/tls-front.ts'
import { startService } from '../support/service/service.ts'
import type { Databases } from './databases.ts'
import type { Extent } from './extent.ts'
import { imageEnvironment, processUse } from './processes.ts'
import { percentile, round } from './statistics.ts'

/**
 * Many mailboxes with TLS in which nothing happens, in one process that listens, against a bare process of as
 * many ImapFlow clients, in turns: what each holds of memory, how long until all are connected, and what they
 * cost of a core while they wait.
 */
export interface MailboxesRun {
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

interface Sample {
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
  const samples = contestants.map((): Sample[] => [])
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, [, start]] of contestants.entries())
      samples[index]?.push(await sample(imap, users, await start(), restMs))
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

async function sample(
  imap: SandboxImap,
  users: readonly string[],
  { pid, begin, end }: Listening,
  rest: number | null,
): Promise<Sample> {
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
