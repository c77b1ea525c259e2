import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { parseArgs } from 'node:util'
import { startFailure } from '../src/app/start-failure.ts'
import { stopSignals } from '../src/app/stop-order.ts'
import { ConfigError, type Environment } from '../src/config/load.ts'
import { withEnvFile } from '../src/config/read.ts'
import { cannotListen } from '../src/platform/errors.ts'
import { systemRandom } from '../src/platform/random.ts'
import { setup, startDesk } from './desk.ts'
import { type Keep, keepNothing, openKeptFile } from './kit/keep.ts'
import { SIMULATED_MALLS } from './malls/index.ts'
import { startSandbox } from './sandbox.ts'

/**
 * `npm run sandbox`: the simulated malls and their mail server alone, on fixed ports, for a service started
 * by hand. With SANDBOX_PORT, the desk's port, the others move along with it; with SANDBOX_HOST, the name
 * that others know this container by, they are reached from outside it too. With SANDBOX_KEEP, a file, what
 * they hold outlives a stop.
 */

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const DESK_PORT = 4100
/** How far behind the desk's port the others are. */
const OFFSETS = { ...Object.fromEntries(SIMULATED_MALLS.map((mall, at) => [mall, at + 1])), imap: 43 }
const LAST_DESK_PORT = 65_535 - OFFSETS.imap

async function main(): Promise<void> {
  const wish = readArguments(process.argv.slice(2))
  if (wish.help) return print(HELP)
  const env = withEnvFile(process.env)
  const host = env.SANDBOX_HOST || '127.0.0.1'
  const stopped = stopSignals()
  const file = wish.keep || env.SANDBOX_KEEP
  const kept = file
    ? await openKeptFile(file, `seed ${wish.seed} and ${wish.shops} shops of each mall`)
    : null
  const running = await start(wish.port ?? deskPort(env), host, wish, kept?.keep ?? keepNothing)
  await kept?.save()
  const ports = [running.desk, ...Object.values(running.sandbox.malls)].map(({ url }) =>
    Number(new URL(url).port),
  )
  const exposed = env.SANDBOX_HOST ? await expose([...ports, running.sandbox.mailbox.port]) : null
  tell(running, host)
  const saving = setInterval(() => void kept?.save().catch(notSaved), SAVE_EVERY_MS)
  await stopped.first
  clearInterval(saving)
  await Promise.all([exposed?.close(), running.desk.close(), running.sandbox.close()])
  await kept?.save()
}

/** A killed process loses so much at most. */
const SAVE_EVERY_MS = 30_000
const notSaved = (error: Error): void =>
  void process.stderr.write(`The state is not saved: ${error.message}\n`)

const HELP = `npm run sandbox -- [--port 4100] [--seed 1] [--shops 1] [--keep FILE]

  --port   port of the desk (default 4100, or SANDBOX_PORT); the malls follow at +1 to +5, the mail server at +43
  --seed   the same seed makes the same shops, keys and orders (default 1)
  --shops  shops of each mall (default 1)
  --keep   file that keeps orders, mails, keys and clocks over a stop (default SANDBOX_KEEP, or none)
  --help   this text

All control calls are listed at GET / of the desk, and described at its GET /openapi.json.`

interface Wish {
  help: boolean
  port?: number
  seed: number
  shops: number
  /** Empty: SANDBOX_KEEP's. */
  keep: string
}

const MOST_SHOPS = 1_000

function readArguments(args: string[]): Wish {
  const text = { type: 'string' } as const
  const { values } = parse(args)
  function parse(given: string[]) {
    try {
      return parseArgs({
        args: given,
        options: { help: { type: 'boolean' }, port: text, seed: text, shops: text, keep: text },
      })
    } catch (error) {
      throw new ConfigError([`${error instanceof Error ? error.message : error}; see --help`])
    }
  }
  return {
    help: values.help ?? false,
    ...(values.port === undefined ? {} : { port: wholeNumber('--port', values.port, LAST_DESK_PORT) }),
    seed: wholeNumber('--seed', values.seed ?? '1', 1_000_000),
    keep: values.keep ?? '',
    shops: wholeNumber('--shops', values.shops ?? '1', MOST_SHOPS),
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most) throw new ConfigError([`${name} must be a whole number from 1 to ${most}`])
  return number
}

function deskPort({ SANDBOX_PORT: text }: Environment): number {
  if (!text?.trim()) return DESK_PORT
  return wholeNumber('SANDBOX_PORT', text, LAST_DESK_PORT)
}

type Running = Awaited<ReturnType<typeof start>>

async function start(first: number, host: string, { seed, shops }: Wish, keep: Keep) {
  try {
    const sandbox = await startSandbox({
      ports: Object.fromEntries(Object.entries(OFFSETS).map(([name, offset]) => [name, first + offset])),
      seed,
      shops,
      keep,
      random: systemRandom,
    })
    return { sandbox, desk: await startDesk(sandbox, first, host, keep) }
  } catch (error) {
    const port = error instanceof Error && 'port' in error ? Number(error.port) : first
    throw cannotListen(error, { host: '127.0.0.1', port, setting: 'SANDBOX_PORT' })
  }
}

function tell({ sandbox, desk }: Running, host: string): void {
  const { environment, mailbox, shops } = setup(sandbox, host)
  print('The sandbox is up. Start the service against it with:\n')
  for (const [name, value] of Object.entries(environment)) print(`  export ${name}=${value}`)
  print('  npm start\n')
  print(
    `Mailbox  ${mailbox.host}:${mailbox.port} (security: plain)  ${mailbox.username}  ${mailbox.password}`,
  )
  for (const { marketplace, code, credentials } of shops) {
    print(`${marketplace.padEnd(8)} ${code}  credentials ${JSON.stringify(credentials)}`)
    print(
      `         place an order: curl -X POST ${desk.url}/${marketplace}/orders -H 'content-type: application/json' -d '{"count":1}'`,
    )
  }
  print(
    `All control calls: curl ${desk.url}/; the same as above as JSON: curl ${desk.url}/setup; what arrived in the mailbox: curl ${desk.url}/mailbox`,
  )
}

try {
  await main()
  process.exit(0)
} catch (error) {
  const { message, exitCode } = startFailure(error)
  process.stderr.write(`The sandbox cannot start: ${message}\n`)
  process.exit(exitCode)
}

/**
 * Carries the given ports of 127.0.0.1 to this machine's other IPv4 addresses. For a container, whose
 * addresses only its network knows: the simulators themselves stay on 127.0.0.1 wherever they run.
 */
async function expose(ports: readonly number[]): Promise<{ close(): Promise<void> }> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  const closing = await Promise.all(
    addresses.flatMap(({ address }) => ports.map((port) => carry(address, port))),
  )
  return { close: async () => void (await Promise.all(closing.map((close) => close()))) }
}

async function carry(address: string, port: number): Promise<() => Promise<void>> {
  const open = new Set<() => void>()
  const server = createServer((outside) => {
    const inside = connect(port, '127.0.0.1')
    const end = () => {
      outside.destroy()
      inside.destroy()
      open.delete(end)
    }
    open.add(end)
    for (const socket of [outside, inside]) socket.setNoDelay(true).on('error', end).on('close', end)
    outside.pipe(inside).pipe(outside)
  })
  server.listen(port, address)
  await once(server, 'listening')
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const end of open) end()
    await closed
  }
}
