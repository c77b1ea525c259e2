import type pg from 'pg'
import { currentScope } from './tenant-scope.ts'
import { released } from './transaction.ts'

/** Sets a connection's tenant before it works for another one. */
const ENTER = `select set_config('torikomi.tenant', $1, false)`

/** For which tenant a connection was last set. */
const tenants = new WeakMap<object, string>()

async function enter(pool: pg.Pool, tenantId: string): Promise<pg.PoolClient> {
  const client = await pool.connect()
  if (tenants.get(client) === tenantId) return client
  try {
    // Forgets the earlier tenant first: the next user must not take the connection for that tenant's.
    tenants.delete(client)
    await client.query(ENTER, [tenantId])
    tenants.set(client, tenantId)
    return client
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}

/** Each null where this login may not work as that role: then the service itself does. */
export interface RolePools {
  /** Connections that are `torikomi_tenant`. */
  tenants: pg.Pool | null
  /** Connections that are `torikomi_reports`. */
  reports(): Promise<pg.Pool | null>
  /** Connections that are `torikomi_tenant`, for heavy reads. */
  heavy(): Promise<pg.Pool | null>
}

/**
 * Within a tenant's request the statements of `pool` go out over connections that are `torikomi_tenant`, within a report over those that are
 * `torikomi_reports`; all others as they did. One object for all, so that no caller has to choose, and none can choose wrongly.
 */
export function routeByScope(pool: pg.Pool, { tenants: bound, reports, heavy }: RolePools): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown
  /** Whose connections the statements of now need; null: the service's own. */
  const wayOut = (): (() => Promise<pg.PoolClient>) | null => {
    const scope = currentScope()
    if (scope === null) return null
    const { tenantId } = scope
    if (tenantId !== null && scope.heavy && bound)
      return async () => enter((await heavy()) ?? bound, tenantId)
    if (tenantId === null)
      return async () => (await reports())?.connect() ?? (connect() as Promise<pg.PoolClient>)
    return bound && (() => enter(bound, tenantId))
  }
  const isCallback = (args: unknown[]): boolean => typeof args.at(-1) === 'function'

  // The pool itself calls `connect` with a callback, for its own `query`.
  pool.connect = ((...args: unknown[]) => {
    const way = isCallback(args) ? null : wayOut()
    return way === null ? connect(...args) : way()
  }) as typeof pool.connect

  pool.query = ((...args: unknown[]) => {
    const way = wayOut()
    if (way === null) return query(...args)
    if (isCallback(args)) throw new Error('a tenant’s statements are awaited')
    return inBound(way, args)
  }) as typeof pool.query

  async function inBound(way: () => Promise<pg.PoolClient>, args: unknown[]): Promise<unknown> {
    const client = await way()
    return released(client, () => (client.query as (...args: unknown[]) => Promise<unknown>)(...args))
  }
}
