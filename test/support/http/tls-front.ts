import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'

/** TLS in front of a server that has none, with a certificate that has run out until it is renewed. */
export interface TlsFront {
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
  const server = createServer(expired, (client) => {
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
