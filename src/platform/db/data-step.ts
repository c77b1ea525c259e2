import type { Db } from './database.ts'
import type { Queries } from './transaction.ts'

/**
 * Work that a migration leaves to the service, because it needs a key, and how far the service has come. The
 * row makes it run once in the life of a database, not in that of a process.
 */
export interface DataStep {
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
