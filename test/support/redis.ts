import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerAnswers, inContainer } from './docker/answers.ts'

/** Another server that speaks as Redis does, as Valkey: `TEST_REDIS_SERVER=valkey-server npm test`. */
const SERVER = process.env.TEST_REDIS_SERVER ?? 'redis-server'

/** `valkey/valkey:8` works as well. A server that is asked for by its program runs as that. */
const IMAGE = process.env.TEST_REDIS_IMAGE ?? 'redis:8'
const contained = process.env.TEST_REDIS_SERVER ? { TEST_CONTAINERS: '0' } : process.env

/** Why tests on Redis are left out on this machine; null when they can run. */
export const redisMissing: string | null =
  spawnSync(SERVER, ['--version']).status === 0 || dockerAnswers(contained)
    ? null
    : `no ${SERVER} on the PATH (Debian: apt-get install redis-server), and no Docker`

export interface PrivateRedis {
  url: string
  port: number
  /** Ends the process at once, as a crash would. */
  stop(): Promise<void>
}

/**
 * A Redis of this test alone on 127.0.0.1: nothing is kept on disk. Pass a port to come back at the same
 * address.
 */
export async function startRedis(options: { port?: number } = {}): Promise<PrivateRedis> {
  const port = options.port ?? (await freePort())
  return inContainer(
    contained,
    IMAGE,
    () => startContainer(port),
    () => startServer(port),
  )
}

const ARGUMENTS = ['--save', '', '--appendonly', 'no']

async function startContainer(port: number): Promise<PrivateRedis> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(IMAGE)
    .withCommand(ARGUMENTS)
    .withExposedPorts({ container: 6379, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  return {
    url: `redis://${container.getHost()}:${port}`,
    port,
    stop: async () => void (await container.stop({ timeout: 0 })),
  }
}

async function startServer(port: number): Promise<PrivateRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-redis-'))
  const child = spawn(SERVER, ['--port', String(port), '--bind', '127.0.0.1', ...ARGUMENTS, '--dir', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await ready(child)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk) => {
      said += chunk
      if (said.includes('Ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${SERVER} ended with ${code}: ${said}`)))
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
