import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import { clientGone } from '../http/answers.ts'
import type { App, Routes } from '../http/app-types.ts'
import {
  type Authenticate,
  actorOf,
  bearerKey,
  type OpenSession,
  sessionSecret,
  tenantOf,
} from '../http/auth.ts'
import { operation } from '../http/operation.ts'
import type { HeavyReads } from '../platform/db/heavy-reads.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import { giveWay } from '../platform/event-loop.ts'
import { createFairGate, type FairGate } from '../platform/fair-gate.ts'
import { changesRoute, type WatchWait } from './changes-route.ts'
import { type HistoryTools, isKnown, type Position, parsePosition, readHistory } from './history.ts'
import { createHub, greetingText, type Hub, type HubDeps } from './hub.ts'

export interface EventRouteDeps extends HubDeps {
  /** Called again while a stream is open. */
  authenticate: Authenticate
  openSession?: OpenSession
  streams: StreamLimits
  heavyReads: Pick<HeavyReads, 'shortFirst'>
}

const MOST_SECONDS = 3_600
/**
 * Sends an event, not a comment: browsers hide comments from the page, which must notice a stalled
 * connection.
 */
const HEARTBEAT_MS = 15_000
/**
 * Bytes that may wait for a slow client; beyond it the connection ends and the client continues with
 * Last-Event-ID.
 */
const MOST_UNREAD_BYTES = 1024 * 1024
/** From the end of a stream to that of its connection, for what is on its way. */
const END_WITHIN_MS = 30_000

const DESCRIPTION =
  'Server-sent events of the tenant. `board`: the whole board, at once and whenever it has changed, five times a second at most. ' +
  '`order`: `{ orderId, shopId, orderNumber, what, status, changeState, mallState, version, revision }`, where `what` names staged, pulled, ' +
  'moved, edited, changed, change_state, cancelled_at_mall, reopened_at_mall, marked, erased. `change`: a site change. `attention`: a shop or mailbox ' +
  'stops or goes on. `notice`: what was told by mail too, as in GET /v1/notices. After a lost connection send the last `id` as `Last-Event-ID`: nothing is missed for 30 days; the same rows as GET /v1/changes, whose `position` is this `id`. `reset` says that ' +
  'this is no longer possible: read the lists again. `ready` says from where events are told. `heartbeat` comes each 15 seconds, without an `id`: a line that was silent for longer has stalled.'

/** GET /v1/events and GET /v1/changes: what happens, as it happens. Relative to /v1, with a tenant's key. */
export const createEventRoutes =
  (deps: EventRouteDeps): Routes =>
  (app) => {
    const hub = createHub(deps)
    const stopping = new AbortController()
    const open = createOpenStreams(deps.streams)
    const { isAlone } = deps.heavyReads.shortFirst
    const opening = createFairGate(
      { ...OPENING, queuePerKey: deps.streams.perTenant },
      { mayRest: (tenantId) => !isAlone(tenantId) },
    )
    app.addHook('preClose', async () => {
      stopping.abort()
      hub.close()
      open.endAll()
    })
    streamRoute(app, deps, { hub, open, opening })
    const watch: WatchWait = (request, end) => {
      const { proof, askAgain } = callerOf(deps, request)
      return { leave: open.watch({ proof, askAgain, end }), askAgain }
    }
    changesRoute(app, { ...deps, stopping: stopping.signal, opening, watch }, hub)
  }

/**
 * What waits for changes and a tenant opens at once; the others wait. Each costs some statements before it is
 * quiet.
 */
const OPENING = { atOnce: 8, perKey: 2, fewPerKey: 8 }

interface Streams {
  hub: Hub
  open: OpenStreams
  opening: FairGate
}

