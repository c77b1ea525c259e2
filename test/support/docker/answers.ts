import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Asks in a process of its own: what is left out has to be known when a test file is loaded. */
const PING = `
const [socketPath, url] = process.argv.slice(1)
const request = require('node:http').get(url, socketPath ? { socketPath } : {}, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
request.on('error', () => process.exit(1))
setTimeout(() => process.exit(1), 1000)`

type Environment = Readonly<Record<string, string | undefined>>

/** Where Docker may listen, as testcontainers looks for it. */
function addressOf({ DOCKER_HOST, XDG_RUNTIME_DIR, HOME }: Environment): string | undefined {
  if (DOCKER_HOST) return DOCKER_HOST
  const sockets = [
    '/var/run/docker.sock',
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'docker.sock')] : []),
    ...(HOME ? [join(HOME, '.docker/run/docker.sock')] : []),
  ]
  const socket = sockets.find((path) => existsSync(path))
  return socket && `unix://${socket}`
}

/** True where containers can be started; `TEST_CONTAINERS=0` leaves them alone. */
export function dockerAnswers(env: Environment): boolean {
  const address = env.TEST_CONTAINERS === '0' ? undefined : addressOf(env)
  if (address === undefined) return false
  const socket = address.startsWith('unix://') ? address.slice('unix://'.length) : ''
  const url = socket ? 'http://docker/_ping' : `${address.replace(/^tcp:/, 'http:')}/_ping`
  return spawnSync(process.execPath, ['-e', PING, socket, url], { stdio: 'ignore' }).status === 0
}

/**
 * Starts in a container where Docker answers, and otherwise, or where it has no such image and cannot get it,
 * as the machine itself can.
 */
export async function inContainer<T>(
  env: Environment,
  image: string,
  contained: () => Promise<T>,
  otherwise: () => Promise<T>,
): Promise<T> {
  if (!dockerAnswers(env)) return otherwise()
  try {
    return await contained()
  } catch (error) {
    process.stderr.write(`${image} cannot be started in a container, this machine's own is used: ${error}\n`)
    return otherwise()
  }
}
