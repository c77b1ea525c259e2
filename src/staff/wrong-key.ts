import type { WrongKey } from '../http/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { networkOf } from '../platform/network.ts'
import { createDoorFailures } from '../shops/tenants/door-failures.ts'

/** Enough for any typing mistake, and as much as an attacker gets. */
const MOST_BY_KEY = 20

/** Counts keys that open nothing. Their beginning tells which one was tried; all of it is never kept. */
export function createWrongKey(tools: { db: Db; clock: Clock }): WrongKey {
  const failures = createDoorFailures(tools)
  return (key, address) =>
    failures.note([{ name: `key:${key.slice(0, 12)}:${networkOf(address)}`, most: MOST_BY_KEY }])
}
