import { connect, createServer, type Socket } from 'node:net'

/**
 * A TCP proxy in front of Postgres that loses one answer: once a client has sent bytes that contain `marker`,
 * the server's next answer is swallowed and `onSwallowed` runs, while the statement itself stands in the
 * database.
 */
export interface SeveringProxy {
  port: number
  /** Swallows the answer to the next statement that contains `marker`; resolves when that happened. */
  swallowAnswerTo(marker: string): Promise<void>
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
      if (armed && chunk.includes(armed.marker)) {
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
