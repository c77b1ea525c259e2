import { jsonAnswer } from '../../../kit/http-kit.ts'
import { invalidInput, notFound, unauthorised } from '../answers.ts'
import { type Order, type OrderItem, type SimOrder, wireTime } from '../model.ts'
import type { Settings } from '../settings.ts'
import { listParameter, type OperationContext, type OperationHandler } from './operation.ts'

const MARKETPLACE = 'A1VC38T7YXB528'
const MOST_MARKETS = 50
const BEFORE_NOW_MS = 2 * 60 * 1000
const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000
const STATUSES = new Set([
  ...[
    'PENDING_AVAILABILITY',
    'PENDING',
    'UNSHIPPED',
    'PARTIALLY_SHIPPED',
    'SHIPPED',
    'CANCELLED',
    'UNFULFILLABLE',
  ],
])

type TimeField = 'createdTime' | 'lastUpdatedTime'

interface Query {
  field: TimeField
  after: number
  before: number
  statuses: string[]
  fulfilledBy: string[]
  markets: string[]
  sets: Set<string>
  size: number
  token: Token | null
}

/** Behind which order the page begins, for which query, until when it may be used. */
interface Token {
  time: string
  id: string
  query: string
  endsAt: number
  before: number
}

/** Ascending by the time that is searched by; a page costs a token of the bucket like any call. */
export const searchOrders: OperationHandler = ({ query }, context) => {
  const read = readQuery(query, context.clock.now())
  if (typeof read === 'string') return invalidInput(read)
  const found = matching(read, context)
  const start = read.token
  const rest = start === null ? found : found.filter((order) => isBehind(order, read.field, start))
  const page = rest.slice(0, read.size)
  const last = page.at(-1)
  const more = last !== undefined && rest.length > page.length
  return jsonAnswer(200, {
    orders: page.map((order) => viewOf(context.store.shown(order), read.sets, context.settings)),
    ...(more ? { pagination: { nextToken: encode(last, read, query, context.clock.now()) } } : {}),
    [read.field === 'createdTime' ? 'createdBefore' : 'lastUpdatedBefore']: wireTime(read.before),
  })
}

function readQuery(query: URLSearchParams, now: number): Query | string {
  const created = query.get('createdAfter')
  const updated = query.get('lastUpdatedAfter')
  if ((created === null) === (updated === null))
    return 'Exactly one of createdAfter and lastUpdatedAfter is required.'
  const beforeText = query.get(created === null ? 'lastUpdatedBefore' : 'createdBefore')
  const token = readToken(query.get('paginationToken'))
  if (token === undefined || (token && (token.endsAt < now || token.query !== fixedPart(query)))) {
    return 'The pagination token is not valid.'
  }
  const after = Date.parse(created ?? updated ?? '')
  const latest = now - BEFORE_NOW_MS
  const before = token?.before ?? (beforeText === null ? latest : Date.parse(beforeText))
  if (Number.isNaN(after) || Number.isNaN(before)) return 'A date is not ISO 8601.'
  if (beforeText !== null && (before < after || (token === null && before > latest))) {
    return 'The end must be after the start and two minutes before now.'
  }
  const size = Number(query.get('maxResultsPerPage') ?? 100)
  const sets = new Set(listParameter(query, 'includedData'))
  const statuses = listParameter(query, 'fulfillmentStatuses')
  if (!Number.isInteger(size) || size < 1 || size > 100) return 'maxResultsPerPage is out of range.'
  if ([...sets].some((set) => !DATA_SETS.has(set))) return 'includedData has an unknown value.'
  if (statuses.some((status) => !STATUSES.has(status))) return 'fulfillmentStatuses has an unknown value.'
  const fulfilledBy = listParameter(query, 'fulfilledBy')
  const markets = listParameter(query, 'marketplaceIds')
  if (fulfilledBy.some((value) => value !== 'MERCHANT' && value !== 'AMAZON'))
    return 'fulfilledBy has an unknown value.'
  if (markets.length > MOST_MARKETS) return 'marketplaceIds has more than 50 values.'
  return {
    field: created === null ? 'lastUpdatedTime' : 'createdTime',
    after,
    before,
    statuses,
    fulfilledBy,
    markets,
    sets,
    size,
    token,
  }
}

function matching(query: Query, { shop, store, clock, settings }: OperationContext): SimOrder[] {
  const listed = clock.now() - settings.listDelaySeconds * 1000
  const within = (list: string[], value: string) => list.length === 0 || list.includes(value)
  const market = query.markets.length === 0 || query.markets.includes(MARKETPLACE)
  const found = store.known(shop.code).filter(({ model, visibleAt }) => {
    const time = Date.parse(model[query.field])
    return (
      market &&
      visibleAt <= listed &&
      time >= query.after &&
      time <= query.before &&
      within(query.statuses, model.fulfillment.fulfillmentStatus) &&
      within(query.fulfilledBy, model.fulfillment.fulfilledBy)
    )
  })
  return found.sort((a, b) => keyOf(a, query.field).localeCompare(keyOf(b, query.field)))
}

