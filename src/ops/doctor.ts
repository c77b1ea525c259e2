import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { checkKeys } from '../app/check-keys.ts'
import { createConfiguredHttp } from '../app/resources.ts'
import { databaseFailure } from '../app/start-failure.ts'
import { type Config, ConfigError } from '../config/load.ts'
import { clockCause, clockFact, DATABASE, decideCauses, readWork } from '../installation/state.ts'
import { MALLS } from '../marketplaces/index.ts'
import type { Mall, MallOptions, MallSetting } from '../marketplaces/port/marketplace.ts'
import { createSmtpMailer, type SmtpSettings } from '../notices/mailer.ts'
import { createSealer } from '../platform/crypto/sealer.ts'
import { checkWritable } from '../platform/db/database.ts'
import { databaseState } from '../platform/db/failures.ts'
import { type HostState, hostUrls, readHosts } from '../platform/db/hosts.ts'
import { readSchemaState } from '../platform/db/migrate.ts'
import { readRowSecurity } from '../platform/db/roles.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { codeOf, StartError } from '../platform/errors.ts'
import { createLogger } from '../platform/logger.ts'
import { closeRedis, connectRedis } from '../platform/queue/engines.ts'
import { withTimeout } from '../platform/timeout.ts'
import { DESCRIBE_SERVER, LIST_MOVES_UNDER_WAY, READ_CLOCK, READ_OLDER, SORT_MUCH } from './statements.ts'
import type { Ops } from './tools.ts'

const CHECK_MS = 10_000
/** Redis has its own line; here it tells why imports are late. */
const QUEUE_MS = 3_000
const OLDEST_POSTGRES = 150_000

/** `advice`: the remedy when `fact` is not as it should be. */
interface Finding {
  fact: string
  advice?: string | undefined
  /** Worth a look; the exit code stays 0. */
  isWarning?: boolean
}

interface Check {
  name: string
  /** Dependency that its failure makes unavailable (`is`), and the one that it requires (`needs`). */
  is?: 'database' | 'schema'
  needs?: 'database' | 'schema'
  run(): Promise<Finding | Finding[]>
}

/**
 * Checks the installation. Exit code 1 when anything needs a hand. Calls no mall: it opens a connection to
 * each host and closes it.
 */
export async function doctor(ops: Ops): Promise<number> {
  let config: Config
  try {
    config = ops.config()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const fault of error.faults) ops.print(`NG  settings   ${fault}`)
    return 1
  }
  ops.print('OK  settings   all can be read')
  // Not a fault: such a variable may belong to another program.
  for (const { message } of ops.unknownNames()) ops.print(`!!  settings   ${message}`)
  let faults = 0
  // Skips checks whose dependency is missing: they would report the same fault in other words.
  let missing: Check['needs']
  for (const { name, run, needs, is } of [...databaseChecks(ops, config), ...checks(ops, config)]) {
    if (missing !== undefined && needs !== undefined && (needs === missing || missing === 'database')) {
      ops.print(`--  ${name.padEnd(9)}  not looked at without the ${missing}`)
      continue
    }
    const found = await withTimeout(CHECK_MS, run()).catch((error: unknown) => failed(error, is))
    for (const { fact, advice, isWarning } of [found].flat()) {
      if (advice !== undefined && !isWarning) {
        faults++
        missing = is ?? missing
      }
      ops.print(`${advice === undefined ? 'OK' : isWarning ? '!!' : 'NG'}  ${name.padEnd(9)}  ${fact}`)
      if (advice !== undefined) ops.print(`               -> ${advice}`)
    }
  }
  ops.print(faults === 0 ? 'nothing to do' : `${faults} to mend`)
  return faults === 0 ? 0 : 1
}

