import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { OPEN } from '../life/kept.ts'
import { runLife } from '../life/run.ts'
import { openGround } from '../life/world.ts'
import { drawSeed } from '../support/drawn-seed.ts'
import { dovecotMissing } from '../support/mail/dovecot.ts'
import { redisMissing } from '../support/redis.ts'
import { runChanges } from './change-run.ts'
import { check, type Verdict } from './check.ts'
import { FAILOVERS, ordersFor, runFailover, shownFailover } from './failover-run.ts'
import { MAIL_SERVERS, type MailServerKind, mailServerInTurn, mailServerMissing } from './ground.ts'
import { readHistory } from './history.ts'
import { OUTAGE_NAMES, outagesMissing, runOutages, shownOutages } from './outages.ts'
import { shownChanges, shownLife, shownRun, storeResult, writeReport } from './report.ts'
import { type ChaosResult, runChaos } from './run.ts'

/**
 * `npm run chaos -- [--orders N] [--seed S] [--engine postgres|redis] [--changes M] [--json]`: the service in
 * several processes under faults, and at the end what was lost, doubled, late or stuck. `npm run chaos --
 * changes [--changes M] [--share P] …`: site changes while each call at the malls may go wrong. `npm run
 * chaos -- life [--histories N] [--seed S] [--from I] [--all]`: generated histories of orders' whole lives
 * (test/life), until one breaks an invariant; that one is made small. `npm run chaos -- failover [--kills N]
 * [--asynchronous]`: a primary under Patroni that goes again and again. `npm run chaos -- outages [--only
 * NAMES] [--at-once N]`: after how many seconds each outage is told, and what it is said to be. `… check
 * FILE` judges a history again; `… report` makes the tables of docs/reliability.md from what `--store` kept.
 * docs/reliability.md says how to read both.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    orders: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    engine: { type: 'string', default: redisMissing === null ? 'redis' : 'postgres' },
    imap: { type: 'string', default: dovecotMissing() === null ? 'dovecot' : 'sandbox' },
    changes: { type: 'string' },
    shops: { type: 'string' },
    /** For how long orders come and faults happen. */
    seconds: { type: 'string' },
    settle: { type: 'string' },
    /**
     * Seconds from one fault to the next, at most. Many last for half a minute: at five, several are on at
     * any time.
     */
    gap: { type: 'string' },
    /** Seconds between two sweeps of a shop. */
    sweep: { type: 'string' },
    /** Percent of the calls that each kind of fault hits. */
    share: { type: 'string', default: '5' },
    kills: { type: 'string', default: '4' },
    /** Of `failover`: no commit waits for a standby. */
    asynchronous: { type: 'boolean', default: false },
    histories: { type: 'string', default: '400' },
    /** Place of the first history: of a counter-example that an earlier run with this seed found. */
    from: { type: 'string', default: '0' },
    /** Shows a counter-example as it was drawn. */
    whole: { type: 'boolean', default: false },
    /** Plays on behind a counter-example. */
    all: { type: 'boolean', default: false },
    /** A file of histories as JSON, which are played instead of drawn ones. */
    given: { type: 'string' },
    /** Places of the histories in the order in which they are played, in commas. */
    places: { type: 'string' },
    /** Of `outages`: which, in commas, and how many installations at a time. */
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '4' },
    /**
     * Which faults, in commas: default, first, new, all, names or their first words; with a `-` before: not
     * these.
     */
    faults: { type: 'string', default: 'default' },
    /** A commit of the release before, whose api and worker run beside this one's: a rolling update. */
    beside: { type: 'string' },
    /** Shops behind connectors are among the malls; an older release beside this one cannot read them. */
    connectors: { type: 'boolean', default: true },
    /** A shop of order files too. Not by default: in runs of 5,000 its files stopped being read. */
    files: { type: 'boolean', default: false },
    /** Where the history is written, which the verdict is made from. */
    history: { type: 'string' },
    /** Keeps the result for docs/reliability.md, whatever it is. */
    store: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

type Wrong = Pick<Verdict, 'lost' | 'duplicated' | 'late' | 'stuck' | 'unexplained' | 'untrue' | 'whyFalse'>

const CLOSES_WITHIN_MS = 15_000

