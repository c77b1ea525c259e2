import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PROCESS_NAMES, type ProcessName } from './plan.ts'

/**
 * The service as several processes under a supervisor, as an operator runs it: what ends is started again.
 */

const MEMBER = fileURLToPath(new URL('./member.ts', import.meta.url))
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
const AGAIN_AFTER_MS = 1_000
/** On a machine with much other work a start alone takes minutes. */
const READY_WITHIN_MS = 600_000
const STOP_WITHIN_MS = 20_000
const READY = /ready\b.*?http:\/\/127\.0\.0\.1:\d+/i

export interface Fleet {
  /** kill -9, and a new start after `downMs`. */
  kill(name: ProcessName, downMs: number): Promise<void>
  /** SIGTERM, and a new start, as a rolling update does it; resolves when the new one is ready. */
  replace(name: ProcessName): Promise<void>
  allReady(): Promise<void>
  /**
   * Sets the wall clocks of these processes so far from the true time, also of those that start later; 0:
   * right again.
   */
  stepClock(names: readonly ProcessName[], offsetMs: number): void
  /** SIGSTOP, and SIGCONT after so long. */
  freeze(name: ProcessName, forMs: number): Promise<void>
  /** While true no process can resolve a name. */
  loseNames(lost: boolean): void
  /** Of the processes that run now. */
  pids(): Partial<Record<ProcessName, number>>
  /** How often a process ended that nobody had killed: before and after it was ready. */
  endedByItself: { starting: number; running: number }
  stop(): Promise<void>
}

export interface FleetOptions {
  environment: Record<string, string>
  /** Further ones of a role. */
  environmentOf?(role: string): Record<string, string>
  apiPort: number
  /** Each process writes a log of its own here. */
  logDir: string
  progress(text: string): void
}

interface Member {
  child: ChildProcess | null
  killed: boolean
  ready: PromiseWithResolvers<void>
  /** The last that it wrote. */
  said: string
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const endedByItself = { starting: 0, running: 0 }
  const members = new Map<ProcessName, Member>()
  const clockOffsets = new Map<ProcessName, number>()
  let stopping = false

  function start(name: ProcessName): void {
    if (stopping) return
    const member: Member = { child: null, killed: false, ready: Promise.withResolvers(), said: '' }
    members.set(name, member)
    let isReady = false
    const child = run(name, options, clockOffsets.get(name) ?? 0, (text) => {
      member.said = (member.said + text).slice(-4_000)
      if (isReady || !READY.test(member.said)) return
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
      setTimeout(() => startAfter(name, member), AGAIN_AFTER_MS)
    })
  }

  /** A fault may have started the process meanwhile: a second one would wait for its port for ever. */
  function startAfter(name: ProcessName, ended: Member): void {
    if (members.get(name) === ended) start(name)
  }

  const ready = async (name: ProcessName): Promise<void> => {
    const end = Date.now() + READY_WITHIN_MS
    for (;;) {
      const member = members.get(name) as Member
      const came = await Promise.race([member.ready.promise.then(() => true), sleep(500, false)])
      if (came && members.get(name) === member && isAlive(member.child)) return
      if (Date.now() > end)
        throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s: ${member.said}`)
    }
  }

  const allReady = async () => void (await Promise.all(PROCESS_NAMES.map(ready)))
  const stop = async () => {
    stopping = true
    await Promise.all([...members.values()].map(({ child }) => end(child, 'SIGTERM')))
  }
  try {
    // The first one brings the schema up to date; the others start together.
    start('api')
    await ready('api')
    for (const name of PROCESS_NAMES.slice(1)) start(name)
    await allReady()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    endedByItself,
    allReady,
    stop,
    async kill(name, downMs) {
      const member = members.get(name) as Member
      member.killed = true
      await end(member.child, 'SIGKILL')
      await sleep(downMs)
      startAfter(name, member)
    },
    async replace(name) {
      const member = members.get(name) as Member
      member.killed = true
      await end(member.child, 'SIGTERM')
      startAfter(name, member)
      await ready(name)
    },
    async freeze(name, forMs) {
      const child = members.get(name)?.child ?? null
      if (!isAlive(child)) return
      child.kill('SIGSTOP')
      await sleep(forMs)
      child.kill('SIGCONT')
    },
    loseNames(lost) {
      for (const { child } of members.values())
        if (isAlive(child) && child.connected) child.send({ namesLost: lost }, () => undefined)
    },
    stepClock(names, offsetMs) {
      for (const name of names) {
        clockOffsets.set(name, offsetMs)
        const child = members.get(name)?.child ?? null
        if (isAlive(child) && child.connected) child.send({ clockOffsetMs: offsetMs }, () => undefined)
      }
    },
    pids: () =>
      Object.fromEntries(
        [...members].flatMap(([name, { child }]) => (isAlive(child) ? [[name, child.pid]] : [])),
      ),
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
  { environment, environmentOf, apiPort, logDir }: FleetOptions,
  clockOffsetMs: number,
  onText: (text: string) => void,
): ChildProcess {
  const child = spawn(process.execPath, [MEMBER], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      // As `npm start` has it.
      NODE_COMPILE_CACHE: COMPILED,
      ...environment,
      ...environmentOf?.(name.split('-')[0] as string),
      ROLES: name.split('-')[0],
      PORT: name === 'api' ? String(apiPort) : '0',
      CHAOS_CLOCK_OFFSET_MS: String(clockOffsetMs),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const log = createWriteStream(join(logDir, `${name}.log`), { flags: 'a' })
  const keep = (chunk: Buffer) => {
    log.write(chunk)
    onText(chunk.toString('utf8'))
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  child.once('close', () => log.end())
  return child
}
