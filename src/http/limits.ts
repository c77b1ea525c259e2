import { setTimeout as sleep } from 'node:timers/promises'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyRequest } from 'fastify'
import type { HeavyReads } from '../platform/db/heavy-reads.ts'
import { currentScope } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import type { ShortFirst } from '../platform/event-loop.ts'
import { createFairGate, createKeyCounts, type KeyCounts } from '../platform/fair-gate.ts'
import { factsOf } from '../platform/narrow.ts'
import { networkOf, subnetOf } from '../platform/network.ts'
import { clientGone } from './answers.ts'
import type { App } from './app-types.ts'
import { actorOf, tenantOf } from './auth.ts'

export interface LimitOptions {
  /** Per API key; per address where there is no key. */
  requestsPerMinute: number
  /** Wrong keys per address. */
  authFailuresPerMinute: number
  /** Largest body, bytes. A route may take more by its own `bodyLimit`. */
  bodyBytes: number
  /** Longest time for a request to arrive, and for its handler to answer. */
  requestMs: number
  /** Above this event loop delay the tenant with the most requests at work is refused more; 0 never. */
  eventLoopDelayMs: number
  /** Milliseconds for which the answer of a refused request is held back; 0 not at all. */
  refusalMs: number
}

/** Generous for a client that polls each second and pulls thousands; small enough to notice a wild loop. */
export const DEFAULT_LIMITS: LimitOptions = {
  requestsPerMinute: 1_200,
  authFailuresPerMinute: 30,
  bodyBytes: 1024 * 1024,
  requestMs: 30_000,
  eventLoopDelayMs: 3_000,
  refusalMs: 1_000,
}

const WINDOW_MS = 60_000

/**
 * Limits a route that makes this service call another company's server, or sends a browser there: by tenant,
 * for all its keys. Some malls and mail servers lock an account after a few wrong sign-ins.
 */
export const asksOthers = (perMinute = 30) =>
  ({ rateLimit: { max: perMinute, timeWindow: WINDOW_MS, keyGenerator: tenantOf } }) as const

/**
 * Limits a door that a mall or a mail service comes through, from a few addresses for all of its customers:
 * one shop or mailbox is held to a part of what its address may send.
 */
const DOOR = { each: 1_200, inAll: 6_000 }

export const EACH_AT_THE_DOOR = {
  rateLimit: {
    max: DOOR.each,
    timeWindow: WINDOW_MS,
    keyGenerator: ({ ip, params }: FastifyRequest) => `${subnetOf(ip)} ${factsOf(params).id}`,
  },
} as const

/** Limits an address at a door whose operation has EACH_AT_THE_DOOR: ids can be made up. */
export function limitDoor(scope: App): void {
  const count = scope.createRateLimit({
    max: DOOR.inAll,
    timeWindow: WINDOW_MS,
    keyGenerator: ({ ip }) => `door:${subnetOf(ip)}`,
  })
  scope.addHook('onRequest', async (request) => {
    const counted = await count(request)
    if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttlInSeconds)
  })
}

/** Look-ups at a mall that staff's pages make. */
export const LOOKS_PER_MINUTE = 120

export async function protect(app: App, limits: LimitOptions, atWork: KeyCounts): Promise<void> {
  await app.register(helmet, {
    // Set in src/http/server.ts, where it applies.
    strictTransportSecurity: false,
    // Answers are JSON: nothing may be loaded or framed. /docs sets its own policy.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  })
  await app.register(cookie)
  // Its own hook runs before anybody is known, and would refuse whoever comes.
  await app.register(underPressure, {
    maxEventLoopDelay: limits.eventLoopDelayMs,
    pressureHandler: () => undefined,
  })
  limitUnreadBodies(app)
  shedByShare(app, limits.eventLoopDelayMs, atWork)
  holdRefusals(app, limits.refusalMs)
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: WINDOW_MS,
    store: steadyCounts(),
    // A route's limit runs after its scope's hooks, so the key is known.
    keyGenerator: (request) =>
      request.auth?.kind === 'client' ? actorOf(request) : `address:${subnetOf(request.ip)}`,
    errorResponseBuilder: (_request, { ttl }) => tooMany(Math.ceil(ttl / 1000)),
  })
  // The names of the IETF's draft (draft-ietf-httpapi-ratelimit-headers), beside those that clients of before
  // read.
  app.addHook('onSend', async (request, reply) => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      reply.getHeader(`x-ratelimit-${name}`),
    )
    if (limit === undefined) return
    const own = request.routeOptions.config.rateLimit
    const seconds = Number((typeof own === 'object' ? own.timeWindow : undefined) ?? WINDOW_MS) / 1_000
    reply.header('ratelimit-policy', `"requests";q=${limit};w=${seconds}`)
    // Rounded up by the plugin, it may be a second more than the window.
    reply.header('ratelimit', `"requests";r=${remaining};t=${Math.min(Number(reset), seconds)}`)
  })
}