function failed(error: unknown, is: Check['is']): Finding {
  const state = databaseState(error)
  // A read-only or full server does answer.
  if (state !== 'failed') return DATABASE[state]
  if (error instanceof StartError) return { fact: 'cannot be worked with', advice: error.message }
  const why = codeOf(error) ?? (error instanceof Error ? error.message.slice(0, 200) : 'unknown')
  // Redis and mail servers say it in their own words.
  if (/^(NOAUTH|WRONGPASS|EAUTH)|invalid password/.test(why))
    return { fact: 'answers, and refuses the user or the password', advice: 'set them to ones that it takes' }
  return {
    fact: `does not answer (${why})`,
    advice:
      is === 'database'
        ? DATABASE.failed.advice
        : 'start it, or mend its address, its password or the way to it',
  }
}

function databaseChecks(ops: Ops, config: Config): Check[] {
  return [
    {
      name: 'postgres',
      is: 'database',
      async run() {
        const { pool } = await ops.database()
        const { rows } = await pool.query<{ version: string; number: number; tls: boolean; master: boolean }>(
          DESCRIBE_SERVER,
        )
        const row = rows[0]
        return {
          fact: `${row?.version}, ${row?.tls ? 'with' : 'without'} TLS${row?.master ? ', as a superuser' : ''}`,
          advice: (row?.number ?? 0) < OLDEST_POSTGRES ? 'Torikomi needs Postgres 15 or newer' : undefined,
        }
      },
    },
    {
      name: 'hosts',
      async run() {
        const url = await ops.databaseUrl()
        return hostUrls(url).length > 1 ? hostsFinding(await readHosts(url)) : []
      },
    },
    {
      // A server that only reads, or whose disk is full, answers as well as any.
      name: 'writes',
      needs: 'database',
      async run() {
        const opened = await ops.database()
        await checkWritable(opened)
        await inTransaction(opened.pool, async (client) => {
          await client.query("set local work_mem = '64kB'")
          await client.query(SORT_MUCH)
        })
        return { fact: 'are taken, and there is room on the disk' }
      },
    },
    {
      name: 'schema',
      is: 'schema',
      needs: 'database',
      async run() {
        const { latest, missing, unknown } = await readSchemaState(await ops.databaseUrl())
        if (missing.length > 0)
          return { fact: `${missing.length} migrations are missing`, advice: 'npm run ops -- migrate' }
        const newer = unknown.length > 0 ? `, ${unknown.length} of a newer release` : ''
        return { fact: `${latest}${newer}` }
      },
    },
    {
      name: 'releases',
      needs: 'schema',
      async run() {
        const { pool } = await ops.database()
        const { rows } = await pool.query<{ sessions: number; malls: string[] }>(READ_OLDER)
        const { sessions = 0, malls = [] } = rows[0] ?? {}
        return {
          fact: `${sessions} connections of an older release`,
          advice:
            sessions === 0
              ? undefined
              : `no shop of ${malls.join(', ')} can be registered until its processes have ended`,
          isWarning: true,
        }
      },
    },
    {
      name: 'tenants',
      needs: 'schema',
      async run() {
        const url = ops.config().databaseUrl ?? (await ops.databaseUrl())
        return wallFinding(url).catch((error: unknown) => {
          throw databaseFailure(error, url)
        })
      },
    },
    {
      name: 'clock',
      needs: 'database',
      async run() {
        const { pool } = await ops.database()
        const before = ops.clock.now()
        const { rows } = await pool.query<{ now: string }>(READ_CLOCK)
        const off = Number(rows[0]?.now) - (before + ops.clock.now()) / 2
        return { fact: clockFact(off), advice: clockCause(off)?.advice }
      },
    },
    { name: 'work', needs: 'schema', run: () => workFindings(ops, config) },
    { name: 'moves', needs: 'schema', run: () => moveFindings(ops) },
    {
      name: 'keys',
      needs: 'schema',
      async run() {
        const { pool } = await ops.database()
        const keys = await ops.keys()
        return checkKeys(pool, createSealer(keys, ops.random)).then(
          () => ({
            fact: `${keys.length}, of which "${keys[0].id}" seals; they open what is stored`,
            advice: keys.every(({ bindsTenant }) => bindsTenant)
              ? undefined
              : 'a key without ":tenant" opens a row for whatever tenant it is given to: put a new key with it in front, "keys rotate", and take the others out',
          }),
          (error: Error) => ({ fact: 'do not open what is stored', advice: error.message }),
        )
      },
    },
  ]
}

