import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type Fault, type FaultPlan, needsOrders } from './faults.ts'
import type { Ledger, TracedCall } from './ledger.ts'
import { isStream, passStream, streamFault } from './stream.ts'
import { CHANGES, PULL } from './verdict.ts'

/**
 * A timer may end before its time by the tick of its system: 15.6 ms on Windows, some on Mono. That is no
 * impatience.
 */
const EARLY_TIMER_MS = 20

// The proxy that a client is pointed at. What it does to calls is in faults.ts; what it sees goes into the
// ledger.

export interface FaultProxy {
  url: string
  /** No more faults from now on; what was held back reaches the service before it resolves. */
  calm(): Promise<void>
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
  /** Whether there is something to take over. */
  isStaged(): Promise<boolean>
  /** Kills the service, and starts it again in the background. */
  restart(): Promise<void>
  /** A call has come, or its answer has gone: the moments around which orders are lost and doubled. */
  onCall(call: TracedCall, moment: 'call' | 'answer'): void
  onStored(): void
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
/** Longer than a client waits between two pulls that brought nothing. */
const HELD_BACK_MOST_MS = 10_000
const STORED = '/client-check/stored'

export async function startProxy(options: ProxyOptions): Promise<FaultProxy> {
  const { plan, ledger } = options
  const faults = createFaults(plan)
  const started = performance.now()
  let isCalm = false
  let streamSeen = false
  /** The refusal after which each request may come again by its Retry-After, and when. */
  const notBefore = new Map<string, { refused: number; toldAt: number; until: number; lane: string }>()
  /** Requests that the client has given up, and that are still on their way to the service. */
  const held = new Set<() => Promise<void>>()
  const behindNextPull: (() => Promise<void>)[] = []
  const pullsUnderWay = new Set<TracedCall>()
  const now = () => performance.now() - started

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(Number(options.url.port || 80), options.url.hostname)
  await once(server, 'listening')
  return {
    url: `http://${options.url.hostname}:${(server.address() as AddressInfo).port}`,
    async calm() {
      isCalm = true
      for (const arrive of behindNextPull.splice(0)) held.add(arrive)
      await Promise.all([...held].map((arrive) => arrive()))
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
    const url = new URL(asked.path, 'http://client-check')
    const path = url.pathname
    if (path === STORED) {
      const count = ledger.store(asked.body.toString('utf8'))
      options.onStored()
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ count }))
    }
    const key = asked.headers['idempotency-key'] ?? null
    const again = requestOf(asked, path)
    const refusal = notBefore.get(again)
    notBefore.delete(again)
    const isPull = path === PULL
    const pull = isPull ? pullOf(asked) : null
    const drawn = isCalm ? null : faults.next(isPull)
    // Streams are few: the first is always cut, so that no run goes without one.
    const first = isStream(path) && !isCalm && plan.share > 0 && !streamSeen
    if (isStream(path)) streamSeen = true
    const fault = first ? 'stream ended' : isStream(path) ? streamFault(drawn) : drawn
    const at = now()
    const call: TracedCall = {
      n: ledger.calls.length + 1,
      at,
      method: asked.method,
      path,
      key,
      ifMatch: asked.headers['if-match'] ?? null,
      after: pull ? pull.after : url.searchParams.get('after'),
      byPosition: pull?.byPosition ?? false,
      desk: pull?.desk ?? null,
      beside: isPull ? pullsUnderWay.size : 0,
      servedDesk: null,
      besideAtDesk: [...pullsUnderWay].filter((other) => other.desk === pull?.desk && other.key === key)
        .length,
      asked: askedOf(asked, path),
      fault,
      done: null,
      told: null,
      code: null,
      toldAt: null,
      orders: [],
      held: [],
      position: null,
      replayed: false,
      positions: [],
      early: null,
    }
    if (refusal && at + EARLY_TIMER_MS < refusal.until)
      call.early = {
        refused: refusal.refused,
        afterMs: at - refusal.toldAt,
        same: refusal.lane === laneOf(call),
      }
    ledger.calls.push(call)
    options.onCall(call, 'call')
    if (isPull) {
      pullsUnderWay.add(call)
      // A client that was killed or gave up waits for it no more, whatever the service still does.
      response.once('close', () => pullsUnderWay.delete(call))
      await arriveLate()
      for (const arrive of behindNextPull.splice(0)) held.add(arrive)
    }
    await play(fault, asked, call, response)
    if (isPull && fault && fault !== 'late copy' && needsOrders(fault) && call.orders.length === 0)
      faults.again(fault)
    options.onCall(call, 'answer')
  }

  /** It comes at the worst moment: the client has gone on, and there is something to take. */
  async function arriveLate(): Promise<void> {
    if (held.size === 0 || !(await options.isStaged().catch(() => false))) return
    await Promise.all([...held].map((arrive) => arrive()))
  }

  function holdBack(asked: Asked, call: TracedCall): void {
    const arrive = async () => {
      if (!held.delete(arrive)) return
      clearTimeout(timer)
      await forward(asked, call)
      if (call.path === PULL && call.orders.length === 0 && !isCalm) faults.again('late copy')
    }
    const timer = setTimeout(() => void arrive(), HELD_BACK_MOST_MS)
    // The first pull behind it is the client's second try.
    if (call.path === PULL) behindNextPull.push(arrive)
    else held.add(arrive)
  }

  async function play(fault: Fault | null, asked: Asked, call: TracedCall, response: ServerResponse) {
    switch (fault) {
      case 'request lost':
        return void response.destroy()
      case 'late copy':
        holdBack(asked, call)
        return void response.destroy()
      case '429':
      case '503':
        return refuse(Number(fault), asked, call, response)
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
    if (answer === null) return refuse(503, asked, call, response)
    if (fault === 'answer lost') return void response.destroy()
    if (fault === 'answer cut') return cut(answer, response)
    if (fault === '503 after') return refuse(503, asked, call, response)
    if (fault === '409' || fault === '412') return tell(problem(Number(fault)), call, response)
    if (fault === 'delayed') await sleep(faults.dice.int(1, plan.delayMs))
    return tell(answer, call, response)
  }

  async function stream(asked: Asked, call: TracedCall, response: ServerResponse): Promise<void> {
    const upstream = options.upstream()
    if (upstream === null) return refuse(503, asked, call, response)
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
        method,
        headers,
        redirect: 'manual',
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      })
      const answered = Buffer.from(await answer.arrayBuffer())
      call.done = answer.status
      if (answer.status === 200 && call.path === PULL) noteBatch(answered, call)
      if (answer.status === 200 && call.path === CHANGES) call.positions = positionsOf(answered)
      return { status: answer.status, headers: passedOn(answer.headers), body: answered }
    } catch {
      return null
    }
  }

  function refuse(status: number, asked: Asked, call: TracedCall, response: ServerResponse): void {
    tell(problem(status, { 'retry-after': String(RETRY_SECONDS) }), call, response)
    const { toldAt, n: refused } = call
    // Who was killed meanwhile has not read it.
    if (toldAt === null) return
    const until = toldAt + RETRY_SECONDS * 900
    notBefore.set(requestOf(asked, call.path), { refused, toldAt, until, lane: laneOf(call) })
  }

  function tell({ status, headers, body }: Answered, call: TracedCall, response: ServerResponse): void {
    if (response.destroyed) return
    call.told = status
    call.toldAt = now()
    if (status >= 400) call.code = codeOf(body)
    response.writeHead(status, { ...headers, 'content-length': String(body.length) }).end(body)
  }
}