const tooMany = (seconds: number) =>
  new AppError('TOO_MANY_REQUESTS', `リクエストが多すぎます。${seconds} 秒後に再度お試しください。`, {
    details: { retryAfterSeconds: seconds },
  })

/** As many callers are remembered at a time; of more, the one that came first is forgotten. */
const MOST_CALLERS = 5_000

interface Window {
  count: number
  endsAt: number
}

/**
 * Counts requests in windows of a clock that nobody can set. By the wall clock, which the plugin's own store
 * uses, a window and the refusals in it would last an hour longer when that clock is put back by an hour.
 * @param steady milliseconds of a clock that only goes forward
 */
export function steadyCounts(steady: () => number = () => performance.now()): FastifyRateLimitStoreCtor {
  return class SteadyCounts implements FastifyRateLimitStore {
    #windows = new Map<string, Window>()

    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow = 0,
    ): void {
      const now = steady()
      let window = this.#windows.get(key)
      if (window === undefined || window.endsAt <= now) {
        this.#windows.delete(key)
        window = { count: 0, endsAt: now + timeWindow }
        this.#windows.set(key, window)
        this.#forgetOldest()
      }
      window.count += 1
      callback(null, { current: window.count, ttl: Math.ceil(window.endsAt - now) })
    }

    child(): SteadyCounts {
      return new SteadyCounts()
    }

    #forgetOldest(): void {
      if (this.#windows.size <= MOST_CALLERS) return
      const [oldest] = this.#windows.keys()
      if (oldest !== undefined) this.#windows.delete(oldest)
    }
  }
}

/**
 * How a request is charged to its share. `heavy`: it reads many rows, and has a turn of the heavy reads until
 * its answer is written. `waits`: it has its turn but for what it waits for, by `outside()`. `pieces`: it
 * takes its turns itself, one for each piece of a file. `opens`: the same, to begin what then stays open and
 * is no load.
 */
export type Cost = 'light' | 'heavy' | 'waits' | 'pieces' | 'opens'

declare module 'fastify' {
  interface FastifyContextConfig {
    cost?: Cost | ((request: FastifyRequest) => Cost)
  }
}

/** Beyond this a process under pressure is overloaded: then every tenant has one request at most. */
const HARD_TIMES = 4

/**
 * Reads of tenants at once: fewer than a process has connections. Of one tenant three: two keep the event
 * loop busy while the third waits for Postgres, and more would keep others waiting there, on a machine of two
 * processors. A board asks for eight at most at a moment; who has more waiting leaves the event loop to
 * others while it waits for Postgres.
 */
const READS = { atOnce: 16, perKey: 3, queuePerKey: 64, fewPerKey: 8 }

/**
 * Everything else of tenants: with its reads, one holds fewer connections than a process has. Some wait for a
 * mall, and for no connection.
 */
const CHANGES = { atOnce: 64, perKey: 4, queuePerKey: 64, fewPerKey: 8 }

/**
 * What waits for a mall, a mail server or its own calls, before and after it does. Of a pasted mail more than
 * half of the main thread's time is its body, which is read before its turn.
 */
const WAITS = { atOnce: 16, perKey: 2, queuePerKey: 64, fewPerKey: 8, restTimes: 2 }

/** Bodies on their way at once, of a tenant or a network: as many as may wait for their turns, and more. */
const MOST_UNREAD = 128

/**
 * Counts bodies that have not come whole. Thousands of them, a byte a second each, are no request to any gate
 * yet and keep the process busy for as long as a request may take.
 */
export function limitUnreadBodies(app: App, most = MOST_UNREAD): void {
  const unread = createKeyCounts()
  const counted = new WeakMap<FastifyRequest, string>()
  app.addHook('preParsing', async (request, reply) => {
    const { 'content-length': length = '0', 'transfer-encoding': pieces } = request.headers
    if (length === '0' && pieces === undefined) return
    const share = shareOf(request)
    if (unread.of(share) >= most) {
      reply.header('connection', 'close')
      throw busySelf()
    }
    unread.add(share)
    counted.set(request, share)
  })
  const end = async (request: FastifyRequest) => {
    const share = counted.get(request)
    counted.delete(request)
    if (share !== undefined) unread.remove(share)
  }
  app.addHook('preValidation', end)
  // Of a body that was refused or never came.
  app.addHook('onResponse', end)
}

