import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy before a server: what a network does to its connections, without touching the server. */
export interface Gate {
  port: number
  /** Ends every open connection; new ones are served. */
  cut(): void
  /** From now on connections are reset as soon as they are made, the open ones at once. */
  shut(): void
  /** Serves again, from now on before the server at this port when one is given. */
  open(targetPort?: number): void
  close(): Promise<void>
}

export async function startGate(target: { host: string; port: number }): Promise<Gate> {
  const open = new Set<Socket>()
  let { port } = target
  let isShut = false
  const server = createServer((client) => {
    client.on('error', () => client.destroy())
    if (isShut) return void client.resetAndDestroy()
    const upstream = connect({ host: target.host, port })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of [...open]) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    shut() {
      isShut = true
      cut()
    },
    open(targetPort = port) {
      port = targetPort
      isShut = false
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      isShut = true
      cut()
      await closed
    },
  }
}
