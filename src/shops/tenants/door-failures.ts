import { createHash } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'

/** What is tried, and how often it may go wrong before it is locked for a while. */
interface Lock {
  /** `email:…`, `network:…`, `key:<prefix>:<network>`: kept as a hash, as it may name a person. */
  name: string
  most: number
}

export interface DoorFailures {
  /** Seconds until none of the locks holds any more; null where none does. */
  lockedFor(locks: readonly Lock[]): Promise<number | null>
  /** When each of them that holds now will be over, by its name. */
  lockedUntil(names: readonly string[]): Promise<ReadonlyMap<string, Date>>
  /** Counts one more failure for each; the seconds that they are locked for now, or null. */
  note(locks: readonly Lock[]): Promise<number | null>
  /**
   * Counts a try as a failure before it is made, so that of a hundred at once no more are made than one after the other. Null: it may be
   * made, and `forget` takes it back; else the seconds to wait.
   */
  take(lock: Lock): Promise<number | null>
  /** It went well: what went wrong before is forgotten. */
  forget(lock: Lock): Promise<void>
}

const WINDOW_MS = 15 * 60_000
export const LOCK_MS = 15 * 60_000

/**
 * In one statement, as several processes count at once. A failure after the window, or after the lock is over, begins anew.
 * $1 names, $2 the most of each, $3 now, $4 begin of the window, $5 end of a lock that begins now.
 */
const NOTE = `
insert into door_failures (name, failures, since, locked_until)
select name, 1, $3, null::timestamptz from unnest($1::bytea[]) with ordinality as given (name, n) order by name
on conflict (name) do update set
  failures = case when coalesce(door_failures.locked_until <= $3, door_failures.since < $4) then 1 else door_failures.failures + 1 end,
  since = case when coalesce(door_failures.locked_until <= $3, door_failures.since < $4) then $3 else door_failures.since end,
  locked_until = case
    when coalesce(door_failures.locked_until <= $3, door_failures.since < $4) then null
    when door_failures.locked_until is not null then door_failures.locked_until
    when door_failures.failures + 1 >= ($2::int[])[array_position($1::bytea[], door_failures.name)] then $5::timestamptz
    end
returning failures, locked_until as "lockedUntil"`

interface LockRow {
  failures: number
  lockedUntil: Date | null
}

/** Wrong passwords, codes and keys, counted in the database: a lock in one process holds in all, and outlives a restart. */
export function createDoorFailures({ db, clock }: { db: Db; clock: Clock }): DoorFailures {
  const secondsOf = (rows: readonly Pick<LockRow, 'lockedUntil'>[]): number | null => {
    const until = Math.max(...rows.map(({ lockedUntil }) => lockedUntil?.getTime() ?? 0))
    const ms = until - clock.now()
    return ms > 0 ? Math.ceil(ms / 1000) : null
  }
  const count = (locks: readonly Lock[]): Promise<LockRow[]> => {
    const now = clock.now()
    return db.$queryRawUnsafe<LockRow[]>(
      NOTE,
      ...[locks.map(nameOf), locks.map(({ most }) => most), new Date(now)],
      ...[new Date(now - WINDOW_MS), new Date(now + LOCK_MS)],
    )
  }
  return {
    async lockedFor(locks) {
      const names = locks.map(nameOf)
      const rows = await db.doorFailure.findMany({
        where: { name: { in: names }, lockedUntil: { gt: new Date(clock.now()) } },
        select: { lockedUntil: true },
      })
      return secondsOf(rows)
    },
    async lockedUntil(names) {
      const rows = await db.doorFailure.findMany({
        where: {
          name: { in: names.map((name) => nameOf({ name })) },
          lockedUntil: { gt: new Date(clock.now()) },
        },
        select: { name: true, lockedUntil: true },
      })
      const until = new Map(rows.map((row) => [Buffer.from(row.name).toString('hex'), row.lockedUntil]))
      return new Map(
        names.flatMap((name) => {
          const end = until.get(Buffer.from(nameOf({ name })).toString('hex'))
          return end ? [[name, end] as const] : []
        }),
      )
    },
    note: async (locks) => secondsOf(await count(locks)),
    async take(lock) {
      const rows = await count([lock])
      // The last one that is allowed begins the lock, and is made all the same.
      return (rows[0]?.failures ?? 0) <= lock.most ? null : secondsOf(rows)
    },
    async forget(lock) {
      await db.doorFailure.deleteMany({ where: { name: nameOf(lock) } })
    },
  }
}

/** What is over: run now and then. */
export async function forgetOldFailures({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  await db.doorFailure.deleteMany({ where: { since: { lt: new Date(clock.now() - WINDOW_MS - LOCK_MS) } } })
}

const nameOf = ({ name }: Pick<Lock, 'name'>): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(name).digest())
