import { createHash } from 'node:crypto'
import type { WrongKey } from '../../http/auth.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { acrossTenants } from '../../platform/db/tenant-scope.ts'
import { networkOf } from '../../platform/network.ts'
import { COUNT_FAILURES, deleteFailures, listLocks } from './statements.ts'

/** Counter of failed tries, and the limit at which it locks for a while. */
interface Lock {
  /** `email:…`, `network:…`, `key:<prefix>:<network>`: kept as a hash, as it may name a person. */
  name: string
  most: number
  /** Shows and deletes all locks of a group together: those of one address, from any network. */
  group?: string
}

export interface DoorFailures {
  /** Seconds until none of the locks holds any more; null where none does. */
  lockedFor(locks: readonly Lock[]): Promise<number | null>
  /** When each that holds now will be over, by its group or else its name. */
  lockedUntil(locks: readonly Lock[]): Promise<ReadonlyMap<string, Date>>
  /** Counts one more failure for each; the seconds that they are locked for now, or null. */
  note(locks: readonly Lock[]): Promise<number | null>
  /**
   * Counts a try as a failure before it is made, so that of a hundred at once no more are made than one after
   * the other. Null: it may be made, and `forget` takes it back; else the seconds to wait. Of several none
   * may be over its most.
   */
  take(...locks: readonly Lock[]): Promise<number | null>
  /** It went well: what went wrong before is forgotten, of all locks of its group. */
  forget(lock: Lock): Promise<void>
}

/** A failure counts for so long, and a lock holds. */
export const WINDOW_MS = 15 * 60_000
export const LOCK_MS = 15 * 60_000

interface LockRow {
  name: Uint8Array
  failures: number
  lockedUntil: Date | null
}

/** Wrong passwords, codes and keys, counted in the database: for all processes, beyond restarts. */
export function createDoorFailures({ db, clock }: { db: Db; clock: Clock }): DoorFailures {
  const secondsOf = (rows: readonly Pick<LockRow, 'lockedUntil'>[]): number | null => {
    const until = Math.max(...rows.map(({ lockedUntil }) => lockedUntil?.getTime() ?? 0))
    const ms = until - clock.now()
    return ms > 0 ? Math.ceil(ms / 1000) : null
  }
  const count = (locks: readonly Lock[]): Promise<LockRow[]> => {
    const now = clock.now()
    const { text, values } = COUNT_FAILURES({
      names: locks.map(nameOf),
      most: locks.map(({ most }) => most),
      now: new Date(now),
      windowFrom: new Date(now - WINDOW_MS),
      lockUntil: new Date(now + LOCK_MS),
    })
    return db.$queryRawUnsafe<LockRow[]>(text, ...values)
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
    async lockedUntil(locks) {
      const keys = locks.map((lock) => ({ lock, range: rangeOf(lock) }))
      const firsts = keys.map(({ range }) => range.gte)
      const lasts = keys.map(({ range }) => range.lte)
      const rows = await db.$queryRaw<{ name: Uint8Array; lockedUntil: Date }[]>(
        listLocks(firsts, lasts, new Date(clock.now())),
      )
      const until = new Map<string, Date>()
      for (const { lock, range } of keys) {
        const ends = rows.flatMap(({ name, lockedUntil }) =>
          Buffer.compare(name, range.gte) >= 0 && Buffer.compare(name, range.lte) <= 0
            ? lockedUntil.getTime()
            : [],
        )
        if (ends.length > 0) until.set(lock.group ?? lock.name, new Date(Math.max(...ends)))
      }
      return until
    },
    note: async (locks) => secondsOf(await count(locks)),
    async take(...locks) {
      const rows = await count(locks)
      // The last one that is allowed begins the lock, and is made all the same.
      const over = rows.filter(({ name, failures }) => {
        const lock = locks.find((one) => Buffer.compare(nameOf(one), name) === 0)
        return lock !== undefined && failures > lock.most
      })
      return over.length === 0 ? null : secondsOf(over)
    },
    async forget(lock) {
      const { gte, lte } = rangeOf(lock)
      await acrossTenants('locks are nobody’s: no tenant’s request may write them', () =>
        db.$executeRaw(deleteFailures(gte, lte)),
      )
    },
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Of a lock in a group the first half is the group's, so that all of it are a range of names. */
const nameOf = ({ name, group }: Pick<Lock, 'name' | 'group'>): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    group === undefined
      ? hashOf(name)
      : Buffer.concat([hashOf(group).subarray(0, HALF), hashOf(name).subarray(0, HALF)]),
  )

const HALF = 16

function rangeOf(lock: Pick<Lock, 'name' | 'group'>) {
  const name = nameOf(lock)
  if (lock.group === undefined) return { gte: name, lte: name }
  return { gte: name.slice().fill(0, HALF), lte: name.slice().fill(0xff, HALF) }
}

/** Enough for any typing mistake, and as much as an attacker gets. */
const MOST_BY_KEY = 20

/** Counts keys that open nothing. Their beginning tells which one was tried; all of it is never kept. */
export function createWrongKey(tools: { db: Db; clock: Clock }): WrongKey {
  const failures = createDoorFailures(tools)
  return (key, address) =>
    failures.note([{ name: `key:${key.slice(0, 12)}:${networkOf(address)}`, most: MOST_BY_KEY }])
}
