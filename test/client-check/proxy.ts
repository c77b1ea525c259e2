import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type Fault, type FaultPlan } from './faults.ts'
import type { Ledger, TracedCall } from './ledger.ts'
import { isStream, passStream, streamFault } from './stream.ts'

/** A timer may end before its time by the tick of its system: 15.6 ms on Windows, some on Mono. That is no impatience. */
const EARLY_TIMER_MS = 20

/** The proxy that a client is pointed at. What it does to calls is in faults.ts; what it sees goes into the ledger. */

export interface FaultProxy {
  url: string
  /** No more faults from now on. */
  calm(): void
  /** The client is a new process, which cannot know what the old one was told to wait for. */
  forgive(): void
  close(): Promise<void>
}

export interface ProxyOptions {
  url: URL
  plan: FaultPlan
  ledger: Ledger
  /** Where the service is now; null while it starts. */
  upstream(): string | null
  /** Kills the service, and starts it again in the background. */
  restart(): Promise<void>
  /** A call has ended on the client's side. */
  onCall(call: TracedCall): void
}

interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer
}

interface Answered {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const RETRY_SECONDS = 1
const STORED = '/client-check/stored'

export async function startProxy(options: ProxyOptions): Promise<FaultProxy> {
  const { plan, ledger } = options
  const faults = createFaults(plan)
  const started = performance.now()
  let isCalm = false
  let streamSeen = false
  /** When each path may be asked again by the last Retry-After. */
  const notBefore = new Map<string, number>()

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(Number(options.url.port || 80), options.url.hostname)
  await once(server, 'listening')
  return {
    url: `http://${options.url.hostname}:${(server.address() as AddressInfo).port}`,
    calm() {
      isCalm = true
    },
    forgive: () => notBefore.clear(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readCall(request)
    const path = asked.path.split('?', 1)[0] ?? ''
    if (path === STORED) {
      const count = ledger.store(asked.body.toString('utf8'))
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ count }))
    }
    if (Date.now() + EARLY_TIMER_MS < (notBefore.get(path) ?? 0)) ledger.impatient += 1
    notBefore.delete(path)
    const drawn = isCalm ? null : faults.next()
    // Streams are few: the first is always cut, so that no run goes without one.
    const first = isStream(path) && !isCalm && plan.share > 0 && !streamSeen
    if (isStream(path)) streamSeen = true
    const fault = first ? 'stream ended' : isStream(path) ? streamFault(drawn) : drawn
    const call: TracedCall = {
      ...{ n: ledger.calls.length + 1, at: performance.now() - started, method: asked.method, path },
      ...{ key: asked.headers['idempotency-key'] ?? null, fault, done: null, told: null, orders: [] },
    }
    ledger.calls.push(call)
    await play(fault, asked, call, response)
    options.onCall(call)
  }

  async function play(fault: Fault | null, asked: Asked, call: TracedCall, response: ServerResponse) {
    switch (fault) {
      case 'request lost':
        return void response.destroy()
      case '429':
      case '503':
        return refuse(Number(fault), call, response)
      case '502 page':
        return tell(PAGE_502, call, response)
      case '200 page':
        return tell(PAGE_200, call, response)
      case 'restart':
        void forward(asked, call)
        await sleep(faults.dice.int(0, 40))
        await options.restart()
        return void response.destroy()
      default:
    }
    if (isStream(call.path)) return stream(asked, call, response)
    if (fault === 'sent twice') void forward(asked, call)
    const answer = await forward(asked, call)
    if (answer === null) return refuse(503, call, response)
    if (fault === 'answer lost') return void response.destroy()
    if (fault === 'answer cut') return cut(answer, response)
    if (fault === '503 after') return refuse(503, call, response)
    if (fault === '409' || fault === '412') return tell(problem(Number(fault)), call, response)
    if (fault === 'delayed') await sleep(faults.dice.int(1, plan.delayMs))
    return tell(answer, call, response)
  }

  async function stream(asked: Asked, call: TracedCall, response: ServerResponse): Promise<void> {
    const upstream = options.upstream()
    if (upstream === null) return refuse(503, call, response)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      const { path, headers } = asked
      const answer = await fetch(`${upstream}${path}`, { headers, signal: gone.signal })
      await passStream(answer, call, response, faults.dice)
    } catch {
      response.destroy()
    }
  }

  async function forward({ method, path, headers, body }: Asked, call: TracedCall): Promise<Answered | null> {
    const upstream = options.upstream()
    if (upstream === null) return null
    try {
      const answer = await fetch(`${upstream}${path}`, {
        ...{ method, headers, redirect: 'manual' },
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      })
      const answered = Buffer.from(await answer.arrayBuffer())
      call.done = answer.status
      if (method === 'POST' && path === '/v1/orders/pull' && answer.status === 200)
        call.orders = orderIds(answered)
      return { status: answer.status, headers: passedOn(answer.headers), body: answered }
    } catch {
      return null
    }
  }

  function refuse(status: number, call: TracedCall, response: ServerResponse): void {
    notBefore.set(call.path, Date.now() + RETRY_SECONDS * 900)
    tell(problem(status, { 'retry-after': String(RETRY_SECONDS) }), call, response)
  }
}

function tell({ status, headers, body }: Answered, call: TracedCall, response: ServerResponse): void {
  call.told = status
  response.writeHead(status, { ...headers, 'content-length': String(body.length) }).end(body)
}

/** Half of it, by bytes: the length that was promised is not reached. */
function cut({ status, headers, body }: Answered, response: ServerResponse): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

async function readCall(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const name of [
    'authorization',
    'content-type',
    'idempotency-key',
    'if-match',
    'accept',
    'last-event-id',
  ] as const) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers, body: Buffer.concat(chunks) }
}

function passedOn(headers: Headers): Record<string, string> {
  const names = ['content-type', 'etag', 'retry-after', 'x-request-id'].filter((name) => headers.has(name))
  return Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']))
}

function orderIds(body: Buffer): string[] {
  const { orders } = JSON.parse(body.toString('utf8')) as { orders: { id: string }[] }
  return orders.map(({ id }) => id)
}

const CODES: Readonly<Record<number, string>> = {
  409: 'CONFLICT',
  412: 'VERSION_MISMATCH',
  429: 'TOO_MANY_REQUESTS',
  503: 'UNAVAILABLE',
}

function problem(status: number, headers: Record<string, string> = {}): Answered {
  const code = CODES[status] ?? ''
  const document = {
    type: `urn:torikomi:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    ...{ title: code, status, detail: 'client-check', code, instance: '', requestId: 'client-check' },
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(document)),
  }
}

const page = (status: number, text: string): Answered => ({
  ...{ status, headers: { 'content-type': 'text/html' } },
  body: Buffer.from(`<html><body>${text}</body></html>`),
})
const PAGE_502 = page(502, 'Bad Gateway')
const PAGE_200 = page(200, 'Welcome! Please sign in.')
