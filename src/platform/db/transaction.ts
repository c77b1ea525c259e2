import type { Pool, PoolClient } from 'pg'
import { codeOf } from '../errors.ts'

/**
 * What a statement in SQL is sent through: the pool, or a client in its transaction. pg itself, since some statements carry
 * hundreds of sealed rows, which Prisma would turn into base64 and back.
 */
export type Queries = Pick<Pool | PoolClient, 'query'>

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

/** Whether Postgres refused the data itself, so that the same rows would be refused again and others would not. */
export function isDataError(error: unknown): boolean {
  // 22: data exception (number out of range, NUL in a text), 23: integrity, 54: program limit.
  return /^(22|23|54)[0-9A-Z]{3}$/.test(codeOf(error) ?? '')
}
