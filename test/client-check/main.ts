import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stopSignals } from '../../src/app/stop-order.ts'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start.ts'
import { runCheck } from './run.ts'
import { startStage } from './stage.ts'
import { isClean, shown } from './verdict.ts'

const HELP = `npm run client-check -- [options]

Starts the service, simulated malls and a proxy that does to a client what the world does. Point your client at the address that
is printed, with the API key that is printed; at the end it says what the client lost, doubled or overwrote, and by which calls.

  --url <address>      where the proxy listens            (http://127.0.0.1:3200)
  --run "<command>"    starts the client, with TORIKOMI_URL and TORIKOMI_API_KEY set, kills it at bad moments, starts it again
  --watch <folder>     where the client writes: it is killed around that as well
  --file <path>        a file with a line for each order that the client has stored (its folder is watched)
  --list "<command>"   a command that prints such lines, as a query of your database
                       (or POST such lines to /client-check/stored at the same address)
  --restore <folder>   all that the client stores (with --run): now and then it is put back to an older copy of itself
  --restores <number>  how often                          (2)
  --kept "<command>"   prints the ids of orders whose buyer's data the client keeps: some are erased meanwhile
  --orders <number>    orders in all                      (500)
  --share <percent>    calls to which something happens   (40)
  --kills <number>     kills of the client                (20)
  --restarts <number>  kills of the service               (3)
  --settle <seconds>   wait for a client that does not come any more (60)
  --seed <number>      draws the faults                   (1)
  --json               the verdict as JSON
  --help

Exit code 0: nothing found. 1: the client is not safe, or a fault met no pull with orders, so that nothing is proven. 2: the check
itself failed. 64: wrong options. See docs/client.md.
`

const OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:3200' },
  run: { type: 'string' },
  watch: { type: 'string' },
  file: { type: 'string' },
  list: { type: 'string' },
  restore: { type: 'string' },
  restores: { type: 'string', default: '2' },
  kept: { type: 'string' },
  orders: { type: 'string', default: '500' },
  share: { type: 'string', default: '40' },
  kills: { type: 'string', default: '20' },
  restarts: { type: 'string', default: '3' },
  settle: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

// All of it is looked at before anything is started that would be left behind.
const values = readOptions()
if (values.help) {
  process.stdout.write(HELP)
  process.exit()
}
const numbers = {
  orders: whole('orders', 1, 100_000),
  seed: whole('seed', 0, 999_999_999),
  share: whole('share', 0, 100) / 100,
  kills: whole('kills', 0, 10_000),
  restarts: whole('restarts', 0, 100),
  restores: whole('restores', 0, 100),
  settleMs: 1_000 * whole('settle', 1, 86_400),
}
const url = URL.canParse(values.url) ? new URL(values.url) : fail('--url is where the proxy is to listen')
if (url.protocol !== 'http:') fail('--url begins with http://')
if (values.watch !== undefined && !existsSync(values.watch)) fail('--watch is a folder that exists')
if (values.restore !== undefined && (!existsSync(values.restore) || values.run === undefined))
  fail('--restore is a folder that exists, of a client that --run starts')
if (values.file !== undefined && !existsSync(dirname(resolve(values.file))))
  fail('--file lies in a folder that exists')
await expectFree(url)

const started = Date.now()
const progress = (text: string): void =>
  void process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)

// Listened for before anything is started that would be left behind.
const { signal } = stopSignals()

const dir = await mkdtemp(join(tmpdir(), 'torikomi-client-check-'))
const quiet = { info: () => undefined, warn: () => undefined }
const postgres = await startEmbeddedPostgres({ dataDir: dir, log: quiet, settings: ['fsync=off'] })
try {
  const stage = await startStage(postgres.url, numbers.seed)
  try {
    const { run, watch, file, list, restore, kept } = values
    const verdict = await runCheck(stage, {
      ...numbers,
      waves: 24,
      url,
      progress,
      run,
      watch,
      file: file && resolve(file),
      list,
      restore,
      kept,
      delayMs: 3_000,
      signal,
    })
    process.stdout.write(values.json ? `${JSON.stringify(verdict)}\n` : `${shown(verdict)}\n`)
    process.exitCode = isClean(verdict) ? 0 : 1
  } finally {
    await stage.close()
  }
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

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    return fail((error as Error).message)
  }
}

function whole(
  name: 'orders' | 'seed' | 'share' | 'restarts' | 'restores' | 'kills' | 'settle',
  least: number,
  most: number,
): number {
  const text = values[name]
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most
    ? number
    : fail(`--${name} is a whole number from ${least} to ${most}`)
}

/** The proxy begins a good while later, when service and malls run. */
async function expectFree({ hostname, port, host }: URL): Promise<void> {
  const server = createServer()
  server.listen(Number(port || 80), hostname)
  try {
    await once(server, 'listening')
  } catch (error) {
    fail(`--url: nothing can listen at ${host} (${(error as NodeJS.ErrnoException).code})`)
  }
  server.close()
  await once(server, 'close')
}

function fail(message: string): never {
  process.stderr.write(`${message}\nnpm run client-check -- --help\n`)
  process.exit(64)
}
