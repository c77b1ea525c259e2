import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

/** All benches but the floods (attack.test.ts), as small as they can be: that they run and report. */

const MAIN = fileURLToPath(new URL('../bench/main.ts', import.meta.url))
const BENCHES = [
  'latency',
  'burst',
  'staging',
  'amazon',
  'sale',
  'events',
  'fleet',
  'order-files',
  'memory',
  'mailboxes',
  'change',
  'growth',
]

async function bench(): Promise<Record<string, unknown>> {
  const { urls } = inject('postgres')
  const child = spawn(process.execPath, [MAIN, ...BENCHES, '--brief', '--json'], {
    env: { ...process.env, TEST_DATABASE_URL: urls[Number(process.env.VITEST_POOL_ID) % urls.length] },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' })
  return JSON.parse(said)
}

const number = expect.any(Number)
const times = { p50Ms: number, p99Ms: number }
const every = (count: number, shape: object) =>
  Array.from({ length: count }, () => expect.objectContaining(shape))

test('every bench runs and reports', { timeout: 600_000 }, async () => {
  const report = await bench()
  expect(report).toMatchObject({
    latency: every(2, { ...times, mails: 2, p50Ratio: number, p99Ratio: number }),
    burst: every(2, { mails: 20, ordersPerSecond: number, ratio: number }),
    staging: every(2, { statements: number, workerCpuMs: number, postgresCpuMs: number }),
    amazon: every(3, { orders: 3, staged: 3, seconds: number }),
    sale: {
      orders: 30,
      ratio: number,
      shops: every(10, { seconds: number, bestSeconds: number, changed: 1, changes: 1 }),
    },
    events: every(1, { ...times, clients: 3, changes: 3, unseen: 0, missed: 0, repeated: 0 }),
    fleet: every(3, { medianMs: number, p99Ms: number, ratio: number, walBytes: number }),
    orderFiles: {
      orders: 10,
      staged: 10,
      unchanged: 10,
      phases: every(5, { seconds: number, p95Ms: number, healthMaxMs: number, failed: 0, peakMb: number }),
    },
    processes: every(2, { startMs: number, cpuSeconds: number, residentMb: number, memoryRatio: number }),
    mailboxes: every(2, { mailboxes: 3, connectSeconds: number, kibEach: number, idlePercent: number }),
    change: every(2, { ...times, changes: 3, floorMs: number, ratio: number }),
  })
  const { shops } = report.sale as { shops: { orders: number; staged: number }[] }
  for (const { orders, staged } of shops) expect(staged).toBe(orders)
  const reads = report.reads as { name: string; rows: number; blocks: number }[]
  expect([...new Set(reads.map(({ rows }) => rows))]).toEqual([1_600, 1_700])
  expect(new Set(reads.map(({ name }) => name)).size).toBe(reads.length / 2)
  for (const read of reads) {
    expect(read).toMatchObject({ ...times, ratio: number, growth: number, blocksGrowth: number })
    expect(read.blocks, read.name).toBeGreaterThan(0)
  }
})
