import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopSignals } from '../../src/app/stop-signal.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start.ts'
import { isClean, shown } from './ledger.ts'
import { runCheck } from './run.ts'

/**
 * `npm run client-check -- --url http://127.0.0.1:3200 [--orders N] [--run "<client>"] [--file F | --list "<command>"]`:
 * point a client at the address, and learn whether it lost or doubled an order. docs/client.md says how to use it.
 */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3200' },
    orders: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    /** Percent of the calls. */
    share: { type: 'string', default: '40' },
    restarts: { type: 'string', default: '3' },
    kills: { type: 'string', default: '20' },
    /** Seconds for a client that does not come any more. */
    settle: { type: 'string', default: '60' },
    run: { type: 'string' },
    file: { type: 'string' },
    list: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

const url = URL.canParse(values.url) ? new URL(values.url) : fail('--url is where the proxy is to listen')
if (url.protocol !== 'http:') fail('--url begins with http://')

// Listened for before anything is started that would be left behind.
const { signal } = stopSignals()

const dir = await mkdtemp(join(tmpdir(), 'torikomi-client-check-'))
const quiet = { info: () => undefined, warn: () => undefined }
const postgres = await startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: ['fsync=off'] })
try {
  const { verdict, ledger } = await runCheck({
    ...{ databaseUrl: postgres.url, url, progress, run: values.run, file: values.file, list: values.list },
    ...{ orders: whole('orders'), seed: whole('seed'), share: whole('share') / 100, delayMs: 3_000 },
    signal,
    ...{ restarts: whole('restarts'), kills: whole('kills'), settleMs: 1_000 * whole('settle') },
  })
  process.stdout.write(values.json ? `${JSON.stringify(verdict)}\n` : `${shown(verdict, ledger)}\n`)
  process.exitCode = isClean(verdict) ? 0 : 1
} catch (error) {
  const { message, stack } = error as Error
  process.stderr.write(
    `${signal.aborted ? message.replace(' while it was starting', ': ended before the verdict') : stack}\n`,
  )
  process.exitCode = 2
} finally {
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
}
process.exit()

function whole(name: 'orders' | 'seed' | 'share' | 'restarts' | 'kills' | 'settle'): number {
  const text = values[name]
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`--${name} is a whole number`)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}
