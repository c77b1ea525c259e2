import type { Pool, PoolClient } from 'pg'

export interface HeldPool {
  /** For the service under test, instead of its pool. */
  pool: Pool
  /** Resolves once the first such statement is about to be sent. */
  reached: Promise<void>
  /** Lets it go, and all that follow. */
  release(): void
}

/**
 * Stops the first statement whose text fits before it is sent, so that another transaction can come in
 * between at exactly that point: `commit` stops a transaction with all of its locks held.
 */
export function holdBefore(pool: Pool, fits: (text: string) => boolean): HeldPool {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const query =
    (target: Pool | PoolClient) =>
    async (...args: unknown[]): Promise<unknown> => {
      const [first] = args
      const text = typeof first === 'string' ? first : ((first as { text?: string }).text ?? '')
      if (fits(text)) {
        reached.resolve()
        await released.promise
      }
      return (target.query as (...all: unknown[]) => Promise<unknown>).apply(target, args)
    }
  const bound = (target: object, name: string | symbol) => {
    const value: unknown = Reflect.get(target, name)
    return typeof value === 'function' ? value.bind(target) : value
  }
  const wrapped = new Proxy(pool, {
    get(target, name) {
      if (name === 'query') return query(target)
      if (name !== 'connect') return bound(target, name)
      return async () => {
        const client = await target.connect()
        return new Proxy(client, { get: (own, key) => (key === 'query' ? query(own) : bound(own, key)) })
      }
    },
  })
  return { pool: wrapped, reached: reached.promise, release: () => released.resolve() }
}

/** Resolves once so many wait for a lock that another one holds. */
export async function someoneWaits(pool: Pool, many = 1): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    )
    if ((rowCount ?? 0) >= many) return
  }
}
