import type { Pool, PoolClient } from 'pg'
import { factsOf } from '../narrow.ts'
import { commitWaitOf, type Queries } from './transaction.ts'

/**
 * Transaction for all statements of one request, whoever sends them: a note of the request is committed with
 * its work, or neither is. Its parts stay what they are: a handler's own transaction becomes a savepoint, and
 * a lone statement that fails takes nothing along.
 */
export interface OneTransaction {
  /** `open`: statements may join. `ended`: committed. `given up`: none of it happened, nor may any follow. */
  readonly state: 'open' | 'ended' | 'given up'
  /** Runs a statement of the handler. */
  query(args: unknown[]): Promise<unknown>
  /** Lends a client in which `begin` is a savepoint. */
  connect(): Promise<PoolClient>
  /** Runs statements of the keeper itself; the transaction is over when one fails. */
  own<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** @throws where the commit was refused, or its outcome is not known */
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Keeps work for others, who could not see the rows before. */
  afterCommit(work: () => unknown): void
}

/** A transaction within another one of the same request would wait for itself. */
const MOST_WAIT_MS = 10_000

/** Begins it on a connection of the pool, for whom the statements of now are run. */
export async function beginOneTransaction(pool: Pool): Promise<OneTransaction> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const level = commitWaitOf(pool)
    if (level !== undefined) await client.query(`set local synchronous_commit = ${level}`)
    return createOneTransaction(client)
  } catch (error) {
    client.release(toError(error))
    throw error
  }
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

type Query = (...args: unknown[]) => Promise<unknown>

function createOneTransaction(client: PoolClient): OneTransaction {
  let state: OneTransaction['state'] = 'open'
  let broken: Error | undefined
  let statements: Promise<unknown> = Promise.resolve()
  let transactions: Promise<unknown> = Promise.resolve()
  let begun = 0
  const later: (() => unknown)[] = []
  const lost = (error: Error) => {
    broken ??= error
  }
  client.on('error', lost)
  const send: Query = (...args) => Reflect.apply(client.query, client, args)

  /** One unit after the other: a savepoint of one must not hold a statement of another. */
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = statements.then(work)
    statements = result.catch(() => undefined)
    return result
  }

  /** A refused statement ends a transaction of Postgres; outside of one it would have ended alone. */
  async function alone(args: unknown[]): Promise<unknown> {
    refuseAfterEnd()
    await send('savepoint statement')
    try {
      const result = await send(...args)
      await send('release savepoint statement')
      return result
    } catch (error) {
      await send('rollback to savepoint statement; release savepoint statement').catch(lost)
      throw error
    }
  }

  function refuseAfterEnd(): void {
    if (state !== 'open') throw new Error('the transaction of this request is over')
  }

  function lend(giveBack: () => void): PoolClient {
    begun += 1
    const name = `part_${begun}`
    const ends: Readonly<Record<string, string>> = {
      commit: `release savepoint ${name}`,
      rollback: `rollback to savepoint ${name}; release savepoint ${name}`,
    }
    let within = false
    const query: Query = (...args) =>
      exclusively(async () => {
        const word = wordOf(args[0])
        if (word === 'begin') {
          refuseAfterEnd()
          within = true
          return send(`savepoint ${name}`)
        }
        if (!within) return alone(args)
        refuseAfterEnd()
        const end = ends[word]
        if (end === undefined) return send(...args)
        within = false
        return send(end)
      })
    const release = (error?: Error | boolean) => {
      if (error) lost(error === true ? new Error('the connection was given back as broken') : error)
      if (within) void query('rollback').catch(lost)
      giveBack()
    }
    const [on, off] = [client.on.bind(client), client.off.bind(client)]
    return {
      query,
      release,
      on,
      off,
      once: client.once.bind(client),
      removeListener: off,
    } as unknown as PoolClient
  }

  async function end(sql: 'commit' | 'rollback'): Promise<void> {
    try {
      await exclusively(() => send(sql))
    } catch (error) {
      lost(toError(error))
      throw error
    } finally {
      client.off('error', lost)
      client.release(broken)
    }
  }

  return {
    get state() {
      return state
    },
    query: (args) => exclusively(() => alone(args)),
    async connect() {
      refuseAfterEnd()
      const before = transactions
      const { promise, resolve } = Promise.withResolvers<void>()
      transactions = before.then(() => promise)
      const timer = setTimeout(
        () => tooLong.reject(new Error('a transaction waits for its own request')),
        MOST_WAIT_MS,
      )
      const tooLong = Promise.withResolvers<never>()
      try {
        await Promise.race([before, tooLong.promise])
      } catch (error) {
        resolve()
        throw error
      } finally {
        clearTimeout(timer)
      }
      return lend(resolve)
    },
    own: (work) => exclusively(() => work(client)),
    async commit() {
      refuseAfterEnd()
      state = 'given up'
      // Not before: what a lost connection leaves behind must not be told to others.
      await end('commit')
      state = 'ended'
      await Promise.allSettled(later.map(async (work) => work()))
    },
    async rollback() {
      if (state !== 'open') return
      state = 'given up'
      // A connection that cannot roll back is dropped, and Postgres rolls back by itself.
      await end('rollback').catch(() => undefined)
    },
    afterCommit: (work) => void later.push(work),
  }
}

/** The single word of a statement that begins or ends a transaction; of others nothing that is compared. */
function wordOf(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : factsOf(statement).text
  return typeof text === 'string' && text.length < 20 ? text.trim().replace(/;$/, '').toLowerCase() : ''
}
