import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pullOrders } from '../../../src/orders/pull.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'
import { isUnreachable } from '../../../src/platform/db/failures.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { codeOf } from '../../../src/platform/errors.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { noEnvFile, ops, TEST_KEYS } from '../../support/service/service.ts'

/**
 * A real Postgres on a disk of its own that is full to the last byte: nothing is lost of what was confirmed,
 * and once there is room again, the rest is done by the same process.
 */

const DISK = '220m'
const SETTINGS = ['max_wal_size=64MB', 'min_wal_size=32MB', 'autovacuum=off']
const quiet = { info: () => undefined, warn: () => undefined }
const missing = mountMissing()
let dir = ''
let server: EmbeddedPostgres
let database: Database
let bench: ImportBench

function mountMissing(): string | null {
  if (process.getuid?.() !== 0) return 'needs root to mount a small disk'
  const probe = execFileSync('mktemp', ['-d']).toString().trim()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    return null
  } catch {
    return 'needs the right to mount a small disk'
  } finally {
    execFileSync('rmdir', [probe])
  }
}

beforeAll(async () => {
  if (missing !== null) return
  dir = await mkdtemp(join(tmpdir(), 'torikomi-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', dir])
  await chmod(dir, 0o755)
  server = await startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: SETTINGS })
  await applyMigrations(server.url, quiet)
  database = await openDatabase({ url: server.url, log: quiet, maxConnections: 8 })
  bench = await importBench({ ...database, url: server.url })
}, 120_000)
afterAll(async () => {
  if (dir === '') return
  await database?.close().catch(() => undefined)
  await server?.stop().catch(() => undefined)
  execFileSync('umount', ['-l', dir])
  await rm(dir, { recursive: true, force: true })
})

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  listening.close()
  await once(listening, 'close')
  return port
}

const filler = () => join(dir, 'filler')

/** Until not one byte more can be written. */
async function fill(): Promise<void> {
  for (const bytes of [1_048_576, 4_096, 1])
    for (;;) {
      const full = await appendFile(filler(), Buffer.alloc(bytes)).then(
        () => false,
        () => true,
      )
      if (full) break
    }
}

async function staged(): Promise<string[]> {
  const { rows } = await database.pool.query<{ order_number: string }>(
    'select order_number from orders order by order_number',
  )
  return rows.map((row) => row.order_number)
}

async function pull(key: string) {
  const { pullId, orders } = await pullOrders(
    { ...bench.deps, pool: database.pool },
    { tenantId: bench.tenantId, actor: 'test', idempotencyKey: key },
    { limit: 10 },
  )
  return { batch: [pullId, orders.map(({ orderNumber }) => orderNumber)] }
}

/**
 * What was tried and refused meanwhile; all of it must be known as the database's, so that it is tried again
 * and told as 503.
 */
async function untilRefused(
  works: (() => Promise<unknown>)[],
  isEnough: (codes: readonly string[]) => boolean = ({ length }) => length >= 3,
): Promise<string[]> {
  const codes: string[] = []
  for (const work of works) {
    await work().catch((error: unknown) => {
      expect([String(error), isUnreachable(error)]).toEqual([String(error), true])
      codes.push(codeOf(error) ?? String(error))
    })
    if (isEnough(codes)) break
  }
  return codes
}

describe.skipIf(missing !== null)(
  `a disk that is full under Postgres${missing === null ? '' : ` [${missing}]`}`,
  () => {
    it('refuses what finds no room, keeps what was confirmed, and goes on once there is room', async () => {
      const wanted = numbers(400)
      for (const number of wanted) bench.mall.place(number)
      await bench.want(wanted.slice(0, 20))
      await bench.run()
      const { batch } = await pull('before')
      await fill()
      // Room inside of files that are there is used up first.
      const more = Array.from({ length: 19 }, (_, n) => wanted.slice(20 * (n + 1), 20 * (n + 2)))
      const codes = await untilRefused(more.flatMap((some) => [() => bench.want(some), () => bench.run()]))
      expect(codes).toContain('53100')
      const doctor = await ops(['doctor'], { DATABASE_URL: server.url, ENCRYPTION_KEYS: TEST_KEYS })
      expect(doctor.output).toMatch(/^NG {2}writes +the disk of Postgres is full/m)
      const confirmed = await staged()
      expect((await pull('before')).batch).toEqual(batch)

      await rm(filler())
      await bench.want(wanted)
      bench.clock.advance(10 * 60_000)
      await bench.run()
      expect(await staged()).toEqual(wanted)
      expect(confirmed.every((number) => wanted.includes(number))).toBe(true)
      expect((await pull('before')).batch).toEqual(batch)
    })

    it('where its own log finds no room it ends, and all that was confirmed is there when it starts again', async () => {
      const confirmed = await staged()
      const pulled = (await pull('last')).batch
      await fill()
      const touch = () => database.pool.query('update tenants set updated_at = now()')
      const switchLog = () => database.pool.query('select pg_switch_wal()')
      const isGone = (codes: readonly string[]) => codes.some((code) => code !== '53100')
      const codes = await untilRefused(Array.from({ length: 40 }, () => [touch, switchLog]).flat(), isGone)
      expect(isGone(codes)).toBe(true)

      await database.close().catch(() => undefined)
      await rm(filler())
      server = await startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: SETTINGS })
      database = await openDatabase({ url: server.url, log: quiet, maxConnections: 8 })
      expect(await staged()).toEqual(confirmed)
      expect((await pull('last')).batch).toEqual(pulled)
    })

    it('under the service’s own logs costs lines, not the service', async () => {
      const port = await freePort()
      const log = await open(join(dir, 'service.log'), 'a')
      const child = spawn(process.execPath, [MAIN], {
        env: {
          ...noEnvFile(),
          PATH: process.env.PATH ?? '',
          HOME: process.env.HOME ?? '',
          HOST: '127.0.0.1',
          PORT: String(port),
          ROLES: 'api',
          LOG_LEVEL: 'debug',
          QUEUE_ENGINE: 'postgres',
          DATABASE_URL: server.url,
          DATA_DIR: dir,
          OPERATOR_API_KEY: 'operator-key-of-the-test',
          ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`,
        },
        stdio: ['ignore', log.fd, log.fd],
      })
      const ended = once(child, 'exit')
      try {
        const health = () => fetch(`http://127.0.0.1:${port}/healthz`).then(({ status }) => status)
        await expect.poll(health, { timeout: 60_000 }).toBe(200)
        await fill()
        for (let n = 0; n < 20; n += 1) {
          expect(await health()).toBe(200)
          // Without a key, and after some of them too often: answered either way.
          expect((await fetch(`http://127.0.0.1:${port}/v1/orders`)).status).toBeLessThan(500)
        }
        await rm(filler())
        const before = (await log.stat()).size
        await expect
          .poll(
            async () => {
              await fetch(`http://127.0.0.1:${port}/v1/orders`)
              return (await log.stat()).size
            },
            { timeout: 10_000 },
          )
          .toBeGreaterThan(before)
      } finally {
        child.kill('SIGKILL')
        await ended
        await log.close()
      }
    }, 120_000)
  },
)
