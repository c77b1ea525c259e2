import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { fillPage } from '../../../src/http/queue-board.ts'
import { createWakeQueue, type WakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../../support/redis.ts'
import { makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

/** Bull Board at /admin/queues: who gets to it, that it only looks, and what it shows. */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function serverOn(wakeQueue?: WakeQueue): Promise<App> {
  const app = await wholeServer(database, { requestsPerMinute: 100_000 }, wakeQueue ? { wakeQueue } : {})
  cleanups.push(() => app.close())
  return app
}

const routes = (app: App) => app.routeTable.filter(({ url }) => url.startsWith('/admin/queues'))
let asked = 0
/** Each from an address of its own: wrong keys of one are soon not looked at any more. */
const get = (app: App, url: string, headers: Record<string, string>) =>
  app.inject({
    method: 'GET',
    remoteAddress: `203.0.113.${asked++ % 250}`,
    url: url.replace(/:\w+/g, 'x').replace('*', 'css/x.css'),
    headers,
  })

test('each of its routes is for operators who are signed in whole, and for nobody else', async () => {
  const app = await serverOn()
  const tenant = await makeTenant(database.db, { requireSecondFactor: false })
  const cookieOf = async (mine: string | null, role: Parameters<typeof makeStaff>[2]) =>
    `__Host-torikomi_session=${(await signedIn(app, (await makeStaff(database.db, mine, role)).email)).cookie}`
  const half = openBrowser(app)
  await half.ask('POST', '/session', {
    email: (await makeStaff(database.db, null, 'operator')).email,
    password: PASSWORD,
  })
  const { key, prefix, hash } = newApiKey(systemRandom)
  await database.db.apiKey.create({
    data: { id: newId(), name: 'k', tenantId: tenant.id, prefix, hash, createdAt: new Date() },
  })
  const callers: [string, Record<string, string>, boolean][] = [
    ['nobody', {}, false],
    ['a wrong key', { authorization: 'Bearer wrong' }, false],
    ['a tenant’s key', { authorization: `Bearer ${key}` }, false],
    ['half signed in', { cookie: `__Host-torikomi_session=${half.cookie}` }, false],
    ['owner', { cookie: await cookieOf(tenant.id, 'owner') }, false],
    ['read_only', { cookie: await cookieOf(tenant.id, 'read_only') }, false],
    ['operator key', { authorization: `Bearer ${OPERATOR_KEY}` }, true],
    ['operator', { cookie: await cookieOf(null, 'operator') }, true],
    [
      'operator without personal data',
      { cookie: await cookieOf(null, 'operator_without_personal_data') },
      true,
    ],
  ]
  expect(routes(app).map(({ url, need }) => `${url} ${need}`)).toEqual(
    ['', '/*', '/static/*'].map((path) => `/admin/queues${path} operator_without_personal_data`).toSorted(),
  )
  const below = [
    'queue/wake',
    'api/queues',
    'api/queues/wake/1',
    'api/redis/stats',
    'x',
    '%zz',
    'api/queues/%zz/1',
  ]
  for (const url of [
    ...routes(app).map((route) => route.url),
    ...below.map((path) => `/admin/queues/${path}`),
  ]) {
    for (const [who, headers, may] of callers) {
      const { statusCode } = await get(app, url, headers)
      expect(statusCode).not.toBe(500)
      // What is no address at all is refused before anybody is asked who they are.
      if (statusCode === 400) expect(url).toContain('%zz')
      else expect([url, who, statusCode !== 401 && statusCode !== 403]).toEqual([url, who, may])
    }
  }
})

test('nothing of it changes anything', async () => {
  const app = await serverOn()
  expect(routes(app).map(({ method }) => method)).toEqual(routes(app).map(() => 'GET'))
  for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'] as const)
    for (const url of ['/queues/wake/pause', '/queues/wake/empty', '/queues/wake/1/retry', '/queues/pause'])
      expect(
        (
          await app.inject({
            method,
            url: `/admin/queues/api${url}`,
            headers: { authorization: `Bearer ${OPERATOR_KEY}` },
          })
        ).statusCode,
      ).toBeGreaterThanOrEqual(404)
})

interface Store {
  wakeQueue: WakeQueue
}
const stores: Record<string, { missing: string | null; open(): Promise<Store> }> = {
  postgres: {
    missing: null,
    open: async () => ({ wakeQueue: await queueOn({ kind: 'postgres', url: database.url }) }),
  },
  redis: {
    missing: redisMissing,
    async open() {
      const redis: PrivateRedis = await startRedis()
      cleanups.push(() => redis.stop())
      return { wakeQueue: await queueOn({ kind: 'redis', url: redis.url }) }
    },
  },
}

async function queueOn(engine: Parameters<typeof createWakeQueue>[0]): Promise<WakeQueue> {
  const queue = await createWakeQueue(engine, pino({ level: 'silent' }))
  cleanups.push(() => queue.close(2_000))
  await queue.queue.waitUntilReady()
  return queue
}

for (const [name, { missing, open }] of Object.entries(stores))
  describe.skipIf(missing)(`on ${name}${missing ? ` (left out: ${missing})` : ''}`, () => {
    test('the page loads nothing from elsewhere, and its calls show ids of shops', async () => {
      const { wakeQueue } = await open()
      const app = await serverOn(wakeQueue)
      const headers = { authorization: `Bearer ${OPERATOR_KEY}` }
      const [waiting, failing] = [newId(), newId()]
      await wakeQueue.wake([waiting])

      const page = await get(app, '/admin/queues', headers)
      expect(page.statusCode).toBe(200)
      expect(page.headers['content-security-policy']).toContain("script-src 'self'")
      expect(page.headers['cache-control']).toBe('no-store')
      expect(page.body).toContain('<base href="/admin/queues/" />')
      expect(page.body).not.toMatch(/https?:\/\//)
      const files = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file)
      expect(files.length).toBeGreaterThan(3)
      for (const file of files)
        expect([file, (await get(app, `/admin/queues/${file}`, headers)).statusCode]).toEqual([file, 200])

      const shown = async (state: string) =>
        (await get(app, `/admin/queues/api/queues?activeQueue=wake&status=${state}&page=1`, headers)).json()
      const { queues } = await shown('waiting')
      expect(queues[0]).toMatchObject({ name: 'wake', readOnlyMode: true, counts: { waiting: 1 } })
      expect(queues[0].jobs.map(({ data }: { data: unknown }) => data)).toEqual([{ shopId: waiting }])

      // A turn that fails leaves nothing in the queue: neither the shop nor a word of its error.
      await wakeQueue.work(() => Promise.reject(new RangeError('山田太郎 090')), { concurrency: 1 })
      await wakeQueue.wake([failing])
      await expect.poll(async () => (await wakeQueue.counts()).failed, { timeout: 10_000 }).toBe(2)
      // A failed job is counted a moment before it leaves the queue.
      for (const state of ['waiting', 'active', 'failed'])
        await expect
          .poll(async () => (await shown(state)).queues[0])
          .toMatchObject({ counts: { failed: 0 }, jobs: [] })
      expect((await get(app, '/admin/queues/api/redis/stats', headers)).statusCode).toBe(200)
    })
  })

test('a title is text in the page, whatever it holds', () => {
  expect(fillPage('<title><%= title %></title><b><%- raw %></b>', { title: '<i>&"', raw: '{}' })).toBe(
    '<title>&#60;i&#62;&#38;&#34;</title><b>{}</b>',
  )
})