const [mode = 'orders', ...more] = positionals
if (mode === 'report') {
  writeReport()
  process.exit(0)
}
if (mode === 'check') {
  const [file] = more
  if (file === undefined) fail('check FILE: the history of a run')
  const verdict = check(await readHistory(file))
  process.stdout.write(`${JSON.stringify(verdict, null, 1)}\n`)
  process.exit(wrongIn(verdict) === 0 ? 0 : 1)
}
if (mode === 'life') process.exit(await lifeRun())
if (more.length > 0 || !['orders', 'changes', 'failover', 'outages'].includes(mode))
  fail(`unknown: ${positionals.join(' ')}`)
const engine = values.engine
if (engine !== 'postgres' && engine !== 'redis') fail('--engine is postgres or redis')
if (engine === 'redis' && redisMissing !== null) fail(`--engine redis: ${redisMissing}`)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))

/** Up to so many orders in a second, the fewer the smaller the run. */
const ORDERS_PER_SECOND = 40
const MOST_PER_SECOND = 60
const FULL_RATE_FROM = 10_000
const SHORTEST_SECONDS = 60
/** From here on each sweep has so much to list that it is not begun every half minute. */
const LARGE_FROM = 20_000
/**
 * A shop with more would be asked for all of them by each sweep: none in the world sells so much in two
 * hours.
 */
const ORDERS_PER_SHOP = 2_500
/** A mall's shop is worked for by one worker, call by call, and a silent call takes half a minute. */
const CHANGES_PER_SHOP = 12
const MOST_SHOPS = 100

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

const seed = whole('seed', values.seed)
const historyFile = values.history ?? `.data/chaos/${mode}-${engine}-${seed}.jsonl`
const imap = mailServerOf(values.imap)
const common = { seed, engine, imap, historyFile, progress, signal: stopping.signal } as const

try {
  const run = { changes: changesRun, failover: failoverRun, outages: outagesRun }[mode] ?? ordersRun
  process.exitCode = (await run()) === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 2
}
process.exit()

function mailServerOf(wish: string): MailServerKind {
  if (wish === 'in-turn') {
    const next = mailServerInTurn(seed, engine === 'redis' ? 'redis' : 'postgres')
    const missing = mailServerMissing(next)
    if (missing === null) return next
    const instead = dovecotMissing() === null ? 'dovecot' : 'sandbox'
    progress(`${instead} in place of ${next}: ${missing}`)
    return instead
  }
  const kind = MAIL_SERVERS.find((name) => name === wish)
  if (kind === undefined) fail(`--imap is ${MAIL_SERVERS.join(', ')} or in-turn`)
  const missing = mailServerMissing(kind)
  if (missing !== null) fail(`--imap ${kind}: ${missing}`)
  return kind
}

