import type { Pool, PoolClient } from 'pg'

/**
 * Pages of the database that statements touch: of the same rows as many on any machine, whatever else it
 * does.
 */
export interface BlockCounter {
  /** Its statements are counted while there is counting, those of its clients too. */
  pool: Pool
  count(work: () => Promise<unknown>): Promise<number>
}

type Query = (first: string | { text: string; values?: unknown[] }, values?: unknown[]) => Promise<unknown>

interface Explained {
  rows: [{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }] }]
}

const COUNTED = /^\s*(?:select|insert|update|delete|with)\b/i

export function countBlocks(pool: Pool): BlockCounter {
  let isCounting = false
  let blocks = 0

  /**
   * Runs it twice, the first time to be looked at: within a transaction, so that the second finds what the
   * first found.
   */
  const counted =
    (query: Query): Query =>
    async (first, second) => {
      const { text, values } = typeof first === 'string' ? { text: first, values: second } : first
      if (isCounting && COUNTED.test(text)) {
        await query('savepoint counted')
        const { rows } = (await query(`explain (analyze, buffers, format json) ${text}`, values)) as Explained
        const { Plan } = rows[0]['QUERY PLAN'][0]
        blocks += Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
        await query('rollback to counted')
      }
      return query(first, second)
    }

  const withQuery = <T extends Pool | PoolClient>(target: T, replaced: Record<string, unknown>): T =>
    new Proxy(target, {
      get(_, name) {
        const value = replaced[String(name)] ?? Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })

  async function connect(): Promise<PoolClient> {
    const client = await pool.connect()
    return withQuery(client, { query: counted(client.query.bind(client) as Query) })
  }

  async function queryAlone(...args: Parameters<Query>): Promise<unknown> {
    if (!isCounting) return (pool.query as Query)(...args)
    const client = await connect()
    await client.query('begin')
    try {
      return await (client.query as Query)(...args)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  return {
    pool: withQuery(pool, { connect, query: queryAlone }),
    async count(work) {
      isCounting = true
      blocks = 0
      await work().finally(() => {
        isCounting = false
      })
      return blocks
    },
  }
}
