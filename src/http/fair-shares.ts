import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { HeavyReads } from '../platform/db/heavy-reads.ts'
import { currentScope } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import type { ShortFirst } from '../platform/event-loop.ts'
import { createFairGate, createKeyCounts } from '../platform/fair-gate.ts'
import { networkOf } from '../platform/network.ts'
import type { App } from './app-types.ts'
import { tenantOf } from './auth.ts'
import { clientGone } from './client-gone.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route waits for something outside, as a stream does: no load, and no slot of its tenant. */
    waits?: true | ((request: FastifyRequest) => boolean)
    /** The route reads many rows: its turn is one of the heavy reads, until its answer is written. */
    heavy?: true | ((request: FastifyRequest) => boolean)
    /** The route takes its turns itself, one for each piece of a file. */
    ownTurn?: true
  }
}

/** A process under pressure for so much longer is in need itself: then it refuses whoever comes. */
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

const busySelf = () =>
  new AppError(
    'TOO_MANY_REQUESTS',
    'このご契約からのリクエストが同時に多すぎます。先の応答を待ってから再度お試しください。',
    { details: { retryAfterSeconds: 5 } },
  )

const overloaded = () =>
  new AppError('UNAVAILABLE', 'サーバーが混み合っています。しばらくしてから再度お試しください。')

function isSo(request: FastifyRequest, name: 'waits' | 'heavy' | 'ownTurn'): boolean {
  const set = request.routeOptions.config[name]
  return typeof set === 'function' ? set(request) : set === true
}

/** Probes are answered at any load: restarting a process for one tenant's load fails all tenants. */
const isProbe = ({ url }: FastifyRequest) => /^\/(healthz|readyz|metrics)(\?|$)/.test(url)

/** Whose load a request is: its tenant's, or its network's where nobody is signed in. */
const shareOf = ({ auth, ip }: FastifyRequest): string =>
  auth?.kind === 'client' ? auth.tenantId : `network:${networkOf(ip)}`

/**
 * Refuses load of the tenant, or network, that has the most requests at work while the event loop is late.
 * Everybody else is served. It runs behind authentication, so that it knows whose request it is.
 */
export function shedByShare(app: App, eventLoopDelayMs: number, atWork = createKeyCounts()): void {
  const counted = new WeakMap<FastifyRequest, string>()
  app.addHook('preValidation', async (request) => {
    if (isProbe(request) || isSo(request, 'waits')) return
    const share = shareOf(request)
    const own = atWork.of(share) + 1
    if (app.isUnderPressure()) {
      const { eventLoopDelay } = app.memoryUsage()
      // Without any sample of the last second it says Infinity: that was one long pause, and may be over.
      if (Number.isFinite(eventLoopDelay) && eventLoopDelay > eventLoopDelayMs * HARD_TIMES)
        throw overloaded()
      if (own > 1 && own > atWork.most()) throw busySelf()
    }
    atWork.add(share)
    counted.set(request, share)
  })
  // Also of requests whose client went away.
  app.addHook('onResponse', async (request) => {
    const share = counted.get(request)
    if (share !== undefined) atWork.remove(share)
  })
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
    if (isSo(request, 'waits') || isSo(request, 'heavy') || isSo(request, 'ownTurn')) return
    ends.set(request, begin(share))
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

/** Refusals that are held, in all and a share; more are answered at once and their connection closed. */
const HELD = { inAll: 4_000, perShare: 1_000 }

/**
 * Steps in which refusals are spread. Answered at one moment they would come again at one moment: two hundred
 * such requests keep everybody waiting for a tenth of a second and more.
 */
const SPREAD = 100

/**
 * Holds back a refusal for this long, and up to twice as long: a loop that asks again at once in spite of
 * `Retry-After` would otherwise take the processor's time with refusals alone, several thousand a second, and
 * everybody else would wait for it.
 */
export function holdRefusals(app: App, ms: number): void {
  if (ms === 0) return
  const held = createKeyCounts()
  let all = 0
  let refused = 0
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode !== 429) return
    const share = shareOf(request)
    if (all >= HELD.inAll || held.of(share) >= HELD.perShare) {
      reply.header('connection', 'close')
      return
    }
    all += 1
    held.add(share)
    try {
      refused += 1
      await sleep(ms * (1 + (refused % SPREAD) / SPREAD), undefined, { signal: clientGone(reply) })
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
 * the database. One of many requests of a tenant begins behind those of tenants that have few.
 */
export function takeTurns(scope: App, heavyReads: HeavyReads): void {
  const { shortFirst } = heavyReads
  const [reads, changes] = [createFairGate(READS, shortFirst), createFairGate(CHANGES, shortFirst)]
  const ends = endsOf(scope)
  scope.addHook('preHandler', async (request, reply) => {
    if (isSo(request, 'waits') || isSo(request, 'ownTurn')) return
    const tenantId = tenantOf(request)
    const { promise, resolve } = Promise.withResolvers<void>()
    ends.set(request, resolve)
    const wait = { signal: clientGone(reply) }
    if (isSo(request, 'heavy')) return heavyReads.hold(tenantId, promise, wait)
    await (request.method === 'GET' ? reads : changes).hold(tenantId, promise, wait)
    if (shortFirst.hasMany(tenantId)) await shortFirst.giveWay(tenantId)
  })
}
