import type { z } from 'zod'
import { storable } from '../../platform/storable.ts'
import { malformed, malformedList } from '../kit/failures.ts'
import {
  failed,
  found,
  inOtherCurrency,
  mapped,
  notFound,
  orFailed,
  unreadableField,
} from '../kit/outcomes.ts'
import { checkWindow, readEntries, unreadableOf } from '../kit/walk-list.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { FetchHints, FetchOutcome, ListedOrder, ListPage, ListWindow } from '../port/session.ts'
import type { ShopifyClient } from './client.ts'
import { FULFILMENT } from './codes.ts'
import { numberOf, SHOPIFY } from './facts.ts'
import {
  ALL_FULFILMENTS,
  FULFILMENTS_AT_ONCE,
  LIST,
  MORE_FULFILMENT_ORDERS,
  MORE_LINES,
  ORDERS_AT_ONCE,
  ordersByName,
  SENT,
} from './graphql.ts'
import type { ShopifySettings } from './shop-settings.ts'
import { stateOf, takenBackIn, toOrder } from './to-order.ts'
import {
  AllFulfilments,
  FoundOrders,
  Head,
  ListEntry,
  ListedOrders,
  MoreFulfilmentOrders,
  MoreLines,
  Sent,
  type SentLine,
  WireOrder,
} from './wire.ts'

export interface Reading {
  client: ShopifyClient
  shopCode: string
  settings: ShopifySettings
}

/** The search finds an order only once its index has it, mostly within seconds. */
const LAG_MS = 60_000
export const LIST_WINDOW_DAYS = 31
const LIST_PAGE = 250

/** Second bounds are the finest that the search has. */
const second = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
const between = (field: string, { from, to }: ListWindow): string => {
  const end = new Date(Math.ceil(to.getTime() / 1_000) * 1_000)
  return `(${field}:>='${second(from)}' AND ${field}:<'${second(end)}')`
}

/** One page by the time of order; with `orChanged` also what changed in the window, however old. */
export async function listOrders(
  { client }: Reading,
  window: ListWindow,
  page: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  checkWindow(window, LIST_WINDOW_DAYS, SHOPIFY)
  if (window.to <= window.from) return { orders: [], next: null, total: 0 }
  const placed = between('created_at', window)
  const query = window.orChanged ? `${placed} OR ${between('updated_at', window)}` : placed
  const variables = { query, first: LIST_PAGE, after: page }
  const { orders, ordersCount } = await client.query(LIST, variables, ListedOrders, signal)
  const next = orders.pageInfo
  if (next !== null && (next === page || orders.nodes.length === 0))
    throw malformedList(SHOPIFY, '一覧の続きの位置が進みません', JSON.stringify(orders))
  const { orders: listed, unreadable } = readEntries(orders.nodes, toListed)
  const completeUntil = client.tools.clock.now() - LAG_MS
  return {
    orders: window.orChanged ? listed : listed.filter((one) => isWithin(one, window)),
    next,
    total: ordersCount?.precision === 'EXACT' ? ordersCount.count : null,
    ...unreadableOf(unreadable),
    ...(completeUntil < window.to.getTime() ? { completeUntil: new Date(completeUntil) } : {}),
  }
}

const isWithin = ({ orderedAt }: ListedOrder, { from, to }: ListWindow): boolean =>
  orderedAt === null || (orderedAt >= new Date(Math.floor(from.getTime() / 1_000) * 1_000) && orderedAt < to)

function toListed(entry: unknown): ListedOrder | null {
  const { data } = ListEntry.safeParse(entry)
  if (data === undefined) return null
  return {
    orderNumber: data.name,
    orderedAt: new Date(data.createdAt),
    mallStatus: data.displayFulfillmentStatus,
    mallState:
      data.cancelledAt || FULFILMENT[data.displayFulfillmentStatus ?? '']
        ? stateOf(data, Boolean(data.cancelledAt))
        : null,
    revision: data.updatedAt ?? null,
  }
}

export async function* fetchOrders(
  orderNumbers: readonly string[],
  reading: Reading,
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const left = [...new Set(orderNumbers)]
  while (left.length > 0) {
    signal.throwIfAborted()
    if (goesOn?.() === false) return
    const numbers = left.splice(0, ORDERS_AT_ONCE)
    const together = numbers.length > 1 ? await fetchSome(numbers, reading, signal).catch(orSingly) : null
    if (together) yield* together
    else
      for (const number of numbers) {
        const outcomes = await fetchSome([number], reading, signal).catch((error: unknown) => [
          failed(number, asMalformed(error)),
        ])
        yield* outcomes
      }
  }
}

/** @throws whatever else: it concerns the whole shop */
function asMalformed(error: unknown): MarketplaceFailure {
  if (error instanceof MarketplaceFailure && error.kind === 'malformed') return error
  throw error
}

function orSingly(error: unknown): null {
  asMalformed(error)
  return null
}