const busySelf = () =>
  new AppError(
    'TOO_MANY_REQUESTS',
    'このご契約からのリクエストが同時に多すぎます。先の応答を待ってから再度お試しください。',
    { details: { retryAfterSeconds: 5 } },
  )

/** Refuses for others' load: no fault that the caller has to look into. */
const busyAll = () =>
  new AppError('TOO_MANY_REQUESTS', 'サーバーが混み合っています。先の応答を待ってから再度お試しください。', {
    details: { retryAfterSeconds: 5 },
  })

/** Refuses for the caller's own load. */
const overloaded = () =>
  new AppError('UNAVAILABLE', 'サーバーが混み合っています。しばらくしてから再度お試しください。')

function costOf(request: FastifyRequest): Cost {
  const { cost = 'light' } = request.routeOptions.config
  return typeof cost === 'function' ? cost(request) : cost
}

/** Probes are answered at any load: restarting a process for one tenant's load fails all tenants. */
const isProbe = ({ url }: FastifyRequest) => /^\/(healthz|readyz|metrics)(\?|$)/.test(url)

/** The key a request is charged to: its tenant, or its network where nobody is signed in. */
export const shareOf = ({ auth, ip }: FastifyRequest): string =>
  auth?.kind === 'client' ? auth.tenantId : `network:${networkOf(ip)}`

/** The key a request is charged to while it is at work. */
const atWorkFor = new WeakMap<FastifyRequest, string>()

function addLoad(atWork: KeyCounts, request: FastifyRequest): void {
  const share = shareOf(request)
  atWork.add(share)
  atWorkFor.set(request, share)
}

function endLoad(atWork: KeyCounts, request: FastifyRequest): void {
  const share = atWorkFor.get(request)
  atWorkFor.delete(request)
  if (share !== undefined) atWork.remove(share)
}

/**
 * Refuses load of the tenant, or network, that has the most requests at work while the event loop is late.
 * Everybody else is served. It runs behind authentication, so that it knows whose request it is.
 */
export function shedByShare(app: App, eventLoopDelayMs: number, atWork = createKeyCounts()): void {
  app.addHook('preValidation', async (request) => {
    if (isProbe(request) || costOf(request) === 'opens') return
    const own = atWork.of(shareOf(request)) + 1
    if (app.isUnderPressure() && own > 1) {
      const { eventLoopDelay } = app.memoryUsage()
      // Without any sample of the last second it says Infinity: that was one long pause, and may be over.
      if (Number.isFinite(eventLoopDelay) && eventLoopDelay > eventLoopDelayMs * HARD_TIMES)
        throw own > atWork.most() ? overloaded() : busyAll()
      if (own > atWork.most()) throw busySelf()
    }
    addLoad(atWork, request)
  })
  // Also of requests whose client went away.
  app.addHook('onResponse', async (request) => endLoad(atWork, request))
}

/**
 * Lets requests that are soon answered go before long ones of others, and before those of who asks for many
 * at once. Long are heavy reads, and whatever turns out to need more than a piece of work.
 */
export function putShortFirst(app: App, { note, begin, giveWay }: ShortFirst): void {
  // In front of the hook that holds refusals back.
  const ends = endsOf(app)
  // Behind the check of the query, which says whether a list is heavy.
  app.addHook('preHandler', async (request) => {
    if (request.auth === null) return
    const share = shareOf(request)
    note(share)
    const scope = currentScope()
    if (scope)
      scope.giveWay = () => {
        ends.get(request)?.()
        return giveWay(share)
      }
    if (costOf(request) === 'light') ends.set(request, begin(share))
  })
}

/** Ends what a request began, by what is set here, once its answer is there. */
function endsOf(app: App): WeakMap<FastifyRequest, () => void> {
  const ends = new WeakMap<FastifyRequest, () => void>()
  const end = async (request: FastifyRequest) => ends.get(request)?.()
  app.addHook('onSend', end)
  // Also of requests whose client went away.
  app.addHook('onResponse', end)
  return ends
}

