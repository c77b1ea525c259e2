import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { ValueType } from '@opentelemetry/api'
import * as sdk from '@opentelemetry/sdk-metrics'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { exportMetrics, reportExportFailures, toMetricData } from './otlp.ts'

test('numbers of /metrics keep their names and labels, and a bucket counts what is in it alone', async () => {
  const registry = new Registry()
  const registers = [registry]
  const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['mall'], registers })
  orders.inc({ mall: 'yahoo' }, 3)
  new Gauge({ name: 'free_bytes', help: 'Free', registers }).set(7)
  new Gauge({ name: 'unread', help: 'Not read yet', labelNames: ['state'], registers })
  const waits = new Histogram({
    name: 'wait_seconds',
    help: 'Waits',
    labelNames: ['mall'],
    buckets: [1, 10],
    registers,
  })
  for (const seconds of [0.5, 0.7, 4, 99]) waits.observe({ mall: 'yahoo' }, seconds)
  waits.observe({ mall: 'amazon' }, 10)

  const span = { from: [1, 0] as [number, number], to: [2, 500_000_000] as [number, number] }
  const data = toMetricData({ ...sdk, ValueType }, await registry.getMetricsAsJSON(), span)

  const times = { startTime: span.from, endTime: span.to }
  expect(data).toMatchObject([
    {
      descriptor: { name: 'orders_total', description: 'Orders' },
      isMonotonic: true,
      dataPoints: [{ ...times, attributes: { mall: 'yahoo' }, value: 3 }],
    },
    { descriptor: { name: 'free_bytes' }, dataPoints: [{ ...times, attributes: {}, value: 7 }] },
    {
      descriptor: { name: 'wait_seconds', unit: 's' },
      dataPoints: [
        {
          attributes: { mall: 'yahoo' },
          value: { buckets: { boundaries: [1, 10], counts: [2, 1, 1] }, sum: 104.2, count: 4 },
        },
        {
          attributes: { mall: 'amazon' },
          value: { buckets: { boundaries: [1, 10], counts: [0, 1, 0] }, sum: 10, count: 1 },
        },
      ],
    },
  ])
})

test('numbers are read anew each time, and at the end sent as they stand', async () => {
  const registers = [new Registry()] as const
  const reads = new Counter({ name: 'reads_total', help: 'Reads', registers: [...registers] })
  const values: number[] = []
  const collector = http.createServer(async (request, response) => {
    const { resourceMetrics } = JSON.parse(await text(request))
    values.push(resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints[0].asDouble)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    collector.emit('sent')
  })
  await once(collector.listen(0, '127.0.0.1'), 'listening')
  const { port } = collector.address() as AddressInfo
  const twice = once(collector, 'sent').then(() => once(collector, 'sent'))
  const close = await exportMetrics(
    { endpoint: `http://127.0.0.1:${port}`, version: '1', role: 'api', instanceId: 'one' },
    {
      async read() {
        reads.inc()
        return registers[0].getMetricsAsJSON()
      },
      last: () => registers[0].getMetricsAsJSON(),
      now: () => 0,
    },
    300,
  )
  await twice
  await close()
  // A busy machine may send the next before the one before has arrived.
  expect(values.length).toBeGreaterThan(2)
  expect(values.toSorted((a, b) => a - b).slice(0, 2)).toEqual([1, 2])
  expect(Math.max(...values)).toBe((await registers[0].getMetricsAsJSON())[0]?.values[0]?.value)
  collector.close()
})

test('a collector that is not there is told of, once a minute', async () => {
  let told = 0
  await reportExportFailures(() => {
    told += 1
  })
  const numbers = { read: async () => [], last: async () => [], now: () => 0 }
  const gone = http.createServer()
  await once(gone.listen(0, '127.0.0.1'), 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  const collector = { endpoint: `http://127.0.0.1:${port}`, version: '1', role: 'api', instanceId: 'one' }
  for (let runs = 0; runs < 2; runs += 1)
    await (await exportMetrics(collector, numbers, 1_500))().catch(() => undefined)
  await expect.poll(() => told).toBe(1)
})
