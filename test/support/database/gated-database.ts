import type pg from 'pg'
import { openDatabase } from '../../../src/platform/db/database.ts'
import type { TestDatabase } from './database.ts'

/** A statement at the gate: its connection, and when its answer is there. */
interface AtGate {
  pid: number
  answered: Promise<void>
}

/**
 * Called before each statement of a process, with its text; the statement goes out once it resolves. Where it
 * throws, the statement fails and its transaction is rolled back, as if the process were gone.
 */
export type Gate = (text: string, statement: AtGate) => Promise<void> | void

type Query = (...args: unknown[]) => unknown

const textOf = (first: unknown): string =>
  typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '')

/**
 * A second process on the same database, whose statements wait at a gate, those of Prisma too: what another
 * process does in between comes in at exactly that point.
 */
export async function gatedDatabase(
  url: string,
  gate: Gate,
): Promise<Pick<TestDatabase, 'db' | 'pool' | 'url'> & { close(): Promise<void> }> {
  const database = await openDatabase({ url, log: { warn: () => undefined }, maxConnections: 6 })
  const wrapped = new WeakMap<pg.PoolClient, pg.PoolClient>()
  const gated = (client: pg.PoolClient): pg.PoolClient => {
    const known = wrapped.get(client)
    if (known) return known
    const query = client.query.bind(client) as Query
    const made = new Proxy(client, {
      get(target, name) {
        if (name !== 'query') {
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        }
        return (...args: unknown[]) => {
          const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
          const { processID: pid } = target as pg.PoolClient & { processID: number }
          const passed = Promise.resolve(gate(textOf(args[0]), { pid, answered }))
          const callback = args.at(-1)
          // The pool's own query() waits for a callback.
          if (typeof callback === 'function') {
            const called = (...result: unknown[]) => {
              answer()
              callback(...result)
            }
            void passed.then(
              () => query(...args.slice(0, -1), called),
              (error: unknown) => query('rollback', () => called(error)),
            )
            return undefined
          }
          const rollBack = async (error: unknown) => {
            await query('rollback')
            throw error
          }
          return passed.then(() => query(...args), rollBack).finally(answer)
        }
      },
    })
    wrapped.set(client, made)
    return made
  }
  const { pool } = database
  const connect = pool.connect.bind(pool)
  type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void
  pool.connect = ((callback?: Connected) => {
    if (callback === undefined) return connect().then(gated)
    connect((error, client, done) => callback(error, client && gated(client), done))
    return undefined
  }) as typeof pool.connect
  return database
}