const keyOf = ({ model }: SimOrder, field: TimeField) => `${model[field]} ${model.orderId}`

const isBehind = (order: SimOrder, field: TimeField, { time, id }: Token): boolean =>
  keyOf(order, field).localeCompare(`${time} ${id}`) > 0

/** Only these two may differ from page to page. */
function fixedPart(query: URLSearchParams): string {
  const fixed = new URLSearchParams(query)
  for (const name of ['paginationToken', 'maxResultsPerPage', 'includedData']) fixed.delete(name)
  fixed.sort()
  return fixed.toString()
}

function encode({ model }: SimOrder, { field, before }: Query, query: URLSearchParams, now: number): string {
  const token: Token = {
    time: model[field],
    id: model.orderId,
    query: fixedPart(query),
    endsAt: now + TOKEN_LIFE_MS,
    before,
  }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(text: string | null): Token | null | undefined {
  if (text === null) return null
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Token
  } catch {
    return undefined
  }
}

export const getOrder: OperationHandler = ({ query }, { shop, store, settings, orderNumber }) => {
  const sets = new Set(listParameter(query, 'includedData'))
  if (!/^\d{3}-\d{7}-\d{7}$/.test(orderNumber) || [...sets].some((set) => !DATA_SETS.has(set))) {
    return invalidInput()
  }
  const order = store.find(orderNumber)
  if (!order) return notFound()
  if (order.shopCode !== shop.code) return settings.foreignOrder === '403' ? unauthorised('') : notFound()
  return jsonAnswer(200, { order: viewOf(store.shown(order), sets, settings) })
}

// An order's part for an answer: the data sets asked for, less what roles, status and channel hide.

const DATA_SETS: ReadonlySet<string> = new Set([
  ...['BUYER', 'RECIPIENT', 'PROCEEDS', 'EXPENSE', 'PROMOTION', 'CANCELLATION', 'FULFILLMENT', 'PACKAGES'],
  ...['TAX', 'PAYMENT', 'FULFILLMENT_ORDERS'],
])

const PII_STATUSES = new Set(['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED'])

function viewOf(order: Order, sets: ReadonlySet<string>, { roles }: Settings): Record<string, unknown> {
  const { fulfillmentStatus, fulfilledBy } = order.fulfillment
  const pii = roles.directToConsumer && fulfilledBy === 'MERCHANT' && PII_STATUSES.has(fulfillmentStatus)
  const { buyer, recipient, proceeds, payment, fulfillment, packages, orderItems, ...always } = order
  return {
    ...always,
    ...(sets.has('BUYER') && pii ? { buyer } : {}),
    ...(sets.has('RECIPIENT') ? recipientOf(recipient, pii, fulfillmentStatus) : {}),
    ...(sets.has('PROCEEDS') ? { proceeds } : {}),
    ...(sets.has('PAYMENT') ? { payment } : {}),
    ...(sets.has('FULFILLMENT') ? { fulfillment } : {}),
    orderItems: orderItems.map((item) => itemOf(item, sets, pii)),
    ...(sets.has('PACKAGES') && fulfilledBy === 'MERCHANT' ? { packages } : {}),
  }
}

function recipientOf(recipient: Order['recipient'], pii: boolean, status: string) {
  if (pii) return { recipient }
  if (status.startsWith('PENDING')) return {}
  const { stateOrRegion, postalCode, countryCode } = recipient.deliveryAddress
  return { recipient: { deliveryAddress: { stateOrRegion, postalCode, countryCode } } }
}

function itemOf(item: OrderItem, sets: ReadonlySet<string>, pii: boolean): Record<string, unknown> {
  const { proceeds, expense, promotion, cancellation, fulfillment, ...always } = item
  return {
    ...always,
    ...(sets.has('PROCEEDS') ? { proceeds } : {}),
    ...(sets.has('EXPENSE') && expense ? { expense } : {}),
    ...(sets.has('PROMOTION') && promotion ? { promotion } : {}),
    ...(sets.has('CANCELLATION') && cancellation ? { cancellation } : {}),
    ...(sets.has('FULFILLMENT') ? { fulfillment: pii ? fulfillment : withoutMessage(fulfillment) } : {}),
  }
}

/** The message is the buyer's own words; how it is wrapped is not. */
function withoutMessage(fulfillment: OrderItem['fulfillment']) {
  if (!fulfillment.packing) return fulfillment
  const { giftWrapLevel } = fulfillment.packing.giftOption
  return { ...fulfillment, packing: { giftOption: { giftWrapLevel } } }
}
