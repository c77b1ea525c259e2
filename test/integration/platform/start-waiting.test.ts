import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { startGate } from '../../chaos/gate.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { freePort } from '../../support/redis.ts'
import { startService } from '../../support/service/service.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

const statusOf = (url: string) =>
  fetch(url).then(
    ({ status }) => status,
    () => null,
  )

test('a service that starts before its Postgres is alive, not ready, and goes on by itself', {
  timeout: 120_000,
}, async () => {
  const database = await freshDatabase()
  cleanUp.push(database.close)
  const url = new URL(database.url)
  const gate = await startGate({ host: url.hostname, port: Number(url.port) })
  cleanUp.push(gate.close)
  gate.shut()
  url.host = `127.0.0.1:${gate.port}`
  const port = await freePort()
  const starting = startService({
    DATABASE_URL: url.href,
    PORT: String(port),
    START_PATIENCE_SECONDS: '100',
    OPERATOR_API_KEY: randomBytes(24).toString('base64url'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
  })
  const at = `http://127.0.0.1:${port}`
  await waitFor(
    'alive while it waits',
    () => statusOf(`${at}/healthz`),
    (status) => status === 200,
  )
  expect(await statusOf(`${at}/readyz`)).toBe(503)
  gate.open()
  const service = await starting
  cleanUp.push(service.stop)
  expect(service.output()).toContain('is not there yet; waiting')
  expect(service.output()).not.toContain(url.password || 'no password')
  await waitFor(
    'ready',
    () => statusOf(`${at}/readyz`),
    (status) => status === 200,
  )
})
