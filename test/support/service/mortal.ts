import type { MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import type { WorkTools } from '../imports/import-bench.ts'

/** What a process that was killed would have gone on to do. */
export class Killed extends Error {
  constructor() {
    super('killed')
    this.name = 'Killed'
  }
}

/**
 * The life of one process, counted in awaits on the world outside (database, mall): each counts twice, before
 * it and after it. At the `at`-th count the process is killed, or stands still until `wake`.
 */
export interface Life {
  /**
   * To be awaited around every call to the outside; `onStall` runs when it stands still here. @throws Killed
   */
  beat(onStall?: () => Promise<void>): Promise<void>
  wake(): void
  standsStill(): boolean
  /** Settles when it stands still. */
  readonly stands: Promise<void>
  /** Whether it came as far as `at`. */
  wasMet(): boolean
}

export function createLife(at: number | null, how: 'kill' | 'stall'): Life {
  let count = 0
  let dead = false
  let standing: PromiseWithResolvers<void> | null = null
  const stands = Promise.withResolvers<void>()
  return {
    stands: stands.promise,
    async beat(onStall) {
      if (dead) throw new Killed()
      if (count++ !== at) return
      if (how === 'kill') {
        dead = true
        throw new Killed()
      }
      standing = Promise.withResolvers<void>()
      await onStall?.()
      stands.resolve()
      await standing.promise
      standing = null
    },
    wake: () => standing?.resolve(),
    standsStill: () => standing !== null,
    wasMet: () => at !== null && count > at,
  }
}

type Call = (...args: unknown[]) => Promise<unknown>

const counted =
  (life: Life, call: Call): Call =>
  async (...args) => {
    await life.beat()
    const result = await call(...args)
    await life.beat()
    return result
  }

/** Of who stands still within a transaction the server ends the session, so that its locks do not stay. */
function inTransaction(life: Life, query: Call): Call {
  let ended = false
  const beat = async () => {
    await life.beat(async () => {
      ended = true
      await query('rollback')
    })
    if (ended) throw new Killed()
  }
  return async (...args) => {
    await beat()
    const result = await query(...args)
    await beat()
    return result
  }
}

/** The worker's tools, each call of which may be its last. */
export function mortal<D extends WorkTools>(deps: D, life: Life): D {
  return {
    ...deps,
    pool: mortalPool(deps.pool, life),
    db: mortalModels(deps.db, life),
    sessions: {
      openRow: (row) => {
        const opened = deps.sessions.openRow(row)
        return { ...opened, session: mortalSession(opened.session, life) }
      },
    },
  }
}

function mortalPool<T extends WorkTools['pool']>(pool: T, life: Life): T {
  const query = counted(life, pool.query.bind(pool) as Call)
  const connect = async () => {
    await life.beat()
    const client = await pool.connect()
    const query = inTransaction(life, client.query.bind(client) as Call)
    return new Proxy(client, { get: (real, key) => (key === 'query' ? query : bound(real, key)) })
  }
  return new Proxy(pool, {
    get: (real, key) => (key === 'query' ? query : key === 'connect' ? connect : bound(real, key)),
  })
}

const bound = (real: object, key: string | symbol): unknown => {
  const value = Reflect.get(real, key)
  return typeof value === 'function' ? value.bind(real) : value
}

function mortalModels<T extends object>(db: T, life: Life): T {
  return new Proxy(db, {
    get(real, key) {
      const model = Reflect.get(real, key)
      if (typeof model !== 'object' || model === null) return bound(real, key)
      return new Proxy(model, {
        get: (inner, name) => {
          const method = Reflect.get(inner, name)
          return typeof method === 'function' ? counted(life, method.bind(inner)) : method
        },
      })
    },
  })
}

function mortalSession(session: MarketplaceSession, life: Life): MarketplaceSession {
  const { changes } = session
  return {
    ...session,
    async *fetchOrders(...args) {
      await life.beat()
      yield* session.fetchOrders(...args)
      await life.beat()
    },
    ...(changes
      ? {
          changes: {
            applyStep: calling(life, changes.applyStep),
            ...(changes.applyMany ? { applyMany: calling(life, changes.applyMany) } : {}),
          },
        }
      : {}),
  }
}

/** A call whose signal ended while its process stood still is not made: a request that is given up is cut. */
const calling =
  <Args extends [...unknown[], AbortSignal], Answer>(
    life: Life,
    call: (...args: Args) => Promise<Answer>,
  ): ((...args: Args) => Promise<Answer>) =>
  async (...args) => {
    await life.beat()
    const signal = args.at(-1) as AbortSignal
    signal.throwIfAborted()
    const answer = await call(...args)
    await life.beat()
    return answer
  }
