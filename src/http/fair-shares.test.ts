import Fastify from 'fastify'
import { expect, test } from 'vitest'
import type { App } from './app-types.ts'
import { shedByShare } from './fair-shares.ts'

test('while the event loop is late, who has most at work is refused more, and nobody else', async () => {
  const app = Fastify() as unknown as App
  let pressure = false
  app.decorate('isUnderPressure', () => pressure)
  app.decorate('memoryUsage', () => ({ eventLoopDelay: 4_000 }) as never)
  app.decorateRequest('auth', null as never)
  app.addHook('onRequest', async (request) => {
    const tenantId = String(request.headers.tenant)
    request.auth = { kind: 'client', tenantId, role: 'owner', accountId: 'x' } as never
  })
  shedByShare(app, 3_000)
  const work = Promise.withResolvers<void>()
  app.get('/v1/slow', async () => {
    await work.promise
    return 'done'
  })
  app.get('/v1/quick', async () => 'done')
  app.get('/healthz', async () => 'ok')
  const ask = (tenant: string, url = '/v1/quick') => app.inject({ url, headers: { tenant } })
  await app.ready()
  const slow = Array.from({ length: 3 }, () => ask('a', '/v1/slow'))
  await ask('a')
  pressure = true
  expect((await ask('a')).json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  for (const url of ['/v1/quick', '/healthz']) expect((await ask('b', url)).statusCode).toBe(200)
  work.resolve()
  expect((await Promise.all(slow)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  expect((await ask('a')).statusCode).toBe(200)
  await app.close()
})