function streamRoute(app: App, deps: EventRouteDeps, { hub, open, opening }: Streams): void {
  operation(app, {
    id: 'streamEvents',
    at: 'GET /v1/events',
    since: '1.0.0',
    tag: 'events',
    who: tenant('read_only', 'refused'),
    cost: 'opens',
    summary: 'What happens, live (イベント配信)',
    description: DESCRIPTION,
    produces: ['text/event-stream'],
    query: z.strictObject({
      maxSeconds: z.coerce
        .number()
        .int()
        .min(1)
        .max(MOST_SECONDS)
        .default(MOST_SECONDS)
        .describe('Ends the stream after so long (配信の最長秒数)'),
    }),
    headers: z.looseObject({
      'last-event-id': z
        .string()
        .max(100)
        .optional()
        .describe('`id` of the last event received (最終イベントID)'),
    }),
    answers: { 200: z.string().describe('text/event-stream (イベント)') },
    run: async (request, reply) => {
      const caller = callerOf(deps, request)
      open.checkRoom(caller)
      const { 'last-event-id': last } = request.headers
      const signal = clientGone(reply)
      const work = () => openStream(caller, reply, last, request.query.maxSeconds)
      // The turn is over once the stream is open: a reply is a promise of its end.
      const { position, end } = await opening.run(caller.tenantId, work, { signal })
      await follow(caller.tenantId, reply, position, signal).catch((err: unknown) => {
        // The headers are out: an ended stream makes the client come again.
        if (!signal.aborted) deps.log.warn({ err }, 'event stream could not start')
        end()
      })
      return reply
    },
  })

  async function openStream(
    caller: ReturnType<typeof callerOf>,
    reply: FastifyReply,
    last: string | undefined,
    maxSeconds: number,
  ): Promise<{ position: Position; end: () => void }> {
    await giveWay()
    const start = await startOf(deps, hub, last, caller.tenantId)
    // Others may have come while the database was asked.
    open.checkRoom(caller)
    reply.hijack()
    const end = begin(reply, maxSeconds)
    reply.raw.once('close', open.add({ end, ...caller }))
    write(reply, start.greeting)
    return { position: start.position, end }
  }

  async function follow(
    tenantId: string,
    reply: FastifyReply,
    from: Position,
    signal: AbortSignal,
  ): Promise<void> {
    const leave = await hub.subscribe(
      {
        tenantId,
        onEvent: (_event, text) => write(reply, text),
        onReset: (text) => write(reply, text),
        onBoard: (text) => write(reply, text),
        isNext: () => taken(reply),
        inTurn: (read) => opening.run(tenantId, read, { signal, patient: true }),
      },
      from,
    )
    if (isOver(reply)) leave()
    else reply.raw.once('close', leave)
  }
}

function callerOf({ authenticate, openSession }: EventRouteDeps, request: FastifyRequest) {
  const who = { tenantId: tenantOf(request), caller: actorOf(request) }
  const key = bearerKey(request)
  if (key !== null) return { ...who, proof: `key ${key}`, askAgain: () => authenticate(key) }
  const secret = sessionSecret(request) ?? ''
  return { ...who, proof: `session ${secret}`, askAgain: async () => openSession?.(secret) }
}

/** Returns the position at which a client begins and the greeting that states it. */
async function startOf(
  deps: HistoryTools,
  hub: Hub,
  last: string | undefined,
  tenantId: string,
): Promise<{ position: Position; greeting: string }> {
  const followed = last === undefined || last === '' ? hub.place() : null
  if (followed) return { position: followed, greeting: greetingText('ready', followed) }
  const history = await readHistory(deps, tenantId)
  const present = { ...history.present, epoch: history.epoch }
  const told = last === undefined || last === '' ? present : parsePosition(last)
  if (told && isKnown(told, history)) return { position: told, greeting: greetingText('ready', told) }
  return { position: present, greeting: greetingText('reset', present) }
}

function begin(reply: FastifyReply, maxSeconds: number): () => void {
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': reply.request.id,
  })
  raw.on('error', () => undefined)
  let killer: ReturnType<typeof setTimeout> | undefined
  const end = (): void => {
    raw.end()
    // A client that reads nothing keeps its socket full: neither finish nor close would ever come.
    killer ??= setTimeout(() => raw.destroy(), END_WITHIN_MS).unref()
  }
  const heartbeat = setInterval(() => write(reply, 'event: heartbeat\ndata: {}\n\n'), HEARTBEAT_MS)
  const limit = setTimeout(end, maxSeconds * 1_000)
  raw.once('close', () => {
    clearInterval(heartbeat)
    clearTimeout(limit)
    clearTimeout(killer)
  })
  return end
}

