/** Compares a mall's list entry with the stored order, for sweeps and for counts of what differs. */

/** SQL: order `o` is neither shipped nor closed here, as partial indexes have it. */
export const NOT_CLOSED = `o.status not in ('shipped', 'completed', 'cancelled')`

/**
 * SQL: true when a list's `state`, `status` and `revision` differ from order `o`; null counts as no. Of an
 * order that is shipped or closed here only the mall's status is of interest, not that somebody touched it.
 */
export const differsFrom = (state: string, status: string, revision: string): string => `(
    (${state} is not null and (${state} <> o.mall_state or coalesce(${status}, o.mall_status) <> o.mall_status))
    or (${revision} <> o.mall_revision and o.mall_state = 'open' and ${NOT_CLOSED}))`

/** SQL: what the list said when it was noted in `w.seen`; null for what a release before wrote there. */
export const LISTED = `(case when w.seen like '{%' then w.seen::jsonb end)`
/** SQL: whether a row `w` of swept_orders, as it was noted, differs from order `o` as it is now. */
export const STILL_DIFFERS = differsFrom(
  `${LISTED} ->> 'state'`,
  `${LISTED} ->> 'status'`,
  `${LISTED} ->> 'revision'`,
)