/** @returns the exit code */
async function lifeRun(): Promise<number> {
  const ground = await openGround()
  const result = await runLife({
    ground,
    shrinks: !values.whole && !values.all,
    goesOn: values.all,
    ...(values.given === undefined ? {} : { given: JSON.parse(await readFile(values.given, 'utf8')) }),
    ...(values.places === undefined ? {} : { places: values.places.split(',').map(Number) }),
    known: OPEN,
    progress: (text: string) => void process.stderr.write(`${text}\n`),
    // Of the other runs seed 1 is the one that is kept; here each run is to meet other histories.
    seed: process.argv.includes('--seed') ? whole('seed', values.seed) : drawSeed(),
    histories: whole('histories', values.histories),
    from: whole('from', values.from),
  })
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${shownLife(result)}\n`)
  // A command of a history that broke may never come to its end, and keeps its connection.
  await Promise.race([ground.close(), pause(CLOSES_WITHIN_MS)])
  return result.counterExample === null ? 0 : 1
}

/** @returns how much went wrong that never may */
async function ordersRun(): Promise<number> {
  const orders = whole('orders', values.orders)
  const rate = Math.min(MOST_PER_SECOND, ORDERS_PER_SECOND * Math.max(1, orders / FULL_RATE_FROM))
  const isLarge = orders > LARGE_FROM
  const seconds = Math.max(SHORTEST_SECONDS, Math.ceil(orders / rate))
  const result = await runChaos({
    ...common,
    orders,
    counted: true,
    shops: whole('shops', values.shops ?? String(Math.max(1, Math.ceil(orders / 4 / ORDERS_PER_SHOP)))),
    changes: whole('changes', values.changes ?? String(Math.floor(orders / 10))),
    driveMs: 1000 * whole('seconds', values.seconds ?? String(seconds)),
    settleMs: 1000 * whole('settle', values.settle ?? (isLarge ? '900' : '600')),
    faults: values.faults.split(','),
    connectors: values.connectors && values.beside === undefined,
    files: values.files && values.beside === undefined,
    ...(values.beside === undefined ? {} : { beside: values.beside }),
    ...(values.gap === undefined ? {} : { gapMs: 1000 * whole('gap', values.gap) }),
    sweepSeconds: whole('sweep', values.sweep ?? (isLarge ? '120' : '30')),
  })
  tell(result, shownRun)
  if (values.store) progress(`kept as docs/reliability/${keep(result)}`)
  return wrongIn(result)
}

async function changesRun(): Promise<number> {
  const changes = whole('changes', values.changes ?? '5000')
  const shops = Math.min(MOST_SHOPS, Math.max(1, Math.ceil(changes / 4 / CHANGES_PER_SHOP)))
  const result = await runChanges({
    ...common,
    changes,
    shops: whole('shops', values.shops ?? String(shops)),
    share: whole('share', values.share) / 100,
    kills: whole('kills', values.kills),
    limitMs: 1000 * whole('settle', values.settle ?? '3600'),
  })
  tell(result, shownChanges)
  return wrongIn(result)
}

async function failoverRun(): Promise<number> {
  const kills = whole('kills', values.kills)
  const kinds = FAILOVERS.filter(
    (kind) => values.faults === 'default' || values.faults.split(',').includes(kind),
  )
  const result = await runFailover({
    ...common,
    failovers: kills,
    orders: process.argv.includes('--orders') ? whole('orders', values.orders) : ordersFor(kills),
    kinds,
    synchronous: !values.asynchronous,
    settleMs: 1000 * whole('settle', values.settle ?? '400'),
  })
  tell(result, shownFailover)
  return result.lost + result.duplicated + result.untold + Number(result.settleSeconds === null)
}

/** @returns how many outages no alert told of, or that were still told when they were over */
async function outagesRun(): Promise<number> {
  const missing = outagesMissing()
  if (missing !== null) fail(missing)
  const only = values.only.split(',').filter(Boolean)
  const unknown = only.filter((name) => !OUTAGE_NAMES.includes(name))
  if (unknown.length > 0) fail(`--only: ${unknown.join(', ')}; known: ${OUTAGE_NAMES.join(', ')}`)
  const told = await runOutages({ ...common, only, atOnce: whole('at-once', values['at-once']) })
  process.stdout.write(values.json ? `${JSON.stringify(told)}\n` : `${shownOutages(told)}\n`)
  return told.filter((one) => one.told === null || one.ended === null).length
}

function wrongIn({ lost, duplicated, late, stuck, unexplained, untrue, whyFalse }: Wrong): number {
  return lost + duplicated + late + stuck + unexplained + untrue + whyFalse
}

function keep(result: ChaosResult): string {
  const { orders, staged, pulled, changes, lost, duplicated, late, stuck, unexplained, untrue } = result
  const { whyAsked, whyFalse } = result
  const git = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=7'], { encoding: 'utf8' })
  return storeResult({
    date: new Date(started).toISOString().slice(0, 10),
    commit: process.env.CHAOS_COMMIT ?? (git.stdout?.trim() || 'unknown'),
    // Where the history lies is this machine's own business.
    command: `npm run chaos -- ${process.argv.slice(2).join(' ')}`.replace(/ --history[ =]\S+/, ''),
    seed,
    engine: result.engine,
    orders,
    staged,
    pulled,
    changes,
    lost,
    duplicated,
    late,
    stuck,
    unexplained,
    untrue,
    whyAsked,
    whyFalse,
    lateIsRed: true,
    faultTimes: Object.values(result.faults).reduce((sum, count) => sum + count, 0),
    faultKinds: Object.keys(result.faults).length,
    faults: result.faults,
    settleSeconds: result.settleSeconds,
    endedByItself: result.endedByItself.running,
    findings: result.findings.filter((text) => !/^given up:/.test(text)).slice(0, 5),
  })
}

function tell<R extends { findings: string[] }>(result: R, show: (result: R) => string): void {
  for (const finding of result.findings) progress(finding)
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${show(result)}\n`)
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) fail(`--${name} is a whole number`)
  return Number(text)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}
