import type { Pool, PoolClient } from 'pg'

/**
 * The shop worker speaks SQL through pg itself: its statements carry hundreds of sealed rows, which Prisma would turn into
 * base64 and back.
 */
export type Queries = Pool | PoolClient

/** A Prisma transaction, or a pg client behind the same call. */
export interface RawQueries {
  $queryRawUnsafe<T = unknown>(sql: string, ...values: unknown[]): PromiseLike<T>
}

export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const lost = (error: Error) => {
    broken = error
  }
  // A connection that the server ends between two statements tells it by an event, which nobody else listens to here.
  client.on('error', lost)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.off('error', lost)
    // A client that cannot even roll back would hand its open transaction to the next caller.
    client.release(broken)
  }
}

export const asRawQueries = (queries: Queries): RawQueries => ({
  $queryRawUnsafe: async <T>(sql: string, ...values: unknown[]) =>
    (await queries.query(sql, values)).rows as T,
})

/** Whether Postgres refused the data itself, so that the same rows would be refused again and others would not. */
export function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  // 22: data exception (number out of range, NUL in a text), 23: integrity, 54: program limit.
  return typeof code === 'string' && /^(22|23|54)[0-9A-Z]{3}$/.test(code)
}
