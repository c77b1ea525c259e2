import type { Queries } from '../platform/db/transaction.ts'

/**
 * Times in which a shop's mall was not asked (待ち時間), for "why was this order late?". A closed lane, attention
 * and a shop that is switched off are written by a trigger on `shops`; only the wait for our own quota leaves
 * no trace there.
 */

/** Waits that follow closely are one entry: a busy shop waits for its quota turn after turn. */
const SAME_WAIT_MS = 10_000

/** Notes that the shop waits for its share of the mall's quota. Times in milliseconds. */
export async function noteQuotaWait(
  queries: Queries,
  shopId: string,
  { from, until, code }: { from: number; until: number; code: string },
): Promise<void> {
  await queries.query(NOTE, [shopId, code, new Date(from), new Date(until), new Date(from - SAME_WAIT_MS)])
}

// One round trip at the end of a turn: a second one would be paid by every turn of a shop that is at its
// quota.
const NOTE = `
with longer as (
  update shop_waits set until_at = greatest(until_at, $4::timestamptz)
  where id = (
    select id from shop_waits where shop_id = $1 and kind = 'quota' and from_at <= $3 and until_at >= $5
    order by from_at desc limit 1)
  returning id
)
insert into shop_waits (id, shop_id, kind, code, from_at, until_at)
select gen_random_uuid(), $1, 'quota', $2, $3, $4 where not exists (select from longer)`

/** Retention: as long as somebody may ask about an order of that time. */
export const WAITS_KEPT_DAYS = 90
