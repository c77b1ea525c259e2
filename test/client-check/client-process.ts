import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { seeded } from '../../sandbox/kit/seeded.ts'
import type { TracedCall } from './ledger.ts'

/** The client that is checked, as a process that is killed at bad moments and started again whenever it ends. */

export interface ClientProcess {
  onCall(call: TracedCall): void
  kills(): number
  /** No more kills. */
  calm(): void
  stop(): Promise<void>
}

const AGAIN_AFTER_MS = 200
const STOP_WITHIN_MS = 10_000

export function startClient(
  command: string,
  environment: Record<string, string>,
  options: { seed: number; kills: number; progress(text: string): void; onStart(): void },
): ClientProcess {
  const dice = seeded(options.seed, -22)
  let left = options.kills
  let killed = 0
  let stopping = false
  let child = start()

  function start(): ChildProcess {
    options.onStart()
    // In a group of its own, so that what the shell has started ends as well.
    const started = spawn('sh', ['-c', command], {
      env: { ...process.env, ...environment },
      ...{ stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    })
    started.stderr?.on('data', (chunk: Buffer) => options.progress(chunk.toString('utf8').trimEnd()))
    started.once('exit', () => {
      setTimeout(() => {
        if (!stopping) child = start()
      }, AGAIN_AFTER_MS)
    })
    return started
  }

  /** Around the answers of pulls that brought orders, since there it is that orders are lost and doubled. */
  function onCall({ orders, told }: TracedCall): void {
    if (left === 0 || orders.length === 0 || told === null || !dice.chance(0.5)) return
    left -= 1
    const victim = child
    setTimeout(
      () => {
        if (victim.exitCode !== null || victim.signalCode !== null || stopping) return
        killed += 1
        signal(victim, 'SIGKILL')
      },
      dice.int(0, 60),
    )
  }

  return {
    onCall,
    kills: () => killed,
    calm() {
      left = 0
    },
    async stop() {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      signal(child, 'SIGTERM')
      const patience = setTimeout(() => signal(child, 'SIGKILL'), STOP_WITHIN_MS)
      await exit
      clearTimeout(patience)
    },
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  } catch {
    // It has just ended.
  }
}
