import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History } from './history.ts'

/**
 * A program that follows the change feed on a bad line: it keeps its position and asks again with it until it
 * has an answer.
 */
export interface Follower {
  /** Reads on until nothing comes any more, and ends. */
  stop(): Promise<void>
}

interface FeedAnswer {
  changes: { position: string; kind: string; data: Record<string, unknown> }[]
  position: string
}

const LIMIT = 500
const ANSWERS_LOST = 0.2
/** One key may ask 1,200 times a minute, and the puller and the desk ask with the same one. */
const PAUSE_MS = 700

/** Begins at the present, and resolves when it has its first position. */
export async function startFollower(client: Client, seed: number, history: History): Promise<Follower> {
  const dice = seeded(seed, -19)
  let position = (await untilAnswered(null)).position
  let stopping = false
  const done = follow()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    async stop() {
      stopping = true
      await done
    },
  }

  async function follow(): Promise<void> {
    for (;;) {
      const isLast = stopping
      const answer = await untilAnswered(position)
      position = answer.position
      if (isLast && answer.changes.length === 0) return
      if (answer.changes.length < LIMIT) await sleep(PAUSE_MS)
    }
  }

  async function untilAnswered(after: string | null): Promise<FeedAnswer> {
    const query = after === null ? '' : `after=${encodeURIComponent(after)}&`
    let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 40) : undefined
    for (;;) {
      try {
        const answer = await client.get<FeedAnswer>(`/changes?${query}limit=${LIMIT}`, loseAfterMs)
        const rows = answer.changes.map(({ position: place, kind, data }) => toRow(place, kind, data))
        history.note({
          process: 'follower',
          f: 'feed',
          type: 'ok',
          value: { after, position: answer.position, rows },
        })
        return answer
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        const isOpen = error instanceof NoAnswer
        history.note({
          process: 'follower',
          f: 'feed',
          type: isOpen ? 'info' : 'fail',
          value: { after, why },
        })
        if (!isOpen) throw error
        loseAfterMs = undefined
        await sleep(200)
      }
    }
  }
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

/** A row of the feed as histories name it, however it came: what it tells of, and what it says of that. */
export function toRow(place: string, kind: string, data: Record<string, unknown>) {
  const ids = [data.changeId, data.orderId, data.noticeId, data.mailboxId, data.shopId].map(textOf)
  const id = kind === 'order' ? textOf(data.orderId) : (ids.find((one) => one !== '') ?? '')
  const words = Array.isArray(data.what) ? data.what.join('+') : textOf(data.state ?? data.code ?? data.what)
  return { place, kind, id, what: words }
}

/**
 * The address that the webhook is sent to: it refuses some messages, and hangs up on some that it has taken.
 */
interface Receiver {
  url: string
  close(): Promise<void>
}

export const RECEIVER_HOST = '127.0.0.1'
/**
 * Of the messages, each the first time alone: a second failure would be waited for for five minutes, and
 * after each one the webhook pauses for a second.
 */
const FAILING = 0.01

export async function startReceiver(seed: number, history: History): Promise<Receiver> {
  const dice = seeded(seed, -23)
  const failed = new Set<string>()
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy())
  })
  server.listen(0, RECEIVER_HOST)
  await once(server, 'listening')
  return {
    url: `http://${RECEIVER_HOST}:${(server.address() as AddressInfo).port}/torikomi`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { kind, position, data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      kind: string
      position: string | null
      data: Record<string, unknown>
    }
    const value = toRow(position ?? '', kind, data)
    const id = String(request.headers['webhook-id'])
    const isFailing = !failed.has(id) && dice.chance(FAILING)
    if (isFailing) failed.add(id)
    const isRefused = isFailing && dice.chance(0.5)
    const outcome = isRefused ? 'fail' : isFailing ? 'info' : 'ok'
    history.note({ process: 'receiver', f: 'hook', type: outcome, value })
    if (outcome === 'info') return void response.destroy()
    response.writeHead(isRefused ? 500 : 204).end()
  }
}
