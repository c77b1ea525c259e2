import { parseArgs } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { type MailLook, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { amazonTable, measureAmazon } from './amazon.ts'
import { type Burst, measureBurst } from './burst.ts'
import { type Contestant, floor, service } from './contestants.ts'
import { type Databases, startDatabases } from './databases.ts'
import { eventsTable, measureEvents } from './events.ts'
import { fleetTable, measureFleet } from './fleet.ts'
import { measureLatencies, type Runner } from './latency.ts'
import { measureProcesses, processesTable } from './processes.ts'
import { measureReads, READS, readsTable } from './reads.ts'

/**
 * `npm run bench -- latency burst amazon events fleet memory start pull list search import-requests board growth [--mails N]
 * [--orders N] [--clients N] [--shops N] [--rows N,N] [--turns N] [--json]`: the service against a bare floor, in one run.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    mails: { type: 'string', default: '300' },
    orders: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '1000' },
    shops: { type: 'string', default: '10000' },
    rows: { type: 'string', default: '10000,100000' },
    turns: { type: 'string', default: '5' },
  },
})
const wanted = positionals.length > 0 ? positionals : ['latency', 'burst']
const print = (text: string): void => void (values.json || process.stdout.write(`${text}\n`))

const LOOKS: MailLook[] = [
  { charset: 'utf-8', shape: 'multipart' },
  { charset: 'iso-2022-jp', shape: 'plain' },
]

const AMAZON_ORDERS = 1000
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
const redis = redisMissing === null ? await startRedis() : null
const makers: Make[] = [
  floor,
  ...(redis ? [(sandbox: Sandbox, own: Databases) => service(sandbox, own, redis.url)] : []),
  (sandbox, own) => service(sandbox, own, null),
]
const report: Record<string, unknown> = { redis: redis !== null }
if (!redis) print(`Left out: the Redis engine (${redisMissing})`)

if (wanted.includes('latency')) {
  const mails = Number(values.mails)
  const runners: Runner[] = []
  for (const make of makers) runners.push(await start(make))
  const results = await measureLatencies(runners, mails)
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

if (wanted.includes('burst')) {
  const orders = Number(values.orders)
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

if (wanted.includes('amazon')) {
  const runs = await measureAmazon(AMAZON_ORDERS, databases)
  report.amazon = runs
  print(
    `\namazon: ${AMAZON_ORDERS} import requests → staged, at the published usage plans, against what these allow at best`,
  )
  print(amazonTable(runs))
  if (runs.some(({ ratio }) => ratio !== null && ratio > AMAZON_AT_MOST)) process.exitCode = 1
}

if (wanted.includes('events')) {
  const clients = Number(values.clients)
  const runs = await measureEvents(clients, databases, redis?.url ?? null)
  report.events = runs
  print(`\nevents: change asked for → its board at each of ${clients} clients of two API processes`)
  print(eventsTable(runs))
  if (runs.some(({ maxMs, unseen, missed }) => maxMs > EVENTS_AT_MOST_MS || unseen + missed > 0))
    process.exitCode = 1
}

if (wanted.includes('fleet')) {
  const shops = Number(values.shops)
  const runs = await measureFleet(shops, databases)
  report.fleet = runs
  print(
    `\nfleet: ${shops} shops and mailboxes with which nothing happens, in turns with as many empty statements`,
  )
  print(fleetTable(runs))
}

if (wanted.includes('memory') || wanted.includes('start')) {
  const runs = await measureProcesses(databases, redis?.url ?? null, { turns: Number(values.turns) })
  report.processes = runs
  print(
    `\nmemory and start: an idle process of each role, as the image starts it (${redis ? 'Redis' : 'Postgres'})`,
  )
  print(processesTable(runs))
}

if (READS.some((name) => wanted.includes(name))) {
  const reads = await measureReads(databases, values.rows.split(',').map(Number), new Set(wanted))
  report.reads = reads
  print('\nreads: statements of one route in a database of three years, against its rows by their keys')
  print(readsTable(reads))
}

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
await redis?.stop()
await databases.stop()
process.exit()
