import type { Pool } from 'pg'
import { type Clock, dateNow } from '../platform/clock.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import { AppError, codeOf } from '../platform/errors.ts'
import { withTimesInZ } from '../platform/japan-time.ts'
import { present } from '../platform/narrow.ts'
import {
  BEGIN_HISTORY,
  BEGIN_OF_TENANTS,
  CLAIM_HISTORY,
  DELETE_FOREIGN_EVENTS,
  GIVE_UP_DELIVERIES,
  INSERT_RESETS,
  NOTE_SERVER,
  READ_EVENTS,
  READ_EVENTS_OF_TENANT,
  READ_HISTORY,
  RESET_WEBHOOKS,
  TAKE_TIME,
  WAIT_SHORTLY,
} from './statements.ts'

/**
 * Identifies the feed's history. Transaction numbers and row ids belong to one server: after a restore, or a
 * failover to a standby that lagged, the same numbers return for other events. So each history has an epoch,
 * positions name theirs, and followers of an older one start again. Reasons: docs/decisions/feed-history.md.
 */
export interface History {
  /** Empty for the first one. */
  epoch: string
  /** The feed of the tenant that was asked for, or that of all, is whole behind it. */
  begins: Place
  /** Position after all certain events: everything that commits from now on follows it. */
  present: Place
}

/** Place in the log of events: transaction and row. */
export interface Place {
  xid: bigint
  id: bigint
}

export interface HistoryTools {
  pool: Pool
  clock: Clock
}

/** The last number that Postgres counts to. */
const LAST_ID = 2n ** 63n - 1n

/**
 * Checks the server at each call, which costs one short statement. The first call after a change begins the
 * new history, from whichever process.
 */
export async function readHistory(
  { pool, clock }: HistoryTools,
  tenantId: string | null = null,
): Promise<History> {
  return acrossTenants('one history for all tenants', async () => {
    const seen = await look(pool, tenantId)
    if (seen.goesOn) return seen
    return inTransaction(pool, (client) => keepHistory(client, dateNow(clock), tenantId)).catch(
      (error: unknown) => {
        if (codeOf(error) !== LOCKED) throw error
        throw new AppError(
          'UNAVAILABLE',
          '変更フィードを準備しています。しばらくしてから再度お試しください。',
          {
            cause: error,
            details: { retryAfterSeconds: COME_AGAIN_SECONDS },
          },
        )
      },
    )
  })
}

/**
 * SQLSTATE of the lock timeout, which ends the wait for a history that another process begins. Beginning
 * takes a while in a large database, and waiting callers must not use up the process's connections.
 */
const LOCKED = '55P03'
const COME_AGAIN_SECONDS = 5

/** Under a lock, so that of several processes one begins the new history and the others find it begun. */
async function keepHistory(queries: Queries, at: Date, tenantId: string | null): Promise<History> {
  await queries.query(WAIT_SHORTLY)
  await queries.query(CLAIM_HISTORY)
  // Reads in a new statement, which sees the result of the transaction that the previous one waited for.
  const seen = await look(queries, tenantId)
  if (seen.goesOn) return seen
  await queries.query(TAKE_TIME)
  if (!seen.isFirstLook) return beginHistory(queries, at)
  await queries.query(NOTE_SERVER)
  return seen
}

/**
 * Begins a new history at the present. Deletes events that this server has not counted yet: they come from
 * another one and would block every reader until its own counter passed theirs. Older events stay until they
 * are due; no position reaches them. Pending deliveries are given up, because receivers read everything
 * again.
 */
export async function beginHistory(queries: Queries, at: Date): Promise<History> {
  await queries.query(BEGIN_HISTORY({ at }))
  const seen = await look(queries, null)
  await queries.query(DELETE_FOREIGN_EVENTS({ xid: seen.begins.xid }))
  for (const statement of [RESET_WEBHOOKS, GIVE_UP_DELIVERIES, INSERT_RESETS])
    await queries.query(statement({ at }))
  await queries.query(BEGIN_OF_TENANTS)
  return seen
}

interface HistoryRow {
  epoch: string
  xid: string
  id: string
  oldest: string
  goesOn: boolean
  isFirstLook: boolean
}

type Seen = History & Pick<HistoryRow, 'goesOn' | 'isFirstLook'>

async function look(queries: Queries, tenant: string | null): Promise<Seen> {
  const { rows } = await queries.query<HistoryRow>(READ_HISTORY({ tenant }))
  const { epoch, xid, id, oldest, goesOn, isFirstLook } = present(rows[0])
  return {
    epoch,
    goesOn,
    isFirstLook,
    begins: { xid: BigInt(xid), id: BigInt(id) },
    present: { xid: BigInt(oldest) - 1n, id: LAST_ID },
  }
}

/**
 * A place and the epoch that issued it. Rows are read in the order of their places, and only those of
 * transactions older than every running one. So a reader at a place has missed nothing before it, in whatever
 * order transactions commit.
 */
export interface Position extends Place {
  epoch: string
}

export interface LoggedEvent extends Place {
  tenantId: string
  kind: string
  at: Date
  data: unknown
}

export function parsePosition(text: string): Position | null {
  const parts = /^(\d{1,19})-(\d{1,19})(?:-([0-9a-f]{8}))?$/.exec(text)
  const [xid, id] = [BigInt(parts?.[1] ?? 0), BigInt(parts?.[2] ?? 0)]
  return parts && xid <= LAST_ID && id <= LAST_ID ? { xid, id, epoch: parts[3] ?? '' } : null
}

export const isAfter = (one: Place, other: Place): boolean =>
  one.xid > other.xid || (one.xid === other.xid && one.id > other.id)

/** True when the position belongs to this history and the log still holds every event after it. */
export const isKnown = (position: Position, { epoch, begins, present }: History): boolean =>
  position.epoch === epoch && !isAfter(begins, position) && position.xid <= present.xid

/** Of no event where none can be sent. */
type EventRow = { uncertain: boolean } & (
  | { xid: string; id: string; tenantId: string; kind: string; at: Date; data: unknown }
  | { xid: null }
)

interface EventPage {
  events: LoggedEvent[]
  /** True when more events follow. */
  full: boolean
  /** True when an event is written that cannot be sent yet, because an older transaction still runs. */
  uncertain: boolean
}

/**
 * Reads events after a place: of all tenants, including those that only change a board, or the visible ones
 * of one tenant.
 */
export async function readEvents(
  queries: Queries,
  after: Place,
  limit: number,
  tenantId: string | null = null,
): Promise<EventPage> {
  const { rows } = await queries.query<EventRow>(
    tenantId === null
      ? READ_EVENTS({ ...after, limit })
      : READ_EVENTS_OF_TENANT({ ...after, limit, tenant: tenantId }),
  )
  const events = rows.flatMap((row) => {
    if (row.xid === null) return []
    const { xid, id, tenantId, kind, at, data } = row
    return [{ xid: BigInt(xid), id: BigInt(id), tenantId, kind, at, data: withTimesInZ(data) }]
  })
  return { events, full: events.length === limit, uncertain: rows[0]?.uncertain ?? false }
}
