import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { startWorld, type World } from '../../support/service/world.ts'

/** A collector that takes OTLP as JSON, as the exporter sends it over HTTP. */
interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
  startTimeUnixNano: string
  endTimeUnixNano: string
}

let collector: http.Server
let world: World
let paths: Set<string>
let spans: Span[]

beforeAll(async () => {
  spans = []
  paths = new Set()
  collector = http.createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      paths.add(request.url ?? '')
      const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
      }
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  world = await startWorld({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } })
})
afterAll(async () => {
  await world?.close()
  collector.closeAllConnections()
  collector.close()
})

test('from the mail over the calls to staging one order is one trace, and nothing of the buyer is in it', async () => {
  const { client } = world.registration
  const { orderNumber } = world.sandbox.malls.rakuten.place()
  const wanted = ['mail', 'waiting', 'mall call', 'attempt', 'staging', 'import request']
  const { importRequests } = await waitFor(
    'the order',
    () =>
      client.get<{ importRequests: { id: string; state: string }[] }>(
        `/import-requests?orderNumber=${orderNumber}`,
      ),
    (answer) => answer.importRequests[0]?.state === 'done',
  )
  const traceId = importRequests[0]?.id.replaceAll('-', '') ?? ''
  const mine = await waitFor(
    'its spans',
    async () => spans.filter((span) => span.traceId === traceId),
    (found) => wanted.every((name) => found.some((span) => span.name === name)),
  )
  const roots = mine.filter(({ parentSpanId }) => !parentSpanId)
  expect(roots.map(({ name }) => name)).toEqual(['import request'])
  expect(new Set(mine.filter((span) => span !== roots[0]).map((span) => span.parentSpanId))).toEqual(
    new Set([roots[0]?.spanId]),
  )
  for (const span of mine)
    expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name).toBe(true)
  expect([...paths]).toEqual(['/v1/traces'])
  const all = JSON.stringify(spans)
  const { orders } = await client.get<{ orders: { id: string }[] }>(`/orders?number=${orderNumber}`)
  const names = wordsOf(await client.get(`/orders/${orders[0]?.id}`))
  expect(names.length).toBeGreaterThan(0)
  for (const word of [orderNumber, ...names]) expect(all).not.toContain(word)
})

/** All that names a person or a place in an order. */
function wordsOf(value: unknown, key = ''): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => wordsOf(one, Array.isArray(value) ? key : name))
  const telling = /^(familyName|givenName|fullName|phone|email|city|line\d|address\d?|street)$/.test(key)
  return telling && typeof value === 'string' && value.length > 1 ? [value] : []
}
