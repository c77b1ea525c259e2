import type { paths } from '../../../../clients/typescript/src/api.ts'
import { CHANGE_STATES, ORDER_STATUSES } from '../words.ts'
import { SEARCH_KINDS } from './search-box.tsx'

export type OrderQuery = NonNullable<paths['/v1/orders']['get']['parameters']['query']>

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
  // What waits to be taken over is worked off from the oldest on.
  query.sort = params.get('sort') ?? (status === 'auto_imported' || status === 'new' ? 'oldest' : 'newest')
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
