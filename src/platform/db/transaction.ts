import type { Client, ClientBase, ClientConfig, Pool, PoolClient } from 'pg'
import { codeOf } from '../errors.ts'
import { createClient } from './hosts.ts'

/**
 * Connection for statements in SQL: the pool, or a client in its transaction. It is pg itself, since some
 * statements carry hundreds of sealed rows, which Prisma would turn into base64 and back.
 */
export type Queries = Pick<Pool | PoolClient, 'query'>

/** Runs work over a connection of its own. @throws whatever pg says where the server is not there */
export async function withClient<T>(
  url: string,
  config: ClientConfig,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient(url, { connectionTimeoutMillis: 10_000, ...config })
  // An error without a listener would end the process; the statement under way tells of it too.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Gives the client back after the work or, where it broke meanwhile (also as `breaks` says), ends it. */
export async function released<T>(
  client: PoolClient,
  work: (breaks: (error: Error) => void) => Promise<T>,
): Promise<T> {
  let broken: Error | undefined
  const lost = (error: Error) => {
    broken = error
  }
  // A connection that the server ends between two statements tells it by an event, which nobody else listens
  // to here.
  client.on('error', lost)
  try {
    return await work(lost)
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}

export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A client that cannot even roll back would hand its open transaction to the next caller.
  return released(client, (breaks) => transact(client, () => work(client), breaks))
}

/** @param breaks is told why a failed transaction could not even be rolled back */
export async function transact<T>(
  client: Pick<ClientBase, 'query'>,
  work: () => Promise<T>,
  breaks: (error: Error) => void = () => undefined,
): Promise<T> {
  try {
    await client.query('begin')
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(breaks)
    throw error
  }
}

/** Values of `synchronous_commit` for transactions that must survive a failover. */
export type CommitWaitsFor = 'remote_write' | 'on' | 'remote_apply'

const waits = new WeakMap<object, CommitWaitsFor>()

/** From now on the durable transactions of this pool wait so long, whatever the server's own setting is. */
export const commitsWaitFor = (pool: Pool, level: CommitWaitsFor): void => void waits.set(pool, level)

/** Undefined: as the server is set. */
export const commitWaitOf = (pool: Pool): CommitWaitsFor | undefined => waits.get(pool)

/**
 * A transaction whose outcome goes out of the house (orders handed over, a call to a mall) or proves that
 * work is done: after a failover to a standby that had not received it, it would be done a second time.
 */
export const inDurableTransaction = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (client) => {
    const level = waits.get(pool)
    if (level !== undefined) await client.query(`set local synchronous_commit = ${level}`)
    return work(client)
  })

/** The same for work that is one statement: without the setting it needs no transaction of its own. */
export const durably = <T>(pool: Pool, work: (queries: Queries) => Promise<T>): Promise<T> =>
  waits.has(pool) ? inDurableTransaction(pool, work) : work(pool)

/** True when Postgres refused the data: the same again would be refused again, whoever is to blame. */
export const isRefused = (error: unknown): boolean =>
  // 22: data exception (number out of range, NUL in a text), 23: integrity, 54: program limit.
  /^(22|23|54)[0-9A-Z]{3}$/.test(codeOf(error) ?? '')
