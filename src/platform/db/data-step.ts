import type { Queries } from './transaction.ts'

/**
 * What a migration leaves to the service itself, because it needs a key, and how far the service has come: so it is done once
 * in the life of a database, not in that of a process.
 */
export interface DataStep {
  madeAt: Date
  /** As it was noted last. */
  place: string | null
}

/** Undefined where no migration has left such a step. */
export async function readDataStep(pool: Queries, name: string): Promise<DataStep | undefined> {
  const { rows } = await pool.query<DataStep>(
    'select made_at as "madeAt", place from data_steps where name = $1',
    [name],
  )
  return rows[0]
}

/** Keeps the place that is further on, in the order of texts: several processes may do the step at once. */
export async function noteDataStep(pool: Queries, name: string, place: string): Promise<void> {
  await pool.query(
    'update data_steps set place = $2 where name = $1 and (place is null or place < $2 collate "C")',
    [name, place],
  )
}
