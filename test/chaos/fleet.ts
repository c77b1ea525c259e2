import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PROCESS_NAMES, type ProcessName } from './plan.ts'

/** The service as several processes under a supervisor, as an operator runs it: what ends is started again. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const AGAIN_AFTER_MS = 1_000
const READY_WITHIN_MS = 120_000
const STOP_WITHIN_MS = 20_000

export interface Fleet {
  /** kill -9, and a new start after `downMs`. */
  kill(name: ProcessName, downMs: number): Promise<void>
  allReady(): Promise<void>
  /** How often a process ended that nobody had killed: before and after it was ready. */
  endedByItself: { starting: number; running: number }
  stop(): Promise<void>
}

export interface FleetOptions {
  environment: Record<string, string>
  apiPort: number
  /** Each process writes a log of its own here. */
  logDir: string
  progress(text: string): void
}

interface Member {
  child: ChildProcess | null
  killed: boolean
  ready: PromiseWithResolvers<void>
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const endedByItself = { starting: 0, running: 0 }
  const members = new Map<ProcessName, Member>()
  let stopping = false

  function start(name: ProcessName): void {
    if (stopping) return
    const member: Member = { child: null, killed: false, ready: Promise.withResolvers() }
    members.set(name, member)
    let isReady = false
    const child = run(name, options, () => {
      isReady = true
      member.ready.resolve()
    })
    member.child = child
    child.once('exit', (code, signal) => {
      if (member.killed || stopping) return
      endedByItself[isReady ? 'running' : 'starting'] += 1
      options.progress(
        `${name} ended by itself (${code ?? signal}), ${isReady ? 'running' : 'while starting'}`,
      )
      setTimeout(() => start(name), AGAIN_AFTER_MS)
    })
  }

  const ready = async (name: ProcessName): Promise<void> => {
    const end = Date.now() + READY_WITHIN_MS
    for (;;) {
      const member = members.get(name) as Member
      const came = await Promise.race([member.ready.promise.then(() => true), sleep(500, false)])
      if (came && members.get(name) === member && isAlive(member.child)) return
      if (Date.now() > end) throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s`)
    }
  }

  // The first one brings the schema up to date; the others start together.
  start('api')
  await ready('api')
  for (const name of PROCESS_NAMES.slice(1)) start(name)
  const allReady = async () => void (await Promise.all(PROCESS_NAMES.map(ready)))
  await allReady()
  return {
    endedByItself,
    allReady,
    async kill(name, downMs) {
      const member = members.get(name) as Member
      member.killed = true
      await end(member.child, 'SIGKILL')
      await sleep(downMs)
      start(name)
    },
    async stop() {
      stopping = true
      await Promise.all([...members.values()].map(({ child }) => end(child, 'SIGTERM')))
    },
  }
}

const isAlive = (child: ChildProcess | null): child is ChildProcess =>
  child !== null && child.exitCode === null && child.signalCode === null

async function end(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(child)) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exit
  clearTimeout(patience)
}

function run(
  name: ProcessName,
  { environment, apiPort, logDir }: FleetOptions,
  onReady: () => void,
): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...environment,
      ROLES: name.split('-')[0],
      PORT: name === 'api' ? String(apiPort) : '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(join(logDir, `${name}.log`), { flags: 'a' })
  let head = ''
  const keep = (chunk: Buffer) => {
    log.write(chunk)
    head = (head + chunk.toString('utf8')).slice(-4_000)
    if (/ready\b.*?http:\/\/127\.0\.0\.1:\d+/i.test(head)) onReady()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.once('close', () => log.end())
  return child
}
