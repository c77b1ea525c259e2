import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

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