/** A name that the search would read as something else is none of a shop's. */
const SEARCHABLE = /^[^\s"'\\():]{1,60}$/

async function fetchSome(
  numbers: readonly string[],
  reading: Reading,
  signal: AbortSignal,
): Promise<FetchOutcome[]> {
  const named = numbers.filter((number) => SEARCHABLE.test(number))
  const nodes = named.length === 0 ? new Map<string, Found>() : await search(named, reading, signal)
  const outcomes: FetchOutcome[] = []
  for (const number of numbers) {
    const one = nodes.get(number)
    outcomes.push(
      one === undefined
        ? notFound(number)
        : await orFailed(number, () => outcomeOf(number, one, reading, signal)),
    )
  }
  return outcomes
}

interface Found {
  node: unknown
  createdAt: string
  id: string
  currency: string | null
}

/** By number; where imports brought one twice, the order that was placed last. */
async function search(numbers: readonly string[], { client }: Reading, signal: AbortSignal) {
  const wanted = new Set(numbers)
  const byNumber = new Map<string, Found>()
  const query = numbers.map((number) => `name:"${number}"`).join(' OR ')
  let after: string | null = null
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const variables: object = { query, first: numbers.length, after }
    const page: z.infer<typeof FoundOrders> = await client.query(
      ordersByName(numbers.length),
      variables,
      FoundOrders,
      signal,
    )
    const { orders } = page
    for (const node of orders.nodes) {
      const { data } = Head.safeParse(node)
      const number = numberOf(data?.name ?? '')
      if (data === undefined || !wanted.has(number)) continue
      const known = byNumber.get(number)
      if (known && known.createdAt >= data.createdAt) continue
      byNumber.set(number, { node, createdAt: data.createdAt, id: data.id, currency: data.currencyCode })
    }
    after = orders.pageInfo
    if (after === null || orders.nodes.length === 0) break
  }
  return byNumber
}

/** The search takes parts of names too; behind so many pages stand other orders. */
const MOST_PAGES = 5

async function outcomeOf(
  number: string,
  { node, currency }: Found,
  reading: Reading,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const raw = JSON.stringify(node)
  const foreign = inOtherCurrency(number, currency)
  if (foreign) return foreign
  const { data, error } = WireOrder.safeParse(node)
  if (data === undefined)
    throw unreadableField(SHOPIFY, node, error?.issues[0]?.path.map(String).join('.') || '注文')
  const whole = await withAllPages(data, reading.client, signal)
  const order = mapped(SHOPIFY, raw, () => toOrder(whole, reading.shopCode, reading.settings))
  return { ...found(order, raw, data.updatedAt ?? null, null), takenBack: takenBackIn(whole) }
}

/** Adds what did not fit: lines, parcels, their contents, and the parts of the order by location. */
async function withAllPages(
  order: WireOrder,
  client: ShopifyClient,
  signal: AbortSignal,
): Promise<WireOrder> {
  const { id } = order
  const lines = await theRest(order.lineItems, order, async (after) => {
    const more = await client.query(MORE_LINES, { id, after }, MoreLines, signal)
    return more.order.lineItems
  })
  const parts = await theRest(order.fulfillmentOrders, order, async (after) => {
    const more = await client.query(MORE_FULFILMENT_ORDERS, { id, after }, MoreFulfilmentOrders, signal)
    return more.order.fulfillmentOrders
  })
  const heads =
    order.fulfillments.length < FULFILMENTS_AT_ONCE
      ? order.fulfillments
      : (await client.query(ALL_FULFILMENTS, { id }, AllFulfilments, signal)).order.fulfillments
  const fulfillments: WireOrder['fulfillments'] = []
  for (const head of heads) {
    const known = order.fulfillments.find((one) => one.id === head.id)?.fulfillmentLineItems
    const first: Pages<SentLine> = known ?? (await sentIn(head.id, null, client, signal))
    const nodes = await theRest(first, order, (after) => sentIn(head.id, after, client, signal))
    fulfillments.push({ ...head, fulfillmentLineItems: { nodes, next: null } })
  }
  return {
    ...order,
    lineItems: { nodes: lines, next: null },
    fulfillmentOrders: { nodes: parts, next: null },
    fulfillments,
  }
}

async function sentIn(id: string, after: string | null, client: ShopifyClient, signal: AbortSignal) {
  const { fulfillment } = await client.query(SENT, { id, after }, Sent, signal)
  return fulfillment.fulfillmentLineItems
}

export interface Pages<T> {
  nodes: T[]
  next: string | null
}

/** More than an order may have; an answer that goes on for ever must not keep the shop. */
const MOST_NODES = 5_000

/** @throws MarketplaceFailure `malformed` where the place does not move on */
export async function theRest<T>(
  first: Pages<T>,
  whole: unknown,
  fetchNext: (after: string) => Promise<Pages<T>>,
): Promise<T[]> {
  const nodes = [...first.nodes]
  for (let { next } = first; next !== null; ) {
    const page = await fetchNext(next)
    if (page.next === next || page.nodes.length === 0 || nodes.length + page.nodes.length > MOST_NODES)
      throw malformed(SHOPIFY, '続きの位置が進みません', JSON.stringify(storable(whole)) ?? '')
    nodes.push(...page.nodes)
    next = page.next
  }
  return nodes
}
