import { parseArgs } from 'node:util'
import { table } from '../../src/sandbox/demo/show.ts'
import { redisMissing } from '../support/redis.ts'
import { type ChaosResult, runChaos } from './run.ts'

/**
 * `npm run chaos -- [--orders N] [--seed S] [--engine postgres|redis] [--changes M] [--json]`: the service in several
 * processes under faults, and at the end what was lost, doubled, late or stuck. docs/reliability.md says how to read it.
 */

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    engine: { type: 'string', default: redisMissing === null ? 'redis' : 'postgres' },
    changes: { type: 'string' },
    /** For how long orders come and faults happen. */
    seconds: { type: 'string' },
    settle: { type: 'string', default: '420' },
    sweep: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
})

const orders = whole('orders', values.orders)
const engine = values.engine
if (engine !== 'postgres' && engine !== 'redis') fail('--engine is postgres or redis')
if (engine === 'redis' && redisMissing !== null) fail(`--engine redis: ${redisMissing}`)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

const ORDERS_PER_SECOND = 40
const SHORTEST_SECONDS = 45

try {
  const result = await runChaos({
    ...{ orders, engine, progress, signal: stopping.signal },
    seed: whole('seed', values.seed),
    changes: whole('changes', values.changes ?? String(Math.floor(orders / 10))),
    driveMs:
      1000 *
      whole(
        'seconds',
        values.seconds ?? String(Math.max(SHORTEST_SECONDS, Math.ceil(orders / ORDERS_PER_SECOND))),
      ),
    settleMs: 1000 * whole('settle', values.settle),
    sweepSeconds: whole('sweep', values.sweep),
  })
  for (const finding of result.findings) progress(finding)
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${shown(result)}\n`)
  process.exitCode = result.lost + result.duplicated + result.stuck === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 2
}
process.exit()

function shown(result: ChaosResult): string {
  const { faults, latenessMs, changeStates, endedByItself } = result
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, count]) => `${name} ×${count}`)
      .join(', ') || '–'
  const head = [
    'seed',
    'engine',
    'orders',
    'staged',
    'pulled',
    'changes',
    'lost',
    'duplicated',
    'late',
    'stuck',
  ] as const
  return [
    table([...head], [head.map((name) => String(result[name]))]),
    '',
    `  faults             ${counts(faults)}`,
    `  changes ended      ${counts(changeStates)}`,
    `  failed requests    ${counts(result.failedRequests)}`,
    `  pulls sent again   ${result.repeatedPulls}`,
    `  behind (ms)        p50 ${latenessMs.p50}, p99 ${latenessMs.p99}, max ${latenessMs.max}`,
    `  ended by itself    ${endedByItself.running} running, ${endedByItself.starting} while starting`,
    `  all done           ${result.settleSeconds === null ? 'not within the limit' : `${result.settleSeconds} s after the last fault`} (orders and faults for ${result.driveSeconds} s)`,
  ].join('\n')
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) fail(`--${name} is a whole number`)
  return Number(text)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}