const isOver = ({ raw }: FastifyReply): boolean => raw.destroyed || raw.writableEnded

function write(reply: FastifyReply, text: string): void {
  const { raw } = reply
  if (isOver(reply)) return
  if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
  else raw.write(text)
}

/** Settles once the client has taken what was written; false when it is gone. */
async function taken(reply: FastifyReply): Promise<boolean> {
  const { raw } = reply
  if (raw.writableNeedDrain && !isOver(reply)) {
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const event of ['drain', 'close']) raw.once(event, resolve)
    await promise
    for (const event of ['drain', 'close']) raw.off(event, resolve)
  }
  return !isOver(reply)
}

interface StreamLimits {
  /** Open at this process. */
  perKey: number
  perTenant: number
}

/** A request that stays open: a stream, or a wait for changes. */
interface OpenRequest {
  /** The key or session that authenticated it. */
  proof: string
  /** Rejects once `proof` is no longer accepted. */
  askAgain: () => Promise<unknown>
  end: () => void
}

interface Stream extends OpenRequest {
  tenantId: string
  /** API key or person by which streams are counted. */
  caller: string
}

/** Called when the request is over. */
type Leave = () => void

interface OpenStreams {
  /** @throws AppError TOO_MANY_REQUESTS where the caller or its tenant holds as many as it may */
  checkRoom(of: Pick<Stream, 'tenantId' | 'caller'>): void
  add(stream: Stream): Leave
  /** Ends it as soon as its proof is no longer accepted, without a place among the streams. */
  watch(wait: OpenRequest): Leave
  endAll(): void
}

/** They last up to an hour, so their keys are checked repeatedly; the result is cached for 5 s. */
const LOOK_EVERY_MS = 2_000
const COME_AGAIN_SECONDS = 30

/** Tracks the open streams of this process and whether each may stay open. */
function createOpenStreams(limits: StreamLimits): OpenStreams {
  const open = new Set<Stream>()
  const waits = new Set<OpenRequest>()
  let looking: NodeJS.Timeout | null = null

  function full(what: string, most: number): AppError {
    return new AppError(
      'TOO_MANY_REQUESTS',
      `イベント配信の同時接続数が上限（${what}につき ${most} 本）に達しています。使っていない接続を閉じてください。`,
      { details: { retryAfterSeconds: COME_AGAIN_SECONDS } },
    )
  }

  async function look(): Promise<void> {
    const byProof = Map.groupBy([...open, ...waits], ({ proof }) => proof)
    for (const requests of byProof.values()) {
      const refused = await requests[0]?.askAgain().then(
        () => false,
        // An unavailable database ends no stream.
        (error: unknown) => error instanceof AppError,
      )
      if (refused) for (const { end } of requests) end()
    }
  }

  function lookLater(): void {
    looking = setTimeout(() => {
      void look().finally(() => {
        looking = null
        if (open.size + waits.size > 0) lookLater()
      })
    }, LOOK_EVERY_MS)
    looking.unref()
  }

  function enter<T extends OpenRequest>(requests: Set<T>, request: T): Leave {
    requests.add(request)
    if (looking === null) acrossTenants('it looks at the keys of all streams', lookLater)
    return () => void requests.delete(request)
  }

  return {
    checkRoom({ tenantId, caller }) {
      let ofCaller = 0
      let ofTenant = 0
      for (const stream of open) {
        if (stream.caller === caller) ofCaller += 1
        if (stream.tenantId === tenantId) ofTenant += 1
      }
      if (ofCaller >= limits.perKey) throw full('API キーまたは担当者 1 つ', limits.perKey)
      if (ofTenant >= limits.perTenant) throw full('ご契約 1 件', limits.perTenant)
    },
    add: (stream) => enter(open, stream),
    watch: (wait) => enter(waits, wait),
    endAll() {
      if (looking !== null) clearTimeout(looking)
      for (const { end } of open) end()
    },
  }
}
