import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP proxy before a server: what a network does to its connections, without touching the server. */
export interface Gate {
  port: number
  /** Ends every open connection; new ones are served. */
  cut(): void
  /** From now on connections are reset as soon as they are made, the open ones at once. */
  shut(): void
  /** Serves again, from now on before the server at this port when one is given. */
  open(targetPort?: number): void
  /** Connections that are open now stay open, and nothing passes through them ever again: no data, no end. */
  blackHole(): void
  /** Says this to every open client as if the server did, and hangs up. */
  say(text: string): void
  /** Until false is given, what servers send comes in drops of some bytes. */
  trickle(on: boolean): void
  close(): Promise<void>
}

/** A mail of 8 KiB then takes some ten seconds. */
const DROP_BYTES = 40
const DROP_EVERY_MS = 50

interface Passage {
  client: Socket
  upstream: Socket
  dead: boolean
}

export async function startGate(target: { host: string; port: number }): Promise<Gate> {
  const open = new Set<Passage>()
  let { port } = target
  let isShut = false
  let isSlow = false
  const server = createServer((client) => {
    client.on('error', () => client.destroy())
    if (isShut) return void client.resetAndDestroy()
    const passage = { client, upstream: connect({ host: target.host, port }), dead: false }
    open.add(passage)
    serve(passage)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const passage of [...open]) end(passage)
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
    blackHole() {
      for (const passage of open) {
        passage.dead = true
        passage.upstream.destroy()
      }
    },
    say(text) {
      for (const { client, upstream, dead } of [...open]) {
        if (dead) continue
        client.end(text)
        upstream.destroy()
      }
    },
    trickle(on) {
      isSlow = on
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      isShut = true
      cut()
      await closed
    },
  }

  function end(passage: Passage): void {
    open.delete(passage)
    passage.client.destroy()
    passage.upstream.destroy()
  }

  function serve(passage: Passage): void {
    const { client, upstream } = passage
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => end(passage))
    upstream.on('close', () => {
      // What was said last still goes out.
      if (!passage.dead && !client.writableEnded) end(passage)
    })
    client.on('data', (chunk) => {
      if (!passage.dead) pass(chunk, client, upstream)
    })
    let queue: Promise<void> = Promise.resolve()
    upstream.on('data', (chunk) => {
      if (!isSlow) return pass(chunk, upstream, client)
      upstream.pause()
      queue = queue.then(() => inDrops(chunk, passage)).finally(() => upstream.resume())
    })
  }

  async function inDrops(chunk: Buffer, passage: Passage): Promise<void> {
    const { client } = passage
    for (let at = 0; at < chunk.length && !passage.dead && client.writable; at += DROP_BYTES) {
      // When it is over the rest comes at once.
      const to = isSlow ? at + DROP_BYTES : chunk.length
      client.write(chunk.subarray(at, to))
      if (!isSlow) return
      await sleep(DROP_EVERY_MS)
    }
  }
}

function pass(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return
  from.pause()
  to.once('drain', () => from.resume())
}
