import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPostmaster } from '../../../src/platform/db/embedded/cluster.ts'
import { isAlive } from '../../../src/platform/db/embedded/lock.ts'
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts'

const CHILD = fileURLToPath(new URL('../../support/database/embedded-child.ts', import.meta.url))
const log = { info: () => undefined, warn: () => undefined }

let folder: string
let dataDir: string
let services: Service[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-embedded-'))
  await chmod(folder, 0o755)
  dataDir = join(folder, '.data')
  services = []
})
afterEach(async () => {
  await Promise.all(services.map((service) => service.end('SIGKILL')))
  // Whatever a test left running: the one that starts last is the last to leave.
  await (await startEmbeddedPostgres({ dataDir, log })).stop()
  const { directory } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'))
  if (!directory.startsWith(folder)) {
    await rm(directory, { recursive: true, force: true })
    await rm(`${directory}.origin`, { force: true })
  }
  await rm(folder, { recursive: true, force: true })
})

interface Service {
  url: string
  end(signal: NodeJS.Signals): Promise<void>
}

async function startService(): Promise<Service> {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const service = { url: await firstLine(child), end: (signal: NodeJS.Signals) => end(child, signal) }
  services.push(service)
  return service
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line
  throw new Error('the service ended before it was ready')
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

const serverPid = async () => (await readPostmaster(join(dataDir, 'postgres')))?.pid

test('is stopped with the service and has its data on the next start', async () => {
  const first = await startService()
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
  await first.end('SIGTERM')
  expect(await serverPid()).toBeUndefined()
  const second = await startService()
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  expect(new URL(second.url).hostname).toBe('127.0.0.1')
})

test('outlives a killed service and is taken over by the next one, which also stops it', async () => {
  const first = await startService()
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
  const pid = await serverPid()
  await first.end('SIGKILL')
  expect(isAlive(pid ?? 0)).toBe(true)
  const second = await startService()
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  await second.end('SIGTERM')
  expect(await serverPid()).toBeUndefined()
})

test('recovers when the server itself was killed, whatever its pid file says', async () => {
  const first = await startService()
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
  await first.end('SIGKILL')
  process.kill((await serverPid()) ?? 0, 'SIGKILL')
  const second = await startService()
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
})

test('two services that start at once share one server; the last to leave stops it', async () => {
  const [one, two] = await Promise.all([startService(), startService()])
  expect(one.url).toBe(two.url)
  await one.end('SIGTERM')
  expect(await query(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await two.end('SIGTERM')
  expect(await serverPid()).toBeUndefined()
})

test('a service that died while starting leaves a lock that is no obstacle', async () => {
  const first = await startService()
  await first.end('SIGTERM')
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  await writeFile(join(dataDir, 'postgres.lock'), String(dead.pid))
  const second = await startService()
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('its password is long, asked for, and only for the service to read', async () => {
  const { url } = await startService()
  expect(new URL(url).password.length).toBeGreaterThanOrEqual(32)
  const guess = new URL(url)
  guess.password = 'guess'
  await expect(query(guess.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  for (const name of await readdir(dataDir)) {
    if (name === 'postgres') continue
    expect((await stat(join(dataDir, name))).mode & 0o077, name).toBe(0)
  }
})

test.skipIf(process.getuid?.() !== 0)(
  'works in a folder that only root can enter [needs to run as root]',
  async () => {
    await chmod(folder, 0o700)
    const first = await startService()
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.end('SIGTERM')
    const second = await startService()
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  },
)
