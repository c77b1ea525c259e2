import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

/** The HTTP side that simulated malls share: a server on 127.0.0.1 with whole requests and answers. */

export interface SandboxRequest {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface SandboxAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
  /** Waits before it answers. */
  delayMs?: number
  /** So many blanks are sent in front of the body, never held in memory. */
  blanksBefore?: number
  /** Breaks the connection after half of the body instead of finishing. */
  cut?: boolean
}

export interface SandboxServer {
  url: string
  close(): Promise<void>
}

/** `port` 0 takes any free one. An exception in `answer` becomes a 500 whose body names it. */
export async function startSandboxServer(
  port: number,
  answer: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>,
): Promise<SandboxServer> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, answer).catch((error) => {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      outgoing.end(`simulator: ${error instanceof Error ? error.stack : error}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://sandbox')
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const result = await answer({
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  })
  if (result.delayMs) await new Promise((resolve) => setTimeout(resolve, result.delayMs))
  send(outgoing, result)
}

function send(outgoing: ServerResponse, answer: SandboxAnswer): void {
  const { status, headers = {}, body = '', blanksBefore = 0, cut } = answer
  const bytes = Buffer.from(body)
  outgoing.writeHead(status, { ...headers, 'content-length': String(blanksBefore + bytes.length) })
  if (blanksBefore > 0) {
    Readable.from(blanksThen(blanksBefore, bytes)).pipe(outgoing)
    return
  }
  if (!cut) {
    outgoing.end(bytes)
    return
  }
  outgoing.write(bytes.subarray(0, bytes.length >> 1), () => outgoing.destroy())
}

const BLANKS = Buffer.alloc(256 * 1024, ' ')

/** Stops where the caller hangs up: nobody asks for the next chunk then. */
function* blanksThen(count: number, body: Buffer): Generator<Buffer> {
  for (let left = count; left > 0; left -= BLANKS.length) yield BLANKS.subarray(0, left)
  yield body
}

/** Null for what is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

export const htmlAnswer = (status: number, body: string): SandboxAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body,
})

export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): SandboxAnswer => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
  body: JSON.stringify(value),
})
