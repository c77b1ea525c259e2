import type pg from 'pg'
import { currentTenant } from './tenant-scope.ts'
import { released } from './transaction.ts'

/** What is said to a connection before it works for another tenant than before. */
const ENTER = `select set_config('torikomi.tenant', $1, false)`

/** For which tenant a connection was last set. */
const tenants = new WeakMap<object, string>()

async function enter(pool: pg.Pool, tenantId: string): Promise<pg.PoolClient> {
  const client = await pool.connect()
  if (tenants.get(client) === tenantId) return client
  try {
    // Whoever gets the connection next must not take it for that of the tenant before.
    tenants.delete(client)
    await client.query(ENTER, [tenantId])
    tenants.set(client, tenantId)
    return client
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}

/**
 * Within a tenant's request the statements of `pool` go out over `bound`, whose connections are `torikomi_tenant`; all others as they did. One
 * object for both, so that no caller has to choose, and none can choose wrongly.
 */
export function routeByTenant(pool: pg.Pool, bound: pg.Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown
  const isCallback = (args: unknown[]): boolean => typeof args.at(-1) === 'function'

  // The pool itself calls `connect` with a callback, for its own `query`.
  pool.connect = ((...args: unknown[]) => {
    const tenantId = currentTenant()
    return tenantId === null || isCallback(args) ? connect(...args) : enter(bound, tenantId)
  }) as typeof pool.connect

  pool.query = ((...args: unknown[]) => {
    const tenantId = currentTenant()
    if (tenantId === null) return query(...args)
    if (isCallback(args)) throw new Error('a tenant’s statements are awaited')
    return inBound(tenantId, args)
  }) as typeof pool.query

  async function inBound(tenantId: string, args: unknown[]): Promise<unknown> {
    const client = await enter(bound, tenantId)
    return released(client, () => (client.query as (...args: unknown[]) => Promise<unknown>)(...args))
  }
}