/** Reports a cluster as this process reaches it. That none writes is the database's own finding. */
function hostsFinding(hosts: readonly HostState[]): Finding {
  const count = (is: HostState['is']) => hosts.filter((host) => host.is === is).length
  const fact = hosts.map((host) => `${new URL(host.url).host} ${shownHost(host)}`).join(', ')
  if (count('writing') > 1)
    return { fact, advice: 'two take writes: stop the one of the lower timeline at once, and let it follow' }
  const advice =
    count('away') > 0 ? 'a failover needs it: start it, or take it out of DATABASE_URL' : undefined
  return { fact, advice, isWarning: true }
}

function shownHost(host: HostState): string {
  if (host.is === 'away') return `does not answer (${codeOf(host.error) ?? 'unknown'})`
  return host.is === 'writing' ? `writes (timeline ${host.timeline})` : 'only reads'
}

/** Reports the state of all processes' work: the causes that `GET /v1/admin/health` and `/metrics` name. */
async function workFindings(ops: Ops, { redisUrl }: Config): Promise<Finding[]> {
  const { pool } = await ops.database()
  const now = ops.clock.now()
  const work = await readWork(pool, { clock: ops.clock, machineNow: ops.clock.now })
  const queue = redisUrl
    ? await withTimeout(QUEUE_MS, redisFinding(redisUrl)).then(
        () => 'ok' as const,
        () => 'failed' as const,
      )
    : 'ok'
  const all = work ? decideCauses({ database: 'ok', queue, work }, now) : []
  // The clock, also before there is a schema, and Redis have lines of their own.
  const causes = all.filter(({ part }) => part !== 'clock' && part !== 'queue')
  if (causes.length > 0)
    return causes.map(({ fact, advice, rank }) => ({ fact, advice, isWarning: rank === 'warning' }))
  const { shops, mailboxes, listeners } = work ?? {}
  return [{ fact: `nothing stands still: ${shops} shops, ${mailboxes} mailboxes, ${listeners} listeners` }]
}

const MOVE_TAKES_MS = 60 * 60_000
const MOVE_GOES_ON: Readonly<Record<string, string>> = {
  leaving: 'release it, or call the move off: npm run ops -- tenant keep <tenant id>',
  arrived: 'start it with the word of its release, or delete it: npm run ops -- tenant drop <tenant id>',
  dropping: 'go on: npm run ops -- tenant drop <tenant id>',
}

/** Tenants that stand still on both sides: a move may have been left in its midst. */
async function moveFindings(ops: Ops): Promise<Finding[]> {
  const { pool } = await ops.database()
  const before = new Date(ops.clock.now() - MOVE_TAKES_MS)
  const { rows } = await pool.query<{ state: string; tenants: number; first: string; since: Date }>(
    LIST_MOVES_UNDER_WAY,
    [before],
  )
  if (rows.length === 0) return [{ fact: 'no tenant stands still on its way for more than an hour' }]
  return rows.map(({ state, tenants, first, since }) => ({
    fact: `${tenants} stand still, ${state} since ${since.toISOString()} (${first})`,
    advice: MOVE_GOES_ON[state],
    isWarning: true,
  }))
}

