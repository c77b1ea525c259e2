import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { noEnvFile } from './own-settings.ts'

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
  /** Everything it wrote so far. */
  output(): string
}

export async function startService(environment: Record<string, string>): Promise<RunningService> {
  const child = spawn(process.execPath, [MAIN], {
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
