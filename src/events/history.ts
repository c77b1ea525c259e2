import type { Pool } from 'pg'
import { type Clock, dateNow } from '../platform/clock.ts'
import { HERE } from '../platform/db/data-steps.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import { AppError, codeOf } from '../platform/errors.ts'
import { present } from '../platform/narrow.ts'

/**
 * Identifies the feed's history. Transaction numbers and row ids belong to one server: after a restore, or a
 * failover to a standby that lagged, the same numbers return for other events. So each history has an epoch,
 * positions name theirs, and followers of an older one start again. Reasons: docs/decisions/feed-history.md.
 */
export interface History {
  /** Empty for the first one. */
  epoch: string
  /** The feed is whole behind it. */
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

const LAST_ID = 2n ** 63n - 1n

/**
 * Checks the server at each call, which costs one short statement. The first call after a change begins the
 * new history, from whichever process.
 */
export async function readHistory({ pool, clock }: HistoryTools): Promise<History> {
  return acrossTenants('one history for all tenants', async () => {
    const seen = await look(pool)
    if (seen.goesOn) return seen
    return inTransaction(pool, (client) => keepHistory(client, dateNow(clock))).catch((error: unknown) => {
      if (codeOf(error) !== LOCKED) throw error
      throw new AppError(
        'UNAVAILABLE',
        '変更フィードを準備しています。しばらくしてから再度お試しください。',
        {
          cause: error,
          details: { retryAfterSeconds: COME_AGAIN_SECONDS },
        },
      )
    })
  })
}

/**
 * SQLSTATE of the lock timeout, which ends the wait for a history that another process begins. Beginning
 * takes a while in a large database, and waiting callers must not use up the process's connections.
 */
const LOCKED = '55P03'
const COME_AGAIN_SECONDS = 5

/** Under a lock, so that of several processes one begins the new history and the others find it begun. */
async function keepHistory(queries: Queries, at: Date): Promise<History> {
  await queries.query("set local lock_timeout = '1s'")
  await queries.query('select from feed_history for update')
  // Reads in a new statement, which sees the result of the transaction that the previous one waited for.
  const seen = await look(queries)
  if (seen.goesOn) return seen
  await queries.query('set local lock_timeout = 0; set local statement_timeout = 0')
  if (!seen.isFirstLook) return beginHistory(queries, at)
  await queries.query(`update feed_history set place = ${SERVER}`)
  return seen
}

/**
 * Begins a new history at the present. Deletes events that this server has not counted yet: they come from
 * another one and would block every reader until its own counter passed theirs. Older events stay until they
 * are due; no position reaches them. Pending deliveries are given up, because receivers read everything
 * again.
 */
export async function beginHistory(queries: Queries, at: Date): Promise<History> {
  await queries.query(BEGIN, [at])
  const seen = await look(queries)
  await queries.query('delete from events where xid > $1', [seen.begins.xid])
  await queries.query(
    `update webhooks w set xid = h.xid, event_id = h.event_id, reset_at = $1, reset_code = 'HISTORY'
    from feed_history h`,
    [at],
  )
  await queries.query(
    `update webhook_deliveries set state = 'failed', last_code = 'reset', finished_at = $1 where state = 'waiting' and kind <> 'test'`,
    [at],
  )
  await queries.query(RESETS, [at])
  return seen
}

interface Row {
  epoch: string
  xid: string
  id: string
  oldest: string
  goesOn: boolean
  isFirstLook: boolean
}

type Seen = History & Pick<Row, 'goesOn' | 'isFirstLook'>

async function look(queries: Queries): Promise<Seen> {
  const { rows } = await queries.query<Row>(LOOK)
  const { epoch, xid, id, oldest, goesOn, isFirstLook } = present(rows[0])
  return {
    epoch,
    goesOn,
    isFirstLook,
    begins: { xid: BigInt(xid), id: BigInt(id) },
    present: { xid: BigInt(oldest) - 1n, id: LAST_ID },
  }
}

// A promoted standby keeps the server's identifier and continues on a new timeline.
const SERVER = `${HERE} || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// A row whose transaction this server has not begun yet comes from another server. A standby is only read.
const LOOK = `
select h.epoch, h.xid, h.event_id as id, pg_snapshot_xmin(s.now)::text as oldest,
  case when pg_is_in_recovery() then true else not foreign_rows and h.place is not distinct from ${SERVER} end as "goesOn",
  not foreign_rows and h.place is null
    and coalesce((select place = ${HERE} from data_steps where name = 'instance'), true) as "isFirstLook"
from feed_history h
cross join (select pg_current_snapshot() as now) s
cross join lateral (select greatest(h.xid, (select xid from events order by xid desc, id desc limit 1))
  >= pg_snapshot_xmax(s.now)::text::bigint as foreign_rows) f`

const BEGIN = `
update feed_history set epoch = left(gen_random_uuid()::text, 8), place = ${SERVER}, begun_at = $1,
  xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, event_id = ${LAST_ID}`

// An earlier reset has the same place when no transaction has ended since. It was given up just now, so
// overwrite it.
const RESETS = `
insert into webhook_deliveries (id, webhook_id, epoch, xid, event_id, kind, data, at, next_attempt_at, created_at)
select gen_random_uuid(), w.id, h.epoch, h.xid, h.event_id, 'reset', jsonb_build_object('code', w.reset_code), now.at, now.at, now.at
from webhooks w, feed_history h, (select $1::timestamptz as at) now
on conflict (webhook_id, xid, event_id) do update set id = excluded.id, epoch = excluded.epoch, state = 'waiting', attempts = 0,
  at = excluded.at, next_attempt_at = excluded.at, created_at = excluded.at, finished_at = null`
