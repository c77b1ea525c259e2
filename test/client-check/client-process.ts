import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import type { Kill } from './ledger.ts'

/**
 * The client that is checked, as a process that is killed at bad moments and started again whenever it ends.
 */

/** What a client does that may have a gap behind it: a call, its answer, a file or a row that is written. */
const MOMENTS = { call: 0.1, answer: 0.5, write: 0.2 } as const
type Moment = keyof typeof MOMENTS

export interface ClientProcess {
  /** The client has just done this. */
  did(moment: Moment, what: string): void
  /** No more kills. */
  calm(): void
  stop(): Promise<void>
}

interface ClientOptions {
  seed: number
  kills: number
  /** Folders in which the client writes. */
  watch: readonly string[]
  progress(text: string): void
  onStart(): void
  onKill(kill: Omit<Kill, 'at'>): void
  /** It has ended, and is not started before this has. */
  onDown(): Promise<void>
}

const AGAIN_AFTER_MS = 200
const STOP_WITHIN_MS = 10_000

export function startClient(
  command: string,
  environment: Record<string, string>,
  options: ClientOptions,
): ClientProcess {
  const dice = seeded(options.seed, -22)
  let left = options.kills
  let isDue = false
  let stopping = false
  let child = start()
  const watchers = options.watch.map((folder) => watchWrites(folder, (what) => did('write', what)))

  function start(): ChildProcess {
    options.onStart()
    // In a group of its own, so that what the shell has started ends as well.
    const started = spawn('sh', ['-c', command], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    started.stderr?.on('data', (chunk: Buffer) => options.progress(chunk.toString('utf8').trimEnd()))
    started.once('exit', async () => {
      await sleep(AGAIN_AFTER_MS)
      if (stopping) return
      await options.onDown()
      if (!stopping) child = start()
    })
    return started
  }

  function did(moment: Moment, what: string): void {
    if (left === 0 || isDue || stopping || !dice.chance(MOMENTS[moment])) return
    left -= 1
    isDue = true
    const victim = child
    const ms = delayOf(dice)
    setTimeout(() => {
      isDue = false
      if (victim.exitCode !== null || victim.signalCode !== null || stopping) return
      options.onKill({ why: `${(ms / 1_000).toFixed(2)} s after ${what}` })
      signal(victim, 'SIGKILL')
    }, ms)
  }

  return {
    did,
    calm() {
      left = 0
    },
    async stop() {
      stopping = true
      for (const watcher of watchers) watcher.close()
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      signal(child, 'SIGTERM')
      const patience = setTimeout(() => signal(child, 'SIGKILL'), STOP_WITHIN_MS)
      await exit
      clearTimeout(patience)
    },
  }
}

/**
 * Between two lines of a program lie milliseconds, between a commit and what a person's timer does behind it
 * up to seconds.
 */
function delayOf(dice: Seeded): number {
  const length = dice.float()
  if (length < 0.5) return dice.int(0, 60)
  return length < 0.85 ? dice.int(60, 500) : dice.int(500, 3_000)
}

function watchWrites(folder: string, onWrite: (what: string) => void): FSWatcher {
  const watcher = watch(folder, { recursive: true }, (_event, file) =>
    onWrite(`it wrote ${file ?? 'a file'}`),
  )
  // A folder inside that is gone again while it is looked at.
  watcher.on('error', () => undefined)
  return watcher
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  } catch {
    // It has just ended.
  }
}
