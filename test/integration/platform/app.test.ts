import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { buildApp, type TorikomiApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { redisMissing, startRedis } from '../../support/redis.ts'
import { noEnvFile, startService } from '../../support/service/service.ts'

const log = pino({ level: 'silent' })
const OPERATOR_KEY = 'operator-key-of-this-test'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function newApp(environment: Record<string, string> = {}): Promise<TorikomiApp> {
  const database = await freshDatabase()
  cleanups.push(() => database.close())
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    ...environment,
  })
  const app = await buildApp(config, { log })
  cleanups.push(() => app.stop())
  return app
}

async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-app-'))
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const statusOf = async (url: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { headers })).status
const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` }

for (const engine of ['postgres', 'redis'] as const) {
  const missing = engine === 'redis' ? redisMissing : null
  describe.skipIf(missing)(`with the queue on ${engine}${missing ? ` (left out: ${missing})` : ''}`, () => {
    test('starts, is healthy and ready, answers the operator, and stops whole', async () => {
      const environment: Record<string, string> = {}
      if (engine === 'redis') {
        const redis = await startRedis()
        cleanups.push(() => redis.stop())
        environment.REDIS_URL = redis.url
      }
      const app = await newApp(environment)
      expect(() => app.url).toThrow('not started')
      await app.start(['api', 'listener', 'worker'])
      expect(await statusOf(`${app.url}/healthz`)).toBe(200)
      const ready = await fetch(`${app.url}/readyz`)
      expect(await ready.json()).toEqual({
        status: 'ok',
        checks: { database: 'ok', queue: 'ok', work: 'ok' },
      })
      expect(await statusOf(`${app.url}/v1/admin/queues`, asOperator)).toBe(200)
      expect(await statusOf(`${app.url}/v1/orders`)).toBe(401)
      expect(await (await fetch(`${app.url}/metrics`)).text()).toContain(
        'torikomi_queue_jobs{state="waiting"} 0',
      )

      const results = await app.stop()
      expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'stopped'))
      expect(results.map(({ name }) => name)).toEqual([
        'readiness',
        'listener',
        'http',
        'workers',
        'workers',
        ...(engine === 'redis' ? ['redis'] : []),
        'mall connections',
        'clock',
        'database',
      ])
      await expect(fetch(`${app.url}/healthz`)).rejects.toThrow()
    })
  })
}

test('another role answers health and metrics, and no area', async () => {
  const app = await newApp()
  await app.start(['listener'])
  expect(await statusOf(`${app.url}/healthz`)).toBe(200)
  expect(await statusOf(`${app.url}/metrics`)).toBe(200)
  expect(await statusOf(`${app.url}/v1/admin/queues`, asOperator)).toBe(404)
})

test('a port in use ends the start, and everything that was opened is closed', async () => {
  const first = await newApp()
  await first.start([])
  const second = await newApp({ PORT: new URL(first.url).port })
  await expect(second.start(['api', 'worker'])).rejects.toThrow(/is taken.* set PORT/)
  const results = await second.stop()
  expect(results.every(({ outcome }) => outcome === 'stopped')).toBe(true)
  await expect(second.resources.database.pool.query('SELECT 1')).rejects.toThrow()
})

test('Redis that is away: the service starts, says that it is not ready, and does not hang at its end', async () => {
  const app = await newApp({ REDIS_URL: 'redis://127.0.0.1:1' })
  await app.start(['worker'])
  const ready = await fetch(`${app.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ checks: { database: 'ok', queue: 'failed' } })
  expect(await statusOf(`${app.url}/healthz`)).toBe(200)
})

describe('the process', () => {
  const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

  test('from nothing: makes its database and keys, answers, stops on SIGTERM, and finds all again', async () => {
    const dataDir = join(await tempDir(), 'data')
    const service = await startService({ DATA_DIR: dataDir, LOG_LEVEL: 'error' })
    cleanups.push(() => service.kill())
    const key = (await readFile(join(dataDir, 'operator-key'), 'utf8')).trim()
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const created = await fetch(`${service.url}/v1/admin/tenants`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: '見本商店' }),
    })
    expect(created.status).toBe(201)
    expect(await service.stop()).toBe(0)

    const again = await startService({ DATA_DIR: dataDir, LOG_LEVEL: 'error' })
    cleanups.push(() => again.kill())
    const tenants = (await (await fetch(`${again.url}/v1/admin/tenants`, { headers })).json()) as {
      tenants: unknown[]
    }
    expect(tenants.tenants).toHaveLength(1)
    expect(await again.stop()).toBe(0)
    expect(service.output() + again.output()).not.toContain(key)
  })

  test('production without its settings: says all that is missing, and ends', () => {
    const run = spawnSync(process.execPath, [MAIN], {
      env: { ...noEnvFile(), NODE_ENV: 'production' },
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(run.status).toBe(78)
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEYS', 'OPERATOR_API_KEY'])
      expect(run.stderr).toContain(name)
  })

  test('a database that does not answer: a clear word, no password, exit code 1', async () => {
    const run = spawnSync(process.execPath, [MAIN], {
      env: {
        ...noEnvFile(),
        DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/none',
        DATA_DIR: await tempDir(),
        PORT: '0',
        START_PATIENCE_SECONDS: '1',
      },
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(run.status).toBe(1)
    expect(run.stderr).toBe(
      'Torikomi cannot start: no Postgres answers at 127.0.0.1:1 (ECONNREFUSED): look at its disk first (a full one stops it for good), then start it, or set DATABASE_URL to one that answers.\n',
    )
    expect(run.stdout).not.toContain('    at ')
    expect(run.stdout + run.stderr).not.toContain('hunter2')
  })
})
