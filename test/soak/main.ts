import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { readHistory } from '../chaos/history.ts'
import { dovecotMissing } from '../support/mail/dovecot.ts'
import { redisMissing } from '../support/redis.ts'
import { runSoak } from './soak.ts'
import { drawSvg } from './svg.ts'
import { judgeSoak, type SoakResult, wrongIn } from './verdict.ts'

/**
 * `npm run soak -- [--minutes M] [--rate R] [--engine postgres|redis] [--sweep S] [--hostile] [--days D]
 * [--tenants T] [--shops N] [--imap dovecot|sandbox] [--svg FILE] [--json]`: orders at a steady rate, with
 * `--hostile` among mails that strangers wrote, with `--days` in the course of so many days, and whether what
 * the service holds stays level. `--from FILE` judges a history again, also one that broke off.
 * docs/reliability.md says how to read it.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '20' },
    engine: { type: 'string', default: redisMissing === null ? 'redis' : 'postgres' },
    imap: { type: 'string', default: dovecotMissing() === null ? 'dovecot' : 'sandbox' },
    /** SWEEP_INTERVAL_SECONDS; the service's own default. */
    sweep: { type: 'string', default: '300' },
    hostile: { type: 'boolean', default: false },
    /** Days that the time stands for, each with a sale and quiet hours, and a backup and an update in it. */
    days: { type: 'string', default: '0' },
    tenants: { type: 'string', default: '1' },
    /** Of all tenants and malls. */
    shops: { type: 'string' },
    svg: { type: 'string' },
    /** Where the history is written, which the verdict is made from. */
    history: { type: 'string', default: '.data/chaos/soak.jsonl' },
    /** A history that is judged, in place of a run. */
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const engine = values.engine
if (engine !== 'postgres' && engine !== 'redis') fail('--engine is postgres or redis')
if (engine === 'redis' && redisMissing !== null) fail(`--engine redis: ${redisMissing}`)

const { imap, hostile } = values
if (imap !== 'dovecot' && imap !== 'sandbox') fail('--imap is dovecot or sandbox')
if (imap === 'dovecot' && dovecotMissing() !== null) fail(`--imap dovecot: ${dovecotMissing()}`)

const tenants = whole('tenants', values.tenants)
const shops = whole('shops', values.shops ?? String(tenants * SIMULATED_MALLS.length))
const perMall = shops / tenants / SIMULATED_MALLS.length
if (!Number.isInteger(perMall)) fail('--shops is a multiple of the tenants and of the five malls')

// The first signal ends the orders, and what came is judged; the second one ends the run.
const [ending, stopping] = [new AbortController(), new AbortController()]
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    const first = ending.signal.aborted ? stopping : ending
    first.abort(new Error(`stopped by ${signal}`))
  })

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

try {
  if (values.from === undefined)
    await runSoak({
      engine,
      imap,
      hostile,
      tenants,
      progress,
      shops: perMall,
      ending: ending.signal,
      signal: stopping.signal,
      days: whole('days', values.days),
      sweepSeconds: positive('sweep', values.sweep),
      historyFile: values.history,
      minutes: positive('minutes', values.minutes),
      rate: positive('rate', values.rate),
    })
  const result = judgeSoak(await readHistory(values.from ?? values.history))
  for (const finding of result.findings) progress(finding)
  if (values.svg)
    await writeFile(
      values.svg,
      drawSvg(`${result.rate} orders/s, queue on ${result.engine}`, result.series, result.steps),
    )
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${shown(result)}\n`)
  process.exitCode = wrongIn(result) === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 2
}
process.exit()

function shown(result: SoakResult): string {
  const number = (value: number) => value.toFixed(Math.abs(value) < 100 ? 1 : 0)
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  const head = ['orders', 'staged', 'pulled', 'changes', 'lost', 'duplicated', 'late', 'stuck'] as const
  return [
    ...(result.whole
      ? []
      : ['The run broke off: changes and the last quarter of an hour are not judged.', '']),
    table([...head], [head.map((name) => String(result[name]))]),
    '',
    table(
      ['', 'of', 'mean', 'least', 'most', 'in 30 min', ''],
      result.series.map(({ measure, of, unit, judged, trend, grows }) => [
        ...[unit ? `${measure}, ${unit}` : measure, of],
        ...[trend.mean, trend.least, trend.most, trend.perHalfHour].map(number),
        judged ? (grows ? 'GROWS' : 'level') : '',
      ]),
    ),
    '',
    table(
      ['resident memory when warm, MB', 'first stretch', 'highest', 'hours', 'within a tenth'],
      result.series.flatMap(({ of, level }) =>
        level
          ? [[of, ...[level.first, level.highest, level.hours].map(number), level.holds ? 'yes' : 'NO']]
          : [],
      ),
    ),
    '',
    table(
      ['staged after, s', 'p50', 'p99', 'max', 'p50 of 2nd half', 'p99', 'max'],
      Object.entries(result.lateness).map(([name, halves]) => [
        name,
        ...halves.flatMap(({ p50, p99, max }) => [seconds(p50), seconds(p99), seconds(max)]),
      ]),
    ),
    '',
    table(
      ['largest tables at the end', 'rows', 'MB', 'bytes an order'],
      result.tables.map(({ name, rows, mb }) => [
        ...[name, String(rows), number(mb)],
        ((mb * 1024 * 1024) / result.orders).toFixed(0),
      ]),
    ),
    '',
    `  changes ended      ${JSON.stringify(result.changeStates)}`,
    `  failed requests    ${JSON.stringify(result.failedRequests)}`,
    ...(result.hostile ? [`  hostile            ${JSON.stringify(result.faults)}`] : []),
    ...result.steps.map(
      ({ name, at, seconds, why }) =>
        `  ${name.padEnd(18)} after ${(at / 60).toFixed(0)} min, ${why ?? `took ${seconds} s`}`,
    ),
    `  event streams      ${result.eventStreams ?? 'unknown'} opened`,
    `  ended by itself    ${result.endedByItself.running} running, ${result.endedByItself.starting} while starting`,
    `  looks              ${result.looks}, ${result.missed} answers missing`,
    `  all done           ${result.settleSeconds === null ? 'not within the limit' : `${result.settleSeconds} s after the last order`}`,
  ].join('\n')
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) fail(`--${name} is a number above 0`)
  return value
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) fail(`--${name} is a whole number`)
  return Number(text)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}