/** What a client asks again when it tries again: a pull is a pull under whatever key. */
const requestOf = ({ method, headers, body }: Asked, path: string): string =>
  path === PULL ? PULL : `${method} ${path} ${headers['idempotency-key'] ?? body.toString('utf8')}`

/** The same pull under the same key, or of the same desk behind the same position. */
const laneOf = ({ path, key, after, desk }: TracedCall): string =>
  path === PULL ? (key ?? `${desk} ${after}`) : path

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
    'if-none-match',
    'accept',
    'last-event-id',
  ] as const) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers, body: Buffer.concat(chunks) }
}

const PASSED_ON = ['content-type', 'content-disposition', 'etag', 'location', 'retry-after', 'x-request-id']

function passedOn(headers: Headers): Record<string, string> {
  const names = PASSED_ON.filter((name) => headers.has(name))
  return Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']))
}

function noteBatch(body: Buffer, call: TracedCall): void {
  const { orders, desk, position, replayed } = JSON.parse(body.toString('utf8')) as {
    orders: { id: string; holds?: string[] }[]
    desk?: string | null
    position?: string | null
    replayed?: boolean
  }
  call.orders = orders.map(({ id }) => id)
  call.held = orders.filter(({ holds = [] }) => holds.length > 0).map(({ id }) => id)
  call.servedDesk = desk ?? ''
  call.position = position ?? null
  call.replayed = replayed ?? false
}

/** What a pull says of itself; anything else is the service's to refuse. */
function pullOf({ body, headers }: Asked): Pick<TracedCall, 'after' | 'byPosition' | 'desk'> {
  const { after, desk } = (jsonOf(body) ?? {}) as { after?: unknown; desk?: unknown }
  return {
    after: typeof after === 'string' ? after : null,
    byPosition: headers['idempotency-key'] === undefined,
    desk: typeof desk === 'string' ? desk : null,
  }
}

function positionsOf(body: Buffer): string[] {
  const { changes } = JSON.parse(body.toString('utf8')) as { changes: { position: string }[] }
  return changes.map(({ position }) => position)
}

/** A page of HTML has none. */
function codeOf(body: Buffer): string | null {
  const answered = jsonOf(body) as { code?: unknown } | null
  return typeof answered?.code === 'string' ? answered.code : null
}

function askedOf({ method, body }: Asked, path: string): TracedCall['asked'] {
  if (method === 'PATCH' && path.startsWith('/v1/orders/'))
    return [{ orderId: path.slice('/v1/orders/'.length), action: 'edit', content: body.toString('utf8') }]
  if (method !== 'POST' || path !== '/v1/site-changes') return []
  const { changes } = (jsonOf(body) ?? {}) as { changes?: unknown }
  return (Array.isArray(changes) ? changes : []).flatMap((change) =>
    typeof change?.orderId === 'string'
      ? [{ orderId: change.orderId, action: String(change.action), content: JSON.stringify(change) }]
      : [],
  )
}

/** A client under check may send anything. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
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
    title: code,
    status,
    detail: 'client-check',
    code,
    instance: '',
    requestId: 'client-check',
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(document)),
  }
}

const page = (status: number, text: string): Answered => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(`<html><body>${text}</body></html>`),
})
const PAGE_502 = page(502, 'Bad Gateway')
const PAGE_200 = page(200, 'Welcome! Please sign in.')
