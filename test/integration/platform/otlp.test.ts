import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type RunningService, startService } from '../../support/service/service.ts'

/** A process of its own, as its log and its end are what is looked at. */

let collector: http.Server
let database: TestDatabase
let service: RunningService
const sent: { path: string; body: string }[] = []

beforeAll(async () => {
  collector = http.createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString('utf8')
    })
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  database = await freshDatabase()
  service = await startService({
    ROLES: 'api',
    DATABASE_URL: database.url,
    QUEUE_ENGINE: 'postgres',
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    OPERATOR_API_KEY: 'the-key-of-the-test',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/`,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
  })
})
afterAll(async () => {
  await service?.kill()
  await database?.close()
  collector.closeAllConnections()
  collector.close()
})

interface Attribute {
  key: string
  value: { stringValue?: string }
}
interface Logs {
  resourceLogs: {
    resource: { attributes: Attribute[] }
    scopeLogs: {
      logRecords: { severityText: string; body: { stringValue: string }; attributes: Attribute[] }[]
    }[]
  }[]
}
interface Metrics {
  resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[]
}

test('the collector gets the numbers and the log of a process to its end, and no secret of a request', async () => {
  const refused = await fetch(`${service.url}/v1/orders?number=a-buyers-number`, {
    headers: { authorization: 'Bearer a-key-that-is-wrong' },
  })
  expect(refused.status).toBe(401)
  // The first batch loads the exporter, which a process that ends at once has no time for.
  await expect.poll(() => sent.some(({ path }) => path === '/v1/logs')).toBe(true)
  expect(await service.stop()).toBe(0)

  const bodies = (path: string) => sent.filter((one) => one.path === path).map(({ body }) => body)
  expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/v1/metrics', '/v1/logs']))
  const logs = bodies('/v1/logs').flatMap((body) => (JSON.parse(body) as Logs).resourceLogs)
  const records = logs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
  const lines = service
    .output()
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  // The end of the log itself is told by nobody but standard output.
  const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(records.length).toBeGreaterThan(2)
  expect(records.map(({ body }) => body.stringValue)).toEqual(said.slice(0, records.length))
  expect(records[0]?.severityText).toBe('info')
  expect(logs[0]?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'torikomi' },
  })
  expect(logs[0]?.resource.attributes.map(({ key }) => key)).toContain('service.instance.id')
  const metrics = bodies('/v1/metrics').flatMap((body) => (JSON.parse(body) as Metrics).resourceMetrics)
  const names = metrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics.map(({ name }) => name)),
  )
  expect(names).toEqual(
    expect.arrayContaining(['torikomi_http_unauthorised_total', 'torikomi_http_request_seconds']),
  )
  const all = sent.map(({ body }) => body).join()
  for (const secret of ['a-key-that-is-wrong', 'a-buyers-number', 'the-key-of-the-test'])
    expect(all).not.toContain(secret)
})
