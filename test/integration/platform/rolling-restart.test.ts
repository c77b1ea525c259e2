import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { buildApp, type TorikomiApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { freshDatabase } from '../../support/database/database.ts'

const OPERATOR_KEY = 'operator-key-of-this-test'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function startMember(databaseUrl: string): Promise<TorikomiApp> {
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    ROLES: 'api',
    DATABASE_CONNECTIONS: '4',
    DRAIN_SECONDS: '6',
  })
  const app = await buildApp(config, { log: pino({ level: 'silent' }) })
  cleanups.push(() => app.stop())
  await app.start(['api'])
  return app
}

/**
 * A plain proxy: it asks /readyz four times a second, takes who is ready in turn, and tries nothing twice.
 */
async function startProxy(): Promise<{ url: string; members: Set<string>; inUse(): string[] }> {
  const members = new Set<string>()
  let ready: string[] = []
  let turn = 0
  let over = false
  const agent = new http.Agent({ keepAlive: true })
  const looking = (async () => {
    while (!over) {
      const states = await Promise.all(
        [...members].map(async (url) => ({
          url,
          ok: await fetch(`${url}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        })),
      )
      ready = states.filter(({ ok }) => ok).map(({ url }) => url)
      await sleep(250)
    }
  })()
  const server = http.createServer((request, response) => {
    const member = ready[turn++ % Math.max(ready.length, 1)]
    if (member === undefined) return void response.writeHead(502, 'nobody is ready').end()
    const { method, headers, url } = request
    const passed = http.request(`${member}${url}`, { method: method ?? 'GET', headers, agent }, (answer) => {
      const { connection: _, ...rest } = answer.headers
      response.writeHead(answer.statusCode ?? 502, rest)
      answer.pipe(response)
    })
    passed.on(
      'error',
      (error) =>
        void (response.headersSent
          ? response.destroy()
          : response.writeHead(502, String((error as NodeJS.ErrnoException).code)).end()),
    )
    request.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => {
    over = true
    await looking
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    members,
    inUse: () => ready,
  }
}

interface Calls {
  statuses: Map<string, number>
  stop(): Promise<void>
}

/** Clients that ask without end, each over one connection that it keeps. */
function ask(urlOf: () => string, clients: number): Calls {
  const statuses = new Map<string, number>()
  let over = false
  const loop = async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    while (!over) {
      const how = await new Promise<string>((resolve) => {
        const headers = { authorization: `Bearer ${OPERATOR_KEY}` }
        const request = http.get(`${urlOf()}/v1/admin/tenants`, { agent, headers }, (answer) => {
          answer.resume()
          answer.on('end', () =>
            resolve(answer.statusCode === 200 ? '200' : `${answer.statusCode} ${answer.statusMessage}`),
          )
          answer.on('error', () => resolve('broken answer'))
        })
        request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })
      statuses.set(how, (statuses.get(how) ?? 0) + 1)
      // One address may ask 1,200 times a minute.
      await sleep(200)
    }
    agent.destroy()
  }
  const running = Array.from({ length: clients }, loop)
  return {
    statuses,
    async stop() {
      over = true
      await Promise.all(running)
    },
  }
}

test('a rolling restart behind a plain proxy fails no request', async () => {
  const database = await freshDatabase()
  cleanups.push(() => database.close())
  const proxy = await startProxy()
  let members = [await startMember(database.url), await startMember(database.url)]
  for (const { url } of members) proxy.members.add(url)
  await expect.poll(() => proxy.inUse().length, { timeout: 10_000 }).toBe(2)
  const calls = ask(() => proxy.url, 8)
  for (const old of members) {
    const { url } = old
    const stopping = old.stop()
    await expect.poll(() => proxy.inUse(), { timeout: 10_000 }).not.toContain(url)
    await stopping
    proxy.members.delete(url)
    const fresh = await startMember(database.url)
    proxy.members.add(fresh.url)
    await expect.poll(() => proxy.inUse(), { timeout: 10_000 }).toContain(fresh.url)
    members = [...members, fresh]
  }
  await calls.stop()
  console.info(`rolling restart behind a proxy: ${JSON.stringify(Object.fromEntries(calls.statuses))}`)
  expect([...calls.statuses.keys()]).toEqual(['200'])
}, 60_000)

test('clients that keep their connections are told to come again elsewhere, and lose no answer', async () => {
  const database = await freshDatabase()
  cleanups.push(() => database.close())
  const [old, other] = [await startMember(database.url), await startMember(database.url)]
  // Straight to the process, as behind a balancer of connections: new ones go to whoever says that it is
  // ready.
  let current = old.url
  const calls = ask(() => current, 8)
  await expect.poll(() => calls.statuses.get('200') ?? 0, { timeout: 10_000 }).toBeGreaterThan(100)
  const stopping = old.stop()
  await expect.poll(() => fetch(`${old.url}/readyz`).then(({ status }) => status)).toBe(503)
  const told = await fetch(`${old.url}/readyz`)
  expect([told.headers.get('connection'), await told.json()]).toEqual([
    'close',
    { status: 'unavailable', checks: { database: 'ok', queue: 'ok', work: 'ok', process: 'stopping' } },
  ])
  const before = calls.statuses.get('200') ?? 0
  await expect.poll(() => calls.statuses.get('200') ?? 0, { timeout: 2_000 }).toBeGreaterThan(before + 20)
  current = other.url
  await stopping
  await calls.stop()
  console.info(`keep-alive clients: ${JSON.stringify(Object.fromEntries(calls.statuses))}`)
  expect([...calls.statuses.keys()]).toEqual(['200'])
}, 60_000)
