import type { Db } from './database.ts'
import type { Queries } from './transaction.ts'

/**
 * Quiet mode (静止モード): a database that was restored or copied calls no mall and reads no mailbox until
 * somebody has said so. A copy is told by its place: which cluster and which database it was in when the
 * service last said that it is the one.
 */

const STEP = 'instance'
export const QUIET = 'quiet'

// Identifies server and database. A copied folder keeps the system identifier, so name and oid are added.
export const HERE = `(select system_identifier::text from pg_control_system()) || ' ' || current_database() || ' '
  || (select oid::text from pg_database where datname = current_database())`

// A promoted standby keeps the server's identifier and continues on a new timeline.
export const SERVER = `${HERE} || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`

export interface Quiet {
  since: Date
  /** restored, copied */
  reason: string
}

/** Begins quiet mode. */
export async function begin(queries: Queries, reason: string, at: Date): Promise<void> {
  await queries.query(
    'insert into data_steps (name, made_at, place) values ($1, $2, $3) on conflict (name) do update set made_at = excluded.made_at, place = excluded.place',
    [QUIET, at, reason],
  )
}

/** Ends it: this database is the one from now on. */
export async function resume(queries: Queries): Promise<void> {
  await queries.query('delete from data_steps where name = $1', [QUIET])
  await queries.query(
    `insert into data_steps (name, place) select $1, ${HERE} on conflict (name) do update set place = excluded.place`,
    [STEP],
  )
}

/**
 * Null where the service may work. The first start on a database notes where it is; one that finds another
 * place is a copy. What is quiet already stays so for the reason and since the time that it has.
 */
export async function readQuiet(queries: Queries, now: Date): Promise<Quiet | null> {
  const { rows: quiet } = await queries.query<Quiet>(
    'select made_at as since, place as reason from data_steps where name = $1',
    [QUIET],
  )
  if (quiet[0]) return quiet[0]
  await queries.query(
    `insert into data_steps (name, place) select $1, ${HERE} on conflict (name) do nothing`,
    [STEP],
  )
  const { rows } = await queries.query<{ here: boolean }>(
    `select place = ${HERE} as here from data_steps where name = $1`,
    [STEP],
  )
  if (rows[0]?.here !== false) return null
  await begin(queries, 'copied', now)
  return { since: now, reason: 'copied' }
}

/**
 * Work that a migration leaves to the service, because it needs a key, and how far the service has come. The
 * row makes it run once in the life of a database, not in that of a process.
 */
interface DataStep {
  madeAt: Date
  /** As it was noted last. */
  place: string | null
}

/** Null where no migration has left such a step. */
export const readDataStep = (db: Db, name: string): Promise<DataStep | null> =>
  db.dataStep.findUnique({ where: { name }, select: { madeAt: true, place: true } })

/**
 * Keeps the place that is further on, in the order of texts, as several processes may do the step at once;
 * Prisma has no collations.
 */
export async function noteDataStep(pool: Queries, name: string, place: string): Promise<void> {
  await pool.query(
    'update data_steps set place = $2 where name = $1 and (place is null or place < $2 collate "C")',
    [name, place],
  )
}
