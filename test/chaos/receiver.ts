import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { toRow } from './follower.ts'
import type { History } from './history.ts'

/**
 * The address that the webhook is sent to: it refuses some messages, and hangs up on some that it has taken.
 */
export interface Receiver {
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
