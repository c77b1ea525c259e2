import type { Queries } from '../../platform/db/transaction.ts'
import { INNOCENT } from './due.ts'
import { PRIORITIES } from './store.ts'

/** As many as a turn reads at once. */
const MOST_AT_ONCE = 300

/**
 * Ends the backoff of a shop's requests whose last answer was broken, when the mall has just given an order: what broke them
 * was an outage, and it is over. Before this, an order came up to 15 minutes after its mall was well again. A request gets
 * this once: where it broke again after the mall had been well, the fault is its own, and its waits stay as they are.
 * @param askedAt when the call began that brought the order; what broke since then broke beside it
 */
export async function endBackoff(
  queries: Queries,
  shopId: string,
  askedAt: Date,
  now: Date,
): Promise<number> {
  const { rowCount } = await queries.query(END_BACKOFF, [shopId, now, MOST_AT_ONCE, askedAt])
  return rowCount ?? 0
}

// Each priority, so that the index passes over a backlog that is due.
const END_BACKOFF = `
update import_requests set next_attempt_at = $2 where id in (
  select r.id from import_requests r
  where r.shop_id = $1 and r.state = 'waiting' and r.priority = any('{${PRIORITIES}}') and r.next_attempt_at > $2
    and r.outcome <> all('{${INNOCENT}}') and r.trust is distinct from 'unknown'
    and (r.retries -> -1 ->> 'at')::timestamptz < $4
    and not exists (
      select from import_requests good
      where good.shop_id = $1 and good.outcome = 'staged' and good.finished_at <= (r.retries -> -1 ->> 'at')::timestamptz
        and good.finished_at > (
          select min((retry ->> 'at')::timestamptz) from jsonb_array_elements(r.retries) as retry
          where retry ->> 'code' <> all('{${INNOCENT}}')))
  order by r.next_attempt_at limit $3
  for update of r skip locked)`
