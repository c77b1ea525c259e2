import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Another server that speaks as Redis does, as Valkey: `TEST_REDIS_SERVER=valkey-server npm test`. */
const SERVER = process.env.TEST_REDIS_SERVER ?? 'redis-server'

/** Why tests on Redis are left out on this machine; null when they can run. */
export const redisMissing: string | null =
  spawnSync(SERVER, ['--version']).status === 0
    ? null
    : `no ${SERVER} on the PATH (Debian: apt-get install redis-server)`

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
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-redis-'))
  const child = spawn(
    SERVER,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
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
