import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenForEvents } from '../../../src/events/hub.ts'
import { runOps } from '../../../src/ops/commands.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { isReadOnly, isUnreachable } from '../../../src/platform/db/failures.ts'
import { createClient, readHosts } from '../../../src/platform/db/hosts.ts'
import { applyMigrations, readSchemaState } from '../../../src/platform/db/migrate.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createWakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { type Gate, startGate } from '../../chaos/gate.ts'
import { type StandbyPair, startStandbyPair } from '../../support/database/standby-pair.ts'
import { freePort } from '../../support/redis.ts'

/**
 * DATABASE_URL with several hosts: the standby in front, a port where nobody is, and the primary, each behind
 * a gate. The tests are one story: found, silent, failed over, and the old primary back, still writing.
 */

const log = createLogger({ level: 'silent' })
const cleanUp: (() => unknown)[] = []
let pair: StandbyPair
let gates: { first: Gate; second: Gate }
let url: string

const ported = (text: string, port: number) => {
  const one = new URL(text)
  one.port = String(port)
  return one.host
}

beforeAll(async () => {
  pair = await startStandbyPair([])
  const { first, second } = pair
  const gateOf = async (at: string) => startGate({ host: '127.0.0.1', port: Number(new URL(at).port) })
  gates = { first: await gateOf(first.url), second: await gateOf(second.url) }
  const hosts = [
    ported(second.url, gates.second.port),
    `127.0.0.1:${await freePort()}`,
    ported(first.url, gates.first.port),
  ]
  url = `${first.url.replace(new URL(first.url).host, hosts.join(','))}?target_session_attrs=read-write`
}, 120_000)
afterAll(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
  await gates?.first.close()
  await gates?.second.close()
  await pair?.close()
})

const whereItWrites = async ({ pool }: Pick<Database, 'pool'>) =>
  (await pool.query<{ port: number }>('select inet_server_port() as port')).rows[0]?.port
const portOf = (text: string) => Number(new URL(text).port)

async function opened(): Promise<Database> {
  const database = await openDatabase({ url, log: { warn: () => undefined }, maxConnections: 6 })
  cleanUp.push(() => database.close())
  return database
}

/** Milliseconds until it works. */
async function until(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await expect
    .poll(
      () =>
        work().then(
          () => true,
          () => false,
        ),
      { timeout: 30_000, interval: 50 },
    )
    .toBe(true)
  return performance.now() - began
}

let database: Database
const notified: number[] = []

test('pools, single connections, LISTEN, the queue and ops go to the primary behind a standby', async () => {
  database = await opened()
  expect(await whereItWrites(database)).toBe(portOf(pair.first.url))
  expect(await database.db.tenant.count()).toBe(0)
  expect(await applyMigrations(url, log)).toEqual([])
  expect((await readSchemaState(url)).missing).toEqual([])
  cleanUp.push(listenForEvents(database.pool, log, () => notified.push(performance.now())))
  await expect.poll(() => notified.length).toBe(1)
  const queue = await createWakeQueue({ kind: 'postgres', url }, log)
  cleanUp.push(() => queue.close(1_000))
  const woken: string[] = []
  await queue.work(
    async (shopId) => {
      woken.push(shopId)
      return 'done'
    },
    { concurrency: 1 },
  )
  await queue.wake(['one'])
  await expect.poll(() => woken, { timeout: 10_000 }).toEqual(['one'])
  const said: string[] = []
  await runOps(['doctor'], {
    env: { DATABASE_URL: url, ENCRYPTION_KEYS: `k:${Buffer.alloc(32, 1).toString('base64')}` },
    random: systemRandom,
    print: (line) => void said.push(line),
    signal: AbortSignal.timeout(1),
  })
  expect(said.find((line) => line.includes(' hosts '))).toMatch(
    /^!! {2}hosts {6}127\.0\.0\.1:\d+ only reads, 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\), 127\.0\.0\.1:\d+ writes \(timeline 1\)$/,
  )
}, 60_000)

test('a host that hangs costs no more than a moment, in front or behind', async () => {
  gates.second.silence(true)
  try {
    const client = createClient(url)
    const began = performance.now()
    await client.connect()
    expect(performance.now() - began).toBeLessThan(2_500)
    await client.end()
  } finally {
    gates.second.silence(false)
  }
})

test('where none writes it is told within the limit, as what it is', async () => {
  gates.first.silence(true)
  try {
    const began = performance.now()
    // The silent connections of the pool are dropped first.
    await expect
      .poll(() => database.pool.query('select').then(() => null, isReadOnly), { timeout: 20_000 })
      .toBe(true)
    expect(performance.now() - began).toBeLessThan(9_000)
    const again = performance.now()
    await expect(createClient(url).connect()).rejects.toSatisfy(isReadOnly)
    expect(performance.now() - again).toBeLessThan(3_000)
    gates.second.shut()
    await expect(createClient(url).connect()).rejects.toSatisfy(isUnreachable)
  } finally {
    gates.first.silence(false)
    gates.second.open()
  }
  await until(() => whereItWrites(database))
}, 60_000)

test('a wrong password is told as such', async () => {
  const wrong = url.replace(/:[^:@]*@/, ':wrong@')
  await expect(createClient(wrong).connect()).rejects.toMatchObject({ code: '28P01' })
})

test('after a failover everything is on the new primary within seconds, and stays there when the old one is back', async () => {
  await whereItWrites(database)
  const before = notified.length
  gates.first.silence(true)
  const standby = new pg.Client({ connectionString: pair.second.url })
  await standby.connect()
  await standby.query('select pg_promote()')
  await standby.end()
  const tookMs = await until(() => whereItWrites(database))
  expect(await whereItWrites(database)).toBe(portOf(pair.second.url))
  expect(tookMs).toBeLessThan(9_000)
  // The listener's own connection is silent for ever: it was left because another host writes.
  await expect.poll(() => notified.length, { timeout: 10_000 }).toBeGreaterThan(before)

  // Split brain, as far as a client can see it: both say that they write.
  gates.first.silence(false)
  expect((await readHosts(url)).filter(({ is }) => is === 'writing')).toHaveLength(2)
  for (let n = 0; n < 5; n += 1) {
    const client = createClient(url)
    await client.connect()
    const { rows } = await client.query('select inet_server_port() as port')
    expect(rows).toEqual([{ port: portOf(pair.second.url) }])
    await client.end()
  }
  // A process that starts now knows nothing of before, and has the old one in front.
  const { host } = new URL(pair.first.url)
  const others = `${pair.first.url.replace(host, `${host},${new URL(pair.second.url).host}`)}`
  const stranger = createClient(others)
  await stranger.connect()
  expect((await stranger.query('select inet_server_port() as port')).rows).toEqual([
    { port: portOf(pair.second.url) },
  ])
  await stranger.end()

  // Only the old one is reached now: what is stored there would be lost, and what is handed over comes again.
  gates.second.silence(true)
  await expect
    .poll(() => whereItWrites(database).then((port) => port, isReadOnly), { timeout: 20_000 })
    .not.toBe(false)
  expect(await whereItWrites(database).then((port) => port, isReadOnly)).toBe(true)
  gates.second.silence(false)
  await until(() => whereItWrites(database))
  expect(await whereItWrites(database)).toBe(portOf(pair.second.url))
}, 60_000)
