import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LinkName, ROLES } from './plan.ts'

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
  /**
   * While true nothing passes, in either direction, and nobody is told: open connections and new ones stay
   * silent, and the server goes on holding what they held. Connections that were silenced never speak again.
   */
  silence(on: boolean): void
  /**
   * What the client said may be answered here instead of by the server; null: passes. Null for no rule.
   */
  answerInstead(rule: ((said: string) => string | null) | null): void
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
  upstream: Socket | null
  dead: boolean
}

export async function startGate(target: { host: string; port: number }): Promise<Gate> {
  const open = new Set<Passage>()
  let { port } = target
  let isShut = false
  let isSlow = false
  let isSilent = false
  let rule: ((said: string) => string | null) | null = null
  const server = createServer((client) => {
    client.on('error', () => client.destroy())
    if (isShut) return void client.resetAndDestroy()
    if (isSilent) return void open.add(endWithClient({ client, upstream: null, dead: true }))
    const passage = { client, upstream: connect({ host: target.host, port }), dead: false }
    open.add(passage)
    serve(passage, passage.upstream)
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
        passage.upstream?.destroy()
      }
    },
    silence(on) {
      isSilent = on
      for (const passage of open) {
        if (on) passage.dead = true
        // Now the server's own keep-alive would have found out.
        else if (passage.dead) passage.upstream?.destroy()
      }
    },
    answerInstead(wanted) {
      rule = wanted
    },
    say(text) {
      for (const { client, upstream, dead } of [...open]) {
        if (dead) continue
        client.end(text)
        upstream?.destroy()
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
    passage.upstream?.destroy()
  }

  /** Its end does not get through either, while there is silence. */
  function endWithClient(passage: Passage): Passage {
    passage.client.on('data', () => undefined)
    passage.client.on('close', () => open.delete(passage))
    return passage
  }

  function serve(passage: Passage, upstream: Socket): void {
    const { client } = passage
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => {
      if (!isSilent) end(passage)
    })
    upstream.on('close', () => {
      // What was said last still goes out.
      if (!passage.dead && !client.writableEnded) end(passage)
    })
    client.on('data', (chunk) => {
      if (passage.dead) return
      const instead = rule?.(chunk.toString('latin1')) ?? null
      if (instead === null) pass(chunk, client, upstream)
      else client.write(instead)
    })
    let queue: Promise<void> = Promise.resolve()
    upstream.on('data', (chunk) => {
      if (passage.dead) return
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

/**
 * A gate of its own between each role and each server that it talks to, so that one pair can be parted and no
 * other.
 */
export interface Links {
  gates: ReadonlyMap<LinkName, Gate>
  /** The servers' addresses as this role is to know them. */
  environmentOf(role: string): Record<string, string>
}

export const NO_LINKS: Links = { gates: new Map(), environmentOf: () => ({}) }

const SERVERS: readonly [RegExp, string][] = [
  [/^DATABASE_URL$/, 'postgres'],
  [/^REDIS_URL$/, 'redis'],
  [/^(?:YAHOO|RAKUTEN|AMAZON|AUPAY|SHOPIFY)_(?:API|AUTH)_URL$/, ''],
]

/** The api asks a mall only where a person is waiting, so malls are parted from the workers alone. */
export async function startLinks(
  environment: Record<string, string>,
  closing: (() => Promise<unknown>)[],
): Promise<Links> {
  const gates = new Map<LinkName, Gate>()
  const byRole = new Map<string, Record<string, string>>()
  for (const role of ROLES) {
    const own: Record<string, string> = {}
    for (const [name, value] of Object.entries(environment)) {
      const server = serverOf(name)
      if (server === null || (role !== 'worker' && server !== 'postgres' && server !== 'redis')) continue
      const link = `${role}-${server}` as LinkName
      const url = new URL(value)
      const gate = gates.get(link) ?? (await startGate({ host: '127.0.0.1', port: Number(url.port) }))
      if (!gates.has(link)) closing.push(gate.close)
      gates.set(link, gate)
      own[name] = value.replace(`:${url.port}`, `:${gate.port}`)
    }
    byRole.set(role, own)
  }
  return { gates, environmentOf: (role) => byRole.get(role) ?? {} }
}

function serverOf(name: string): string | null {
  const found = SERVERS.find(([pattern]) => pattern.test(name))
  if (!found) return null
  return found[1] === '' ? (name.split('_')[0] as string).toLowerCase() : found[1]
}
