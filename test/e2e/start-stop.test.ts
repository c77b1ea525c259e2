import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

/** `npm start`, `npm run demo` and `npm run sandbox` as a person or a supervisor starts and ends them. */

let checkout: CheckoutCopy
beforeAll(async () => {
  checkout = await copyCheckout()
})
afterAll(() => checkout.remove())

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  npm_config_update_notifier: 'false',
  // The copy's files are compiled once for all that start here.
  NODE_COMPILE_CACHE: join(checkout.folder, 'compiled'),
})
/** The sandbox takes ports up to so far behind its first. */
const SANDBOX_OFFSETS = [0, 1, 2, 3, 4, 43]

async function listen(port: number): Promise<Server | null> {
  const server = createServer()
  const listening = once(server.listen(port, '127.0.0.1'), 'listening')
  return listening.then(
    () => server,
    () => null,
  )
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port)
  if (!server) return false
  server.close()
  await once(server, 'close')
  return true
}

async function freePort(offsets: readonly number[] = [0]): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const free = await Promise.all(offsets.map((offset) => isFree(first + offset)))
    if (free.every(Boolean)) return first
  }
}

interface Npm {
  pid: number
  exit: Promise<unknown[]>
  output(): string
  /** npm's shell or Node, and what these started. */
  family(): number[]
}

