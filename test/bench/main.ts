import { table } from '../../sandbox/demo/show.ts'
import { type MailLook, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { amazonTable, measureAmazon } from './amazon.ts'
import {
  type Burst,
  type Contestant,
  floor,
  measureBurst,
  measureLatencies,
  type Runner,
  service,
} from './contestants.ts'
import { eventsTable, measureEvents } from './events.ts'
import { fleetTable, measureFleet } from './fleet.ts'
import { floodsTable, measureFloods } from './floods.ts'
import { type Databases, readArguments, startDatabases } from './harness.ts'
import { mailboxesTable, measureMailboxes, measureProcesses, processesTable } from './idle.ts'
import { measureOrderFiles, orderFilesTable } from './order-files.ts'
import { measureReads, READS, readsTable } from './reads.ts'
import { measureSale, saleTable } from './sale.ts'
import { changesTable, measureChanges, measureStaging, stagingTable } from './writes.ts'

/**
 * `npm run bench -- latency burst staging amazon sale events fleet floods order-files memory start mailboxes
 * change pull list search import-requests board worker growth [--mails N] [--orders N] [--clients N]
 * [--shops N] [--rows N,N] [--turns N] [--changes N] [--mailboxes N] [--share 1] [--file-rows N] [--brief]
 * [--json]`: the service against a bare floor, in one run.
 */

const { wanted, json, brief, extent } = readArguments()
const print = (text: string): void => void (json || process.stdout.write(`${text}\n`))

const LOOKS: MailLook[] = [
  { charset: 'utf-8', shape: 'multipart' },
  { charset: 'iso-2022-jp', shape: 'plain' },
]

/** Times the time that the plans allow at best. */
const AMAZON_AT_MOST = 1.2

const EVENTS_AT_MOST_MS = 1_000

type Make = (sandbox: Sandbox, databases: Databases) => Promise<Contestant>

async function start(make: Make, prepare: (sandbox: Sandbox) => void = () => {}): Promise<Runner> {
  const sandbox = await startSandbox({ seed: 1, random: systemRandom, requestsPerSecond: 1_000_000 })
  // What the bare floor can read: it knows nothing of forwarded or HTML-only mails.
  sandbox.mailLooks.splice(0, sandbox.mailLooks.length, ...LOOKS)
  prepare(sandbox)
  return { sandbox, contestant: await make(sandbox, databases) }
}

async function end({ sandbox, contestant }: Runner): Promise<void> {
  await contestant.close()
  await sandbox.close()
}

const databases = await startDatabases()
// One engine is enough to show that a bench runs.
const redis = redisMissing === null && !brief ? await startRedis() : null
const makers: Make[] = [
  floor,
  ...(redis ? [(sandbox: Sandbox, own: Databases) => service(sandbox, own, redis.url)] : []),
  (sandbox, own) => service(sandbox, own, null),
]
const report: Record<string, unknown> = { redis: redis !== null }
if (!redis && !brief) print(`Left out: the Redis engine (${redisMissing})`)

if (wanted.has('latency')) {
  const { mails } = extent
  const runners: Runner[] = []
  for (const make of makers) runners.push(await start(make))
  const results = await measureLatencies(runners, extent)
  for (const runner of runners) await end(runner)
  const bare = results[0]
  const rows = results.map((r) => ({
    ...r,
    p50Ratio: r.p50Ms / (bare?.p50Ms ?? 1),
    p99Ratio: r.p99Ms / (bare?.p99Ms ?? 1),
  }))
  report.latency = rows
  print(`\nlatency: mail at the server → order committed, ${mails} mails one at a time`)
  print(
    table(
      ['', 'p50 ms', 'p99 ms', 'p50 × floor', 'p99 × floor'],
      rows.map((r) => [
        r.name,
        r.p50Ms.toFixed(2),
        r.p99Ms.toFixed(2),
        r.p50Ratio.toFixed(2),
        r.p99Ratio.toFixed(2),
      ]),
    ),
  )
}

if (wanted.has('burst')) {
  const { orders } = extent
  const place = (sandbox: Sandbox) => {
    for (let n = 0; n < orders; n += 1) sandbox.malls.rakuten.place()
  }
  const results: Burst[] = []
  // One alone at a time: it takes all of the machine.
  for (const make of makers) {
    const runner = await start(make, place)
    results.push(await measureBurst(runner.contestant, orders))
    await end(runner)
  }
  const bare = results[0]
  const rows = results.map((r) => ({ ...r, ratio: r.ordersPerSecond / (bare?.ordersPerSecond ?? 1) }))
  report.burst = rows
  print(`\nburst: ${orders} mails waiting in the mailbox → all orders committed`)
  print(
    table(
      ['', 'seconds', 'orders/s', '× floor'],
      rows.map((r) => [r.name, r.seconds.toFixed(2), String(r.ordersPerSecond), r.ratio.toFixed(2)]),
    ),
  )
}

if (wanted.has('staging')) {
  const runs = await measureStaging(databases, extent)
  report.staging = runs
  print('\nstaging: a shop’s turn that stages orders of a fake mall, statements and CPU')
  print(stagingTable(runs))
}

if (wanted.has('amazon')) {
  const runs = await measureAmazon(extent.amazonOrders, databases)
  report.amazon = runs
  print(
    `\namazon: ${extent.amazonOrders} import requests → staged, at the published usage plans, against what these allow at best`,
  )
  print(amazonTable(runs))
  if (!brief && runs.some(({ ratio }) => ratio !== null && ratio > AMAZON_AT_MOST)) process.exitCode = 1
}

if (wanted.has('sale')) {
  const run = await measureSale(databases, extent)
  report.sale = run
  print(
    `\nsale: ${run.orders} orders in ten shops, mails told of → staged, on a held clock at the malls' real quotas`,
  )
  print(saleTable(run))
  print(`${run.workSeconds} s of real time`)
}

if (wanted.has('events')) {
  const { clients } = extent
  const runs = await measureEvents(extent, databases, redis?.url ?? null)
  report.events = runs
  print(`\nevents: change asked for → its board at each of ${clients} clients of two API processes`)
  print(eventsTable(runs))
  if (runs.some(({ maxMs, unseen, missed }) => (!brief && maxMs > EVENTS_AT_MOST_MS) || unseen + missed > 0))
    process.exitCode = 1
}

if (wanted.has('fleet')) {
  const { shops } = extent
  const runs = await measureFleet(extent, databases)
  report.fleet = runs
  print(
    `\nfleet: ${shops} shops and mailboxes with which nothing happens, in turns with as many empty statements`,
  )
  print(fleetTable(runs))
}

if (wanted.has('change')) {
  const runs = await measureChanges(databases, extent)
  report.change = runs
  print(
    '\nchange: one request for site changes → accepted, against the same rows written by three bare statements',
  )
  print(changesTable(runs))
}

if (wanted.has('mailboxes')) {
  const { mailboxes } = extent
  const runs = await measureMailboxes(databases, extent)
  report.mailboxes = runs
  print(
    `\nmailboxes: ${mailboxes} with TLS and nothing in them, against as many ImapFlow clients in a bare process`,
  )
  print(mailboxesTable(runs))
}

if (wanted.has('memory') || wanted.has('start')) {
  const runs = await measureProcesses(databases, redis?.url ?? null, extent)
  report.processes = runs
  print(
    `\nmemory and start: an idle process of each role, as the image starts it (${redis ? 'Redis' : 'Postgres'})`,
  )
  print(processesTable(runs))
}

if (wanted.has('floods')) {
  const runs = await measureFloods(databases, extent)
  report.floods = runs
  print('\nfloods: the list of tenant B, twenty times a second, beside what another asks of the same process')
  print(floodsTable(runs))
  if (runs.some(({ failed }) => failed > 0)) process.exitCode = 1
}

if (wanted.has('order-files')) {
  const run = await measureOrderFiles(databases, extent)
  report.orderFiles = run
  print(
    `\norder-files: ${run.rows} rows, ${run.megabytes} MiB, ${run.orders} orders: another tenant's list beside it`,
  )
  print(orderFilesTable(run))
  if (run.phases.some(({ failed }) => failed > 0)) process.exitCode = 1
}

if (READS.some((name) => wanted.has(name))) {
  const reads = await measureReads(databases, extent, wanted)
  report.reads = reads
  print('\nreads: statements of one route in a database of three years, against its rows by their keys')
  print(readsTable(reads))
}

if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
await redis?.stop()
await databases.stop()
process.exit()
