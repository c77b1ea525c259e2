import { Redis } from 'ioredis'
import pg from 'pg'

/** What the service holds in Postgres and Redis. */
interface StoreSample {
  /** By application. */
  connections: Record<string, number>
  /** Rows of work that is not over. */
  waiting: number
  /** Of numbers that nobody vouches for: they are tried for their time, as many of a shop as it lets wait. */
  doubtful: number
  /** Not before an hour: a reservation is looked at again on the day of its release. */
  later: number
  overdue: number
  changesOpen: number
  /** Of the queue's own tables, where it lives in Postgres. */
  queueRows: number | null
  databaseMb: number
  /** Tables that keep their rows and change them all the time: they grow by bloat alone. */
  fixedTablesMb: number
  /** Percent of all rows. */
  deadRows: number
  redis: { keys: number; usedMb: number; clients: number } | null
}

interface TableSize {
  name: string
  rows: number
  mb: number
}

export interface Stores {
  sample(): Promise<StoreSample>
  /** The largest tables, with their indexes. */
  tables(): Promise<TableSize[]>
  close(): Promise<void>
}

const OWN_NAME = 'soak'
const MB = 1024 * 1024

export async function openStores(databaseUrl: string, redisUrl: string | null): Promise<Stores> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: OWN_NAME })
  await client.connect()
  const redis = redisUrl === null ? null : new Redis(redisUrl)
  return {
    async sample() {
      const connections = await client.query<{ name: string; count: number }>(CONNECTIONS, [OWN_NAME])
      const work = await client.query<WorkRow>(WORK)
      const row = work.rows[0] as WorkRow
      return {
        connections: Object.fromEntries(connections.rows.map(({ name, count }) => [name, count])),
        waiting: row.waiting,
        doubtful: row.doubtful,
        later: row.later,
        overdue: row.overdue,
        changesOpen: row.changes,
        queueRows: redis ? null : await queueRows(client),
        databaseMb: Number(row.bytes) / MB,
        fixedTablesMb: Number(row.fixed) / MB,
        deadRows: row.dead,
        redis: redis ? await sampleRedis(redis) : null,
      }
    },
    async tables() {
      await client.query('vacuum analyze')
      const { rows } = await client.query<{ name: string; rows: number; bytes: string }>(TABLES)
      return rows.map(({ name, rows: count, bytes }) => ({ name, rows: count, mb: Number(bytes) / MB }))
    },
    async close() {
      redis?.disconnect()
      await client.end()
    },
  }
}

interface WorkRow {
  waiting: number
  doubtful: number
  later: number
  overdue: number
  changes: number
  bytes: string
  fixed: string
  dead: number
}

async function queueRows(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `select coalesce(sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', schemaname, tablename),
       false, true, '')))[1]::text::bigint), 0) as count
     from pg_tables where schemaname = 'torikomi_queue'`,
  )
  return Number(rows[0]?.count)
}

async function sampleRedis(redis: Redis): Promise<StoreSample['redis']> {
  const [keys, memory, clients] = await Promise.all([
    redis.dbsize(),
    redis.info('memory'),
    redis.info('clients'),
  ])
  const field = (text: string, name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1])
  return {
    keys,
    usedMb: field(memory, 'used_memory') / MB,
    // Without this one.
    clients: field(clients, 'connected_clients') - 1,
  }
}

const CONNECTIONS = `
select application_name as name, count(*)::int as count from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and application_name <> $1
group by application_name`

const SOON = `next_attempt_at < now() + interval '1 hour'`
const WORK = `
select
  (select count(*)::int from import_requests where state = 'waiting' and trust is distinct from 'unknown' and ${SOON}) as waiting,
  (select count(*)::int from import_requests where state = 'waiting' and trust is distinct from 'unknown' and not ${SOON}) as later,
  (select count(*)::int from import_requests where state = 'waiting' and trust = 'unknown') as doubtful,
  (select count(*)::int from import_requests where state = 'waiting' and next_attempt_at < now() - interval '10 seconds') as overdue,
  (select count(*)::int from site_changes where state in ('queued', 'changing')) as changes,
  (select sum(pg_total_relation_size(relid)) from pg_stat_user_tables
    where relname in ('shops', 'shop_turns', 'shop_sweeps', 'mailboxes', 'listeners', 'desks', 'api_keys')) as fixed,
  (select coalesce(100.0 * sum(n_dead_tup) / nullif(sum(n_live_tup + n_dead_tup), 0), 0)::float from pg_stat_user_tables) as dead,
  pg_database_size(current_database()) as bytes`

const TABLES = `
select c.relname as name, greatest(c.reltuples, 0)::int as rows, pg_total_relation_size(c.oid) as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
order by bytes desc limit 12`
