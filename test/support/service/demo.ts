import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseFolder } from '../in-memory.ts'
import { noEnvFile } from './service.ts'

/**
 * `npm run demo` as a person starts it, with its own database and a free port, once it says that it stays up.
 */

const MAIN = fileURLToPath(new URL('../../../sandbox/demo/main.ts', import.meta.url))

export interface RunningDemo {
  url: string
  apiKey: string
  operatorKey: string
  output(): string
  stop(): Promise<void>
}

export async function startDemo(environment: Record<string, string> = {}): Promise<RunningDemo> {
  const port = await freePort()
  const dataDir = await mkdtemp(join(databaseFolder(), 'torikomi-demo-'))
  // The user of Postgres passes through.
  await chmod(dataDir, 0o711)
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...noEnvFile(),
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: String(port),
      DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
  }
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    }
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await staysUp(child, () => output)
  } catch (error) {
    await stop()
    throw error
  }
  const printed = (what: RegExp) => what.exec(output)?.[1] ?? ''
  return {
    url: printed(/(http:\/\/127\.0\.0\.1:\d+)\/docs/),
    apiKey: printed(/API key \(client\)\s+(\S+)/),
    operatorKey: printed(/Operator key\s+(\S+)/),
    output: () => output,
    stop,
  }
}

/**
 * The demo must know its port before it listens: it is part of the address that malls send browsers back to.
 */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function staysUp(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`The demo was not there within 280 s:\n${output()}`)),
      280_000,
    )
    child.stdout?.on('data', () => {
      if (!/orders\/pull\b.*\n$/.test(output())) return
      clearTimeout(limit)
      resolve()
    })
    child.once('exit', (code) => {
      clearTimeout(limit)
      reject(new Error(`The demo ended (${code}):\n${output()}`))
    })
  })
}
