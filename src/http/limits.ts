import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import { AppError } from '../platform/errors.ts'
import type { KeyCounts } from '../platform/fair-gate.ts'
import { subnetOf } from '../platform/network.ts'
import type { App } from './app-types.ts'
import { actorOf, tenantOf } from './auth.ts'
import { holdRefusals, shedByShare } from './fair-shares.ts'

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
  shedByShare(app, limits.eventLoopDelayMs, atWork)
  holdRefusals(app, limits.refusalMs)
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: WINDOW_MS,
    store: steadyCounts(),
    // A route's limit runs after its scope's hooks, so the key is known.
    keyGenerator: (request) =>
      request.auth?.kind === 'client' ? actorOf(request) : `address:${subnetOf(request.ip)}`,
    errorResponseBuilder: (_request, context) => {
      const seconds = Math.ceil(context.ttl / 1000)
      return new AppError(
        'TOO_MANY_REQUESTS',
        `リクエストが多すぎます。${seconds} 秒後に再度お試しください。`,
        {
          details: { retryAfterSeconds: seconds },
        },
      )
    },
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
