import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { dovecotMissing } from '../support/mail/dovecot.ts'
import { redisMissing } from '../support/redis.ts'
import { runSoak, type SoakResult } from './soak.ts'
import { drawSvg } from './svg.ts'
import { type Level, levelOf, type Series, type Trend, trendOf } from './trend.ts'

/**
 * `npm run soak -- [--minutes M] [--rate R] [--engine postgres|redis] [--sweep S] [--hostile]
 * [--imap dovecot|sandbox] [--svg FILE] [--json]`: orders at a steady rate, with `--hostile` among mails that
 * strangers wrote, and whether what the service holds stays level. docs/reliability.md says how to read it.
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
    svg: { type: 'string' },
    /** Where the history is written, which the verdict is made from. */
    history: { type: 'string', default: '.data/chaos/soak.jsonl' },
    json: { type: 'boolean', default: false },
  },
})

const engine = values.engine
if (engine !== 'postgres' && engine !== 'redis') fail('--engine is postgres or redis')
if (engine === 'redis' && redisMissing !== null) fail(`--engine redis: ${redisMissing}`)

const { imap, hostile } = values
if (imap !== 'dovecot' && imap !== 'sandbox') fail('--imap is dovecot or sandbox')
if (imap === 'dovecot' && dovecotMissing() !== null) fail(`--imap dovecot: ${dovecotMissing()}`)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

try {
  const result = await runSoak({
    engine,
    imap,
    hostile,
    progress,
    signal: stopping.signal,
    sweepSeconds: positive('sweep', values.sweep),
    historyFile: values.history,
    minutes: positive('minutes', values.minutes),
    rate: positive('rate', values.rate),
  })
  const trends = result.series.map((series) => judge(series))
  const growing = trends.filter(({ judged, grows }) => judged && grows)
  for (const finding of result.findings) progress(finding)
  if (values.svg)
    await writeFile(values.svg, drawSvg(`${result.rate} orders/s, queue on ${engine}`, result.series))
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...result, growing: growing.length, series: trends })}\n`
      : `${shown(result, trends)}\n`,
  )
  const { lost, duplicated, stuck, endedByItself } = result
  process.exitCode = lost + duplicated + stuck + endedByItself.running + growing.length === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 2
}
process.exit()

interface Judged extends Series {
  trend: Trend
  /** Of resident memory, which is judged by it: its trend of minutes is the collector's. */
  level: Level | null
  grows: boolean
}

function judge(series: Series): Judged {
  const trend = trendOf(series.points)
  const level = series.measure === 'resident memory' ? levelOf(series.points) : null
  return { ...series, trend, level, grows: level ? !level.holds : trend.grows }
}

function shown(result: SoakResult, trends: Judged[]): string {
  const number = (value: number) => value.toFixed(Math.abs(value) < 100 ? 1 : 0)
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  const head = ['orders', 'staged', 'pulled', 'changes', 'lost', 'duplicated', 'late', 'stuck'] as const
  return [
    table([...head], [head.map((name) => String(result[name]))]),
    '',
    table(
      ['', 'of', 'mean', 'least', 'most', 'in 30 min', ''],
      trends.map(({ measure, of, unit, judged, trend, grows }) => [
        ...[unit ? `${measure}, ${unit}` : measure, of],
        ...[trend.mean, trend.least, trend.most, trend.perHalfHour].map(number),
        judged ? (grows ? 'GROWS' : 'level') : '',
      ]),
    ),
    '',
    table(
      ['resident memory when warm, MB', 'first 10 min', 'highest 10 min', 'hours', 'within a tenth'],
      trends.flatMap(({ of, level }) =>
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
    `  event streams      ${result.eventStreams} opened`,
    `  ended by itself    ${result.endedByItself.running} running, ${result.endedByItself.starting} while starting`,
    `  looks              ${result.samples}, ${result.missed} answers missing`,
    `  all done           ${result.settleSeconds === null ? 'not within the limit' : `${result.settleSeconds} s after the last order`}`,
  ].join('\n')
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) fail(`--${name} is a number above 0`)
  return value
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}
