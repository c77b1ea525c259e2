import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'

/**
 * A TCP proxy before Postgres that can fall silent as a firewall does: it takes all that is sent, and neither
 * answers nor ends.
 */
export interface SilentProxy {
  /** The server's URL by way of the proxy. */
  url: string
  /** Swallows on the connections that are open, and on new ones where `newOnesToo`. */
  fallSilent(newOnesToo: boolean): void
  /** New connections are served again; those that fell silent stay so. */
  serveAgain(): void
  close(): Promise<void>
}

export async function startSilentProxy(serverUrl: string): Promise<SilentProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const silent = new Set<Socket>()
  let isSilent = false
  const server = createServer((client) => {
    keep(client)
    client.on('close', () => silent.delete(client))
    if (isSilent) {
      silent.add(client)
      client.resume()
      return
    }
    const upstream = connect(Number(target.port), target.hostname)
    keep(upstream)
    client.on('data', (chunk) => void (silent.has(client) || upstream.write(chunk)))
    upstream.on('data', (chunk) => void (silent.has(client) || client.write(chunk)))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => void (silent.has(client) || client.destroy()))
  })
  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  server.on('connection', (socket) => clients.add(socket))
  const clients = new Set<Socket>()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    fallSilent(newOnesToo) {
      isSilent = newOnesToo
      for (const client of clients) silent.add(client)
    },
    serveAgain() {
      isSilent = false
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/**
 * A TCP proxy in front of Postgres that loses one answer: once a client has sent bytes that contain `marker`,
 * the server's next answer is swallowed and `onSwallowed` runs, while the statement itself stands in the
 * database.
 */
interface SeveringProxy {
  port: number
  /**
   * Swallows the answer to the next statement that contains `marker`, given in small letters; resolves when
   * that happened.
   */
  swallowAnswerTo(marker: string): Promise<void>
  /** Ends all connections; new ones are served. */
  sever(): void
  close(): Promise<void>
}

export async function startSeveringProxy(target: { host: string; port: number }): Promise<SeveringProxy> {
  let armed: { marker: string; swallowed: () => void } | null = null
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target)
    let swallowing: (() => void) | null = null
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (armed && chunk.toString('latin1').toLowerCase().includes(armed.marker)) {
        swallowing = armed.swallowed
        armed = null
      }
      upstream.write(chunk)
    })
    let tail = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      if (!swallowing) return client.write(chunk)
      tail = Buffer.concat([tail, chunk]).subarray(-6)
      if (isReadyForQuery(tail)) swallowing()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    swallowAnswerTo: (marker) =>
      new Promise((resolve) => {
        armed = { marker, swallowed: resolve }
      }),
    sever() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** ReadyForQuery in state idle ('Z', length 5, 'I'): the statement is committed, no transaction is open. */
function isReadyForQuery(tail: Buffer): boolean {
  return tail.length === 6 && tail[0] === 0x5a && tail.readInt32BE(1) === 5 && tail[5] === 0x49
}

/** TLS in front of a server that has none, with a certificate that has run out until it is renewed. */
interface TlsFront {
  port: number
  /** PEM of the authority behind both certificates. */
  ca: string
  renew(): void
  close(): Promise<void>
}

const OPENSSL = 'openssl'
export const opensslMissing: string | null =
  spawnSync(OPENSSL, ['version']).status === 0 ? null : 'openssl is not installed'

interface Pair {
  key: string
  cert: string
}

export async function startExpiredFront(target: { host: string; port: number }): Promise<TlsFront> {
  const { ca, expired, renewed } = makePairs()
  const sockets = new Set<Socket>()
  const server = tls.createServer(expired, (client) => {
    const upstream = connect(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => [client, upstream].map((one) => one.destroy()))
    }
    client.pipe(upstream).pipe(client)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    renew: () => server.setSecureContext(renewed),
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** For `localhost`, by an authority of its own: a chain that is trusted but for its time. */
export function makePairs(): { ca: string; expired: Pair; renewed: Pair } {
  const dir = mkdtempSync(join(tmpdir(), 'torikomi-certificates-'))
  const at = (name: string) => join(dir, name)
  const run = (...args: string[]) => execFileSync(OPENSSL, args, { stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  try {
    const authority = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=test authority']
    run('req', '-x509', ...key, ...authority, '-not_before', '20200101000000Z', '-days', '36500')
    const pair = (name: string, ...time: string[]): Pair => {
      run(
        ...['req', '-x509', ...key, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
        ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'],
        ...time,
      )
      return { key: readFileSync(at(`${name}.key`), 'utf8'), cert: readFileSync(at(`${name}.pem`), 'utf8') }
    }
    const longAgo = ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z']
    const [expired, renewed] = [pair('expired', ...longAgo), pair('renewed', '-days', '2')]
    return { ca: readFileSync(at('ca.pem'), 'utf8'), expired, renewed }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
