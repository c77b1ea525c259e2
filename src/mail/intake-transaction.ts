import type pg from 'pg'
import type { Tx } from '../platform/db/database.ts'
import { createStatementNames } from '../platform/db/statement-names.ts'

/** The part of a Prisma transaction that raw statements need. */
export type RawTx = Pick<Tx, '$queryRawUnsafe'>

export type InTransaction = <T>(work: (tx: RawTx) => Promise<T>) => Promise<T>

/**
 * Transactions straight on the pool. Every new order waits for this one, and through Prisma's interactive transactions it
 * takes 3.2 ms instead of 1.6 (measured with Postgres 18 on the same machine).
 */
export function createTransactions(pool: pg.Pool): InTransaction {
  const nameOf = createStatementNames()
  return async (work) => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const result = await work(rawTx(client, nameOf))
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => {
        broken = cause
      })
      throw error
    } finally {
      // A connection whose transaction may still be open must not be handed to anybody else.
      client.release(broken)
    }
  }
}

function rawTx(client: pg.PoolClient, nameOf: (query: { sql: string }) => string): RawTx {
  const query = async (text: string, ...values: unknown[]) => {
    const name = nameOf({ sql: text })
    return (await client.query({ text, values, ...(name === '' ? {} : { name }) })).rows
  }
  return { $queryRawUnsafe: query as RawTx['$queryRawUnsafe'] }
}