function npm(args: string[], cwd = checkout.folder): Npm {
  // In a process group of its own, as a terminal gives it one.
  const child: ChildProcess = spawn('npm', args, {
    cwd,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
  const pid = child.pid as number
  cleanups.push(() => {
    for (const one of [pid, ...familyOf(pid)]) if (isAlive(one)) process.kill(one, 'SIGKILL')
  })
  return { pid, exit: once(child, 'exit'), output: () => output, family: () => familyOf(pid) }
}

function familyOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    pairs.flatMap(([own = 0, ppid]) => (ppid === parent ? [own, ...below(own)] : []))
  return below(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function answers(url: string, { exit, output }: Npm): Promise<void> {
  let ended = false
  void exit.then(() => {
    ended = true
  })
  for (let tries = 0; tries < 1_200; tries++) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    if (ended) break
    await sleep(50)
  }
  throw new Error(`nothing answers at ${url}:\n${output()}`)
}

/** The embedded Postgres is no child of the service: its log names it. */
const postgresOf = (output: string) =>
  [...output.matchAll(/"pid":(\d+),"port":\d+/g)].map((found) => Number(found[1]))

describe.each([
  ['start', ['start']],
  ['demo', ['run', 'demo']],
])('npm %s', (name, args) => {
  test.each(['to npm alone', 'to all of its process group'])(
    'ends when SIGTERM is sent %s',
    async (target) => {
      const port = await freePort()
      const dataDir = join(checkout.folder, `data-${name}`)
      await checkout.writeEnv({ PORT: port, DATA_DIR: dataDir, LOG_LEVEL: 'info', HOST: '127.0.0.1' })
      const running = npm(args)
      await answers(`http://127.0.0.1:${port}/healthz`, running)
      const processes = [...running.family(), ...postgresOf(running.output())]
      expect(processes.length).toBeGreaterThan(1)
      process.kill(target === 'to npm alone' ? running.pid : -running.pid, 'SIGTERM')
      await running.exit
      expect(await isFree(port)).toBe(true)
      expect(processes.filter(isAlive)).toEqual([])
    },
    90_000,
  )
})

test('npm run sandbox ends when SIGTERM is sent to npm', async () => {
  const port = await freePort(SANDBOX_OFFSETS)
  await checkout.writeEnv({ SANDBOX_PORT: port })
  const running = npm(['run', 'sandbox'])
  await answers(`http://127.0.0.1:${port}/setup`, running)
  const processes = running.family()
  expect(processes.length).toBeGreaterThan(0)
  process.kill(running.pid, 'SIGTERM')
  await running.exit
  for (const offset of SANDBOX_OFFSETS) expect(await isFree(port + offset)).toBe(true)
  expect(processes.filter(isAlive)).toEqual([])
})

/** Its database is no child of it either; its folder is the check's own. */
const databasesOfChecks = () =>
  execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('torikomi-client-check-'))
    .map((line) => Number.parseInt(line, 10))

test('npm run client-check ends with all that it started when SIGTERM is sent to npm', async () => {
  const port = await freePort()
  const others = new Set(databasesOfChecks())
  const running = npm(
    ['run', 'client-check', '--', '--url', `http://127.0.0.1:${port}`, '--orders', '20'],
    fileURLToPath(new URL('../../', import.meta.url)),
  )
  await answers(`http://127.0.0.1:${port}/healthz`, running)
  const processes = [...running.family(), ...databasesOfChecks().filter((pid) => !others.has(pid))]
  expect(processes.length).toBeGreaterThan(2)
  process.kill(running.pid, 'SIGTERM')
  await running.exit
  expect(await isFree(port)).toBe(true)
  expect(processes.filter(isAlive)).toEqual([])
}, 90_000)

describe('what a person reads when it cannot start', () => {
  const MAINS = [
    ['src/main.ts', 'Torikomi', 'PORT', [0]],
    ['sandbox/demo/main.ts', 'The demo', 'PORT', [0]],
    ['sandbox/main.ts', 'The sandbox', 'SANDBOX_PORT', SANDBOX_OFFSETS],
  ] as const

  /** From another folder than the checkout's. */
  const run = (main: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(checkout.folder, main)], {
      env: { ...environment(), ...env },
      cwd: tmpdir(),
      encoding: 'utf8',
      timeout: 60_000,
    })

  test.each(MAINS)('%s: the port is taken', async (main, name, setting, offsets) => {
    const port = await freePort(offsets)
    const holder = await listen(port)
    cleanups.push(() => holder?.close())
    await checkout.writeEnv({
      [setting]: port,
      DATA_DIR: join(checkout.folder, 'data-taken'),
      LOG_LEVEL: 'error',
    })
    const { status, stderr, stdout } = run(main)
    expect(stderr).toBe(
      `${name} cannot start: port ${port} of 127.0.0.1 is taken: end the process that holds it, or set ${setting} to another one.\n`,
    )
    expect(status).toBe(1)
    expect(stdout).not.toContain('    at ')
  })

  test.each(MAINS)('%s: a line of .env is wrong', async (main, name) => {
    const file = join(checkout.folder, '.env')
    await writeFile(file, 'LOG_LEVEL=warn\nhunter2\n')
    const { status, stderr, stdout } = run(main)
    expect(stderr).toBe(`${name} cannot start: ${file} line 2 must be NAME=value, a comment or empty.\n`)
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' })
  })

  test('a misspelt setting is told beside what is missing for want of it', async () => {
    await checkout.writeEnv({ NODE_ENV: 'production', DATABSE_URL: 'postgresql://u:hunter2@h/d', MY_NOTE: 1 })
    const { status, stderr } = run('src/main.ts')
    expect(stderr).toContain('  DATABASE_URL is required in production')
    expect(stderr).toContain('  DATABSE_URL is no setting and is ignored: did you mean DATABASE_URL?')
    expect(stderr).toContain('  MY_NOTE in .env is no setting and is ignored')
    expect(stderr).not.toContain('hunter2')
    expect(status).toBe(78)
  })

  test('a misspelt setting is told in the log before anything is opened', async () => {
    await checkout.writeEnv({
      DATABASE_URL: 'postgresql://127.0.0.1:1/none',
      START_PATIENCE_SECONDS: 0,
      LOG_LEVEL: 'warn',
      SWEEP_INTERVAL_SECOND: 'hunter2',
    })
    const { stdout, stderr } = run('src/main.ts', { RAKUTEN_REQUEST_PER_SECOND: 'hunter2' })
    const lines = stdout.split('\n').filter((line) => line.includes('is no setting'))
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'warn',
        setting: 'SWEEP_INTERVAL_SECONDS',
        msg: expect.stringContaining('SWEEP_INTERVAL_SECOND is'),
      },
      { level: 'warn', setting: 'RAKUTEN_REQUESTS_PER_SECOND' },
    ])
    expect(stdout + stderr).not.toContain('hunter2')
  })

  test.each(MAINS)('%s: a setting of .env is wrong', async (main, name, setting) => {
    await checkout.writeEnv({ [setting]: 'seventy' })
    const { status, stderr } = run(main)
    expect(stderr).toMatch(
      new RegExp(`^${name} cannot start: ${setting} must be a whole number[^\\n]*\\.\\n$`),
    )
    expect(status).toBe(78)
  })
})

// The checkout once more, for what goes by files beside package.json: the .env of whoever runs the tests is
// not in it.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COPIED = ['package.json', 'src', 'sandbox', 'prisma']

interface CheckoutCopy {
  folder: string
  writeEnv(lines: Record<string, string | number>): Promise<void>
  remove(): Promise<void>
}

async function copyCheckout(): Promise<CheckoutCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-checkout-'))
  const without = (path: string) => !path.includes('node_modules')
  for (const name of COPIED)
    await cp(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => without(path.slice(ROOT.length)),
    })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    writeEnv: (lines) =>
      writeFile(
        join(folder, '.env'),
        Object.entries(lines)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
