import type { paths } from '../../../../clients/typescript/src/api.ts'

/**
 * Orders that the list shows, by its address. Without words for staff and without React, as the first list is
 * requested before the page's own code is there.
 */
export type OrderQuery = NonNullable<paths['/v1/orders']['get']['parameters']['query']>

export const ORDER_STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'on_hold',
  'shipped',
  'completed',
  'cancelled',
] as const
export const CHANGE_STATES = ['none', 'queued', 'changing', 'succeeded', 'warning', 'failed'] as const
export const SEARCH_KINDS = ['number', 'numberEnd', 'buyer', 'phone', 'item', 'email'] as const

const SORTS = ['newest', 'oldest'] as const
const TEXTS = [...SEARCH_KINDS, 'shopId', 'marketplace', 'mark', 'paymentKind', 'from', 'to'] as const

/** The list's conditions stand in the address, so that a list can be sent to a colleague. What is unknown there is left out. */
export function filtersOf(search: string): OrderQuery {
  const params = new URLSearchParams(search)
  const query: Record<string, unknown> = {}
  for (const name of TEXTS) if (params.get(name)) query[name] = params.get(name)
  const status = ORDER_STATUSES.find((one) => one === params.get('status'))
  if (status) query.status = status
  const changeState = CHANGE_STATES.find((one) => one === params.get('changeState'))
  if (changeState) query.changeState = changeState
  const tracking = params.get('tracking')
  if (tracking === 'none' || tracking === 'some') query.tracking = tracking
  const hold = params.get('hold')
  if (hold === 'true' || hold === 'false') query.hold = hold
  // Orders that wait to be taken over are worked off from the oldest on.
  const sort = SORTS.find((one) => one === params.get('sort'))
  query.sort =
    sort ??
    (status === 'auto_imported' || status === 'new' || params.get('sort') === 'deadline'
      ? 'oldest'
      : 'newest')
  return query as OrderQuery
}

/** The same address with some conditions changed; null takes one away. */
export function withFilters(search: string, changes: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  return `/orders?${params}`
}

/** A page of the list; the first says how many there are, and is short, as it is what somebody waits for. */
export const pageQuery = (query: OrderQuery, cursor: string): OrderQuery => ({
  ...query,
  detail: 'true',
  ...(cursor === '' ? { limit: FIRST_PAGE, total: 'true' } : { limit: PAGE, cursor }),
})
const FIRST_PAGE = 50
const PAGE = 100

/** First screen of a tenant's person. */
export const HOME = '/orders?status=auto_imported'
