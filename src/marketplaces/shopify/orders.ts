import { present } from '../../platform/narrow.ts'
import { storable } from '../../platform/storable.ts'
import { malformed, malformedList } from '../kit/failures.ts'
import { found, inBatches, inOtherCurrency, mapped, notFound, orFailed, parsed } from '../kit/outcomes.ts'
import { checkWindow, completeUntil, readEntries, unreadableOf } from '../kit/walk-list.ts'
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
import { Head, ListEntry, type Pages, type SentLine, WireOrder } from './wire.ts'

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
  const { orders, ordersCount } = await client.query(LIST, variables, signal)
  const { nodes, next } = orders
  if (next !== null && (next === page || nodes.length === 0))
    throw malformedList(SHOPIFY, '一覧の続きの位置が進みません', JSON.stringify(orders))
  const { orders: listed, unreadable } = readEntries(nodes, toListed)
  return {
    orders: window.orChanged ? listed : listed.filter((one) => isWithin(one, window)),
    next,
    total: ordersCount?.precision === 'EXACT' ? ordersCount.count : null,
    ...unreadableOf(unreadable),
    ...completeUntil(window, client.tools.clock.now() - LAG_MS),
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

export const fetchOrders = (
  orderNumbers: readonly string[],
  reading: Reading,
  signal: AbortSignal,
  hints: FetchHints = {},
): AsyncGenerator<FetchOutcome> =>
  inBatches(
    orderNumbers,
    {
      ...hints,
      atOnce: ORDERS_AT_ONCE,
      together: (numbers) => fetchSome(numbers, reading, signal),
      alone: async (number) => present((await fetchSome([number], reading, signal))[0]),
    },
    signal,
  )

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
  head: Head
}

/** By number; where imports brought one twice, the order that was placed last. */
async function search(numbers: readonly string[], { client }: Reading, signal: AbortSignal) {
  const wanted = new Set(numbers)
  const byNumber = new Map<string, Found>()
  const query = numbers.map((number) => `name:"${number}"`).join(' OR ')
  let after: string | null = null
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const variables: object = { query, first: numbers.length, after }
    const found: { orders: Pages<unknown> } = await client.query(
      ordersByName(numbers.length),
      variables,
      signal,
    )
    const { nodes, next } = found.orders
    for (const node of nodes) {
      const { data: head } = Head.safeParse(node)
      const number = numberOf(head?.name ?? '')
      if (head === undefined || !wanted.has(number)) continue
      const known = byNumber.get(number)?.head
      if (known === undefined || known.createdAt < head.createdAt) byNumber.set(number, { node, head })
    }
    after = next
    if (after === null || nodes.length === 0) break
  }
  return byNumber
}

/** The search takes parts of names too; behind so many pages stand other orders. */
const MOST_PAGES = 5

async function outcomeOf(
  number: string,
  { node, head }: Found,
  reading: Reading,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const raw = JSON.stringify(node)
  const foreign = inOtherCurrency(number, head.currencyCode)
  if (foreign) return foreign
  const data = parsed(WireOrder, node, SHOPIFY, '注文')
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
    const more = await client.query(MORE_LINES, { id, after }, signal)
    return more.order.lineItems
  })
  const parts = await theRest(order.fulfillmentOrders, order, async (after) => {
    const more = await client.query(MORE_FULFILMENT_ORDERS, { id, after }, signal)
    return more.order.fulfillmentOrders
  })
  const heads =
    order.fulfillments.length < FULFILMENTS_AT_ONCE
      ? order.fulfillments
      : (await client.query(ALL_FULFILMENTS, { id }, signal)).order.fulfillments
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
  const { fulfillment } = await client.query(SENT, { id, after }, signal)
  return fulfillment.fulfillmentLineItems
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
