import type { paths } from '../../../../clients/typescript/src/api.ts'
import { today } from '../parts/format.ts'

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
/** `q` finds by all of them; the others narrow it. */
export const SEARCH_KINDS = [
  'q',
  'number',
  'numberEnd',
  'name',
  'buyer',
  'phone',
  'item',
  'note',
  'email',
] as const

/** Conditions without an index: the service takes them beside an open status, a buyer or a month. */
export const MORE_FILTERS = [
  ...(['shipByFrom', 'shipByTo', 'wishedFrom', 'wishedTo', 'prefecture', 'amountFrom', 'amountTo'] as const),
  ...(['deliveryMethod', 'labelled', 'onHoldTo', 'shipBy'] as const),
] as const

const TEXTS = [
  ...([...SEARCH_KINDS, ...MORE_FILTERS] as const),
  ...(['shopId', 'marketplace', 'mark', 'paymentKind', 'from', 'to'] as const),
] as const

/** Columns by which the service sorts. */
export const SORT_KEYS = [
  ...(['number', 'marketplace', 'item', 'quantity', 'amount'] as const),
  ...(['paymentKind', 'deliveryMethod', 'wishedOn', 'shipBy'] as const),
] as const satisfies readonly OrderQuery['sort'][]
const SORTS: readonly string[] = ['newest', 'oldest', ...SORT_KEYS, ...SORT_KEYS.map((key) => `-${key}`)]

const OPEN: readonly unknown[] = ['auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold']

/** True where the service sorts by any column and takes all conditions (`checkBounded` in list-parts.ts). */
export function isBounded(query: OrderQuery): boolean {
  const { status, name, buyer, phone, email, note, hold, from = '', to = '' } = query
  if (OPEN.includes(status) || hold === 'true') return true
  if ([name, buyer, phone, email, note].some((one) => one !== undefined)) return true
  return Date.parse(to) - Date.parse(from) <= MONTH_MS
}
const MONTH_MS = 31 * 24 * 60 * 60_000

/** True for what may be an order's number or a part of it, of which somebody may ask why it is not here. */
export const mayBeNumber = (text: string): boolean =>
  /^(?!0\d{9,10}$)(?=.*\d)[\w-]{4,}$/.test(text.normalize('NFKC').trim())

/** The address holds the list's conditions, so that a list can be sent. Unknown ones are left out. */
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
  const toShip = params.get('toShip')
  if (toShip === 'true' || toShip === 'false') query.toShip = toShip
  const hold = params.get('hold')
  if (hold === 'true' || hold === 'false') query.hold = hold
  const cancelled = params.get('cancelledAtMall')
  if (cancelled === 'true' || cancelled === 'false') query.cancelledAtMall = cancelled
  // Orders that wait to be taken over are worked off from the oldest on.
  query.sort = status === 'auto_imported' || status === 'new' ? 'oldest' : 'newest'
  // `deadline` stands in addresses of earlier releases.
  const sort = params.get('sort')?.replace(/^deadline$/, 'shipBy') ?? ''
  if (SORTS.includes(sort) && (isBounded(query as OrderQuery) || /^(?:newest|oldest)$/.test(sort)))
    query.sort = sort
  return query as OrderQuery
}

type Changes = Readonly<Record<string, string | null>>

/** The same address with some conditions changed; null takes one away. */
export function withFilters(search: string, changes: Changes): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  return params.size > 0 ? `/orders?${params}` : '/orders'
}

/** A page of the list; the first says how many there are, and is short, as it is what somebody waits for. */
export const pageQuery = (query: OrderQuery, cursor: string): OrderQuery => ({
  ...query,
  detail: 'true',
  ...(cursor === '' ? { limit: FIRST_PAGE, ...counting(query) } : { limit: PAGE, cursor }),
})

/** The list as a file: the same conditions, whole. Excel keeps the zeros of its numbers. */
export const exportOf = ({ dueOn: _, ...query }: OrderQuery): string =>
  `/v1/orders/export?${new URLSearchParams([...Object.entries(query).map(([name, value]) => [name, String(value)]), ['target', 'excel']])}`

/** Counts, by deadline where that is the order. */
export const counting = ({ sort }: OrderQuery): OrderQuery => ({
  total: 'true',
  ...(sort === 'shipBy' ? { dueOn: today() } : {}),
})
const FIRST_PAGE = 50
const PAGE = 100

/** 今日出荷, whenever it must leave. */
export const TO_SHIP = 'status=ready_to_ship&toShip=true&hold=false&sort=shipBy'

/** 保留 whose day has come, of a chosen shop or mall. */
export const onHoldDue = (where: Changes = {}): string =>
  withFilters(`status=on_hold&onHoldTo=${today()}&sort=oldest`, where)

/** 今日出荷: what is ready to leave and must by today. */
export const shipToday = (where: Changes = {}): string => withFilters(`${TO_SHIP}&shipByTo=${today()}`, where)

export const isShipToday = (search: string): boolean => {
  const params = new URLSearchParams(search)
  return /^(?:deadline|shipBy)$/.test(params.get('sort') ?? '') && params.get('status') === 'ready_to_ship'
}