/**
 * Refusals that are held, in all and of a share; more are answered at once and their connection closed. For
 * each `growsBy` of a share the pause grows by its length, five times at most: however many connections a
 * share opens, it gets a few hundred refusals a second.
 */
const HELD = { inAll: 4_000, perShare: 2_000, growsBy: 250 }
const MOST_TIMES = 5

/**
 * Steps in which refusals are spread. Answered at one moment they would come again at one moment: two hundred
 * such requests keep everybody waiting for a tenth of a second and more.
 */
const SPREAD = 100

/**
 * Refusals of unknown callers that are answered at once, in all. Six hundred a second for bodies of a
 * megabyte each left others with ten times their time; people who mistype a password are far fewer.
 */
const STRANGERS_PER_SECOND = 10

/** Counts by a clock of its own, as it is asked while no turn is free. */
function createAllowance(perSecond: number, steady: () => number): () => boolean {
  let left = perSecond
  let at = steady()
  return () => {
    const now = steady()
    left = Math.min(perSecond, left + ((now - at) * perSecond) / 1_000)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}

/**
 * Holds back a refusal for this long, up to twice as long, and longer where many of its share are held: a
 * loop that asks again at once in spite of `Retry-After` would otherwise take the processor's time with
 * refusals alone, several thousand a second, and everybody else would wait for it. Unknown callers share one
 * allowance, whatever they are refused for and from however many networks they come.
 */
export function holdRefusals(app: App, ms: number, most = HELD, steady = () => performance.now()): void {
  if (ms === 0) return
  const held = createKeyCounts()
  const isAllowed = createAllowance(STRANGERS_PER_SECOND, steady)
  let all = 0
  let refused = 0
  app.addHook('onSend', async (request, reply) => {
    const { statusCode } = reply
    const ofStranger = request.auth === null && statusCode >= 400 && statusCode < 500 && statusCode !== 429
    if (ofStranger ? isAllowed() : statusCode !== 429) return
    const share = ofStranger ? 'strangers' : shareOf(request)
    if (all >= most.inAll || held.of(share) >= most.perShare) {
      reply.header('connection', 'close')
      return
    }
    all += 1
    held.add(share)
    try {
      refused += 1
      const times = Math.max(1 + (refused % SPREAD) / SPREAD, held.of(share) / most.growsBy)
      await sleep(ms * Math.min(times, MOST_TIMES), undefined, { signal: clientGone(reply) })
    } catch {
      // Gone before: nobody waits for the answer.
    } finally {
      all -= 1
      held.remove(share)
    }
  })
}

/**
 * Lets each tenant's requests take turns with those of all others, so that no tenant holds all connections to
 * the database. One of many requests of a tenant begins behind those of tenants that have few. What waits for
 * something outside gives its turn back until that has come.
 */
export function takeTurns(scope: App, heavyReads: HeavyReads): void {
  const { shortFirst } = heavyReads
  const [reads, changes, waits] = [
    createFairGate(READS, shortFirst),
    createFairGate(CHANGES, shortFirst),
    createFairGate(WAITS, shortFirst),
  ]
  const gateOf = (request: FastifyRequest) => {
    const cost = costOf(request)
    if (cost === 'heavy') return heavyReads
    if (cost === 'waits') return waits
    if (cost !== 'light') return null
    return request.method === 'GET' ? reads : changes
  }
  const ends = endsOf(scope)
  scope.addHook('preHandler', async (request, reply) => {
    const gate = gateOf(request)
    if (gate === null) return
    const tenantId = tenantOf(request)
    const signal = clientGone(reply)
    let [release, isOver, away]: [() => void, boolean, number] = [() => undefined, false, 0]
    ends.set(request, () => {
      isOver = true
      release()
    })
    const take = (patient: boolean) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      release = resolve
      return gate.hold(tenantId, promise, { signal, patient })
    }
    const current = currentScope()
    if (current)
      current.outside = async (wait) => {
        if (isOver) return wait()
        if (away === 0) {
          release()
          endLoad(shortFirst.atWork, request)
        }
        away += 1
        try {
          return await wait()
        } finally {
          away -= 1
          if (away === 0 && !isOver) {
            addLoad(shortFirst.atWork, request)
            await take(true)
          }
        }
      }
    await take(false)
    // Calls to /mcp need no database: many would run one behind the other at a stretch.
    if (gate === waits || (gate !== heavyReads && shortFirst.hasMany(tenantId)))
      await shortFirst.giveWay(tenantId)
  })
}
