import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Environment } from '../../../src/config/load.ts'
import { SETTINGS } from '../../../src/config/schema.ts'
import { runOps } from '../../../src/ops/commands.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { systemRandom } from '../../../src/platform/random.ts'

/**
 * The service as a process of its own, started like `npm start` does, so that a test can end it with kill -9.
 */

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

export interface RunningService {
  url: string
  pid: number
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
  /** SIGTERM, and waits; the exit code. */
  stop(): Promise<number | null>
  /** Settles once it is gone, however that came. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Everything it wrote so far. */
  output(): string
}

/** `main`: what starts it in another way. */
export async function startService(
  environment: Record<string, string>,
  main = MAIN,
): Promise<RunningService> {
  const child = spawn(process.execPath, [main], {
    env: {
      ...noEnvFile(),
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8')
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const url = await ready(child, () => output)
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    }
    return child.exitCode
  }
  return {
    url,
    pid: child.pid as number,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    ended,
    output: () => output,
  }
}

function ready(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The service was not ready within 90 s:\n${output()}`))
    }, 90_000)
    const look = () => {
      const found = /ready\b.*?(http:\/\/127\.0\.0\.1:\d+)/i.exec(output())
      if (!found?.[1]) return
      clearTimeout(limit)
      resolve(found[1])
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      reject(new Error(`The service ended (${code ?? signal}) before it was ready:\n${output()}`))
    })
  })
}

/**
 * Every setting as an empty variable, which holds against the .env that a developer's checkout may have; and
 * where Node.js keeps what it has compiled, if this process has such a place (vitest.config.ts).
 */
export const noEnvFile = (): Record<string, string> => ({
  ...Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ''])),
  ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
})

export const TEST_KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}:tenant`

/** One command as an operator gives it, with what it wrote. */
export async function ops(
  args: readonly string[],
  env: Environment,
  signal: AbortSignal = new AbortController().signal,
  clock: Clock = systemClock,
): Promise<{ code: number; output: string }> {
  const lines: string[] = []
  const code = await runOps(args, {
    env: { ...noEnvFile(), ENCRYPTION_KEYS: TEST_KEYS, OPERATOR_API_KEY: 'operator', ...env },
    random: systemRandom,
    signal,
    clock,
    print: (line) => lines.push(line),
  })
  return { code, output: lines.join('\n') }
}