/** The second wall, as the service meets it: under its own login. */
async function wallFinding(url: string): Promise<Finding> {
  const { walls, reports, ownsAll, slow } = await readRowSecurity(url)
  if (!walls)
    return {
      fact: 'no row-level security: the conditions of the statements alone keep tenants apart',
      advice:
        'let the role of DATABASE_MIGRATE_URL create roles (or run prisma/row-security.sql as one that may), grant torikomi_tenant to the ' +
        'role of DATABASE_URL, and let no pooler in transaction mode stand between',
    }
  const login = ownsAll
    ? ', workers as the owner of the tables (docs/operations.md, "Logins of the database")'
    : ', workers as a role that owns nothing'
  const read = reports
    ? ''
    : '; the operator’s reports are read as the service itself (grant torikomi_reports to it)'
  const lists = slow.length > 0 ? `; lists by state read more rows (${slow.join(', ')})` : ''
  return { fact: `row-level security holds requests to their tenant${login}${read}${lists}` }
}

function checks(ops: Ops, config: Config): Check[] {
  const urls = new Set(MALLS.flatMap((mall) => asked(mall, config.malls[mall.name])))
  const { redisUrl, smtp } = config
  return [
    { name: 'node', run: async () => nodeFinding() },
    ...(redisUrl ? [{ name: 'redis', run: () => redisFinding(redisUrl) }] : []),
    ...(smtp ? [{ name: 'smtp', run: () => smtpFinding(ops, config, smtp) }] : []),
    ...[...urls].map((url) => ({ name: 'mall', run: () => hostFinding(url, ops.signal) })),
    {
      name: 'public',
      run: async () =>
        config.publicUrl
          ? { fact: config.publicUrl }
          : { fact: 'PUBLIC_URL is not set: no consents in the browser' },
    },
  ]
}

/** Pages are opened by browsers, never from here; an address with the shop's name in it is no host yet. */
const asked = (mall: Mall, options: MallOptions): string[] =>
  Object.entries<MallSetting>(mall.settings).flatMap(([option, { kind }]) =>
    kind === 'api' && !String(options[option]).includes('{') ? [String(options[option])] : [],
  )

const nodeFinding = (): Finding => ({
  fact: process.version,
  advice:
    Number(process.versions.node.split('.')[0]) < 24
      ? 'run it with Node.js 24, which npm ci brings'
      : undefined,
})

async function redisFinding(url: string): Promise<Finding> {
  const redis = connectRedis(url, createLogger({ level: 'silent' }))
  try {
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[]
    const advice =
      policy === 'noeviction' ? undefined : 'set maxmemory-policy noeviction: others lose wake-ups and quotas'
    return { fact: `answers, maxmemory-policy ${policy ?? 'unknown'}`, advice }
  } finally {
    await closeRedis(redis, 1_000)
  }
}

/** Signs in like the service, also by OAuth. */
async function smtpFinding({ clock }: Ops, config: Config, smtp: SmtpSettings): Promise<Finding> {
  const http = createConfiguredHttp(config)
  try {
    const mailer = createSmtpMailer({ http, clock, mailOAuth: config.mailOAuth }, smtp)
    await mailer.verify().finally(() => mailer.close())
    return { fact: `${new URL(smtp.url).host} takes the login` }
  } finally {
    await http.close()
  }
}

/** Checks that the host is reachable and, with https, that its certificate is valid. */
function hostFinding(text: string, signal: AbortSignal): Promise<Finding> {
  const { protocol, hostname, port, host } = new URL(text)
  const secure = protocol === 'https:'
  return new Promise((resolve) => {
    const at = { host: hostname, port: Number(port) || (secure ? 443 : 80) }
    const done = (finding: Finding) => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve(finding)
    }
    const reached = () => done({ fact: `${host} is reached${secure ? ' by TLS' : ''}` })
    const socket = secure ? connectTls({ ...at, servername: hostname }, reached) : connectTcp(at, reached)
    const refused = (reason: string) =>
      done({
        fact: `${host} is not reached (${reason})`,
        advice: 'open the way out to it (HTTPS, DNS), or mend the address',
      })
    const abort = () => refused('stopped')
    signal.addEventListener('abort', abort)
    socket.setTimeout(CHECK_MS / 2, () => refused('no answer'))
    socket.on('error', (error) => refused(codeOf(error) ?? 'error'))
  })
}
