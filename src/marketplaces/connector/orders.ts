import { factsOf, given } from '../../platform/narrow.ts'
import { storable } from '../../platform/storable.ts'
import { malformed, malformedList } from '../kit/failures.ts'
import { WireError } from '../kit/field-reader.ts'
import { checkSums, computeTaxSummary, goodsOf, sum, sumOf, totalsFrom } from '../kit/money.ts'
import { discount, emptyItem, emptyOrder, emptyPayment, hold, marksOf, NOBODY } from '../kit/order-parts.ts'
import {
  failed,
  found,
  inBatches,
  inOtherCurrency,
  mapped,
  notFound,
  orFailed,
  parsed,
  pending,
} from '../kit/outcomes.ts'
import { postalCodeOf } from '../kit/texts.ts'
import { checkWindow, completeUntil, readEntries, unreadableOf } from '../kit/walk-list.ts'
import { each } from '../kit/wire.ts'
import { CARRIERS } from '../port/carriers.ts'
import type { NormalisedOrder, OrderItem, OrderPerson, OrderRecipient } from '../port/order.ts'
import type { FetchHints, FetchOutcome, ListedOrder, ListPage, ListWindow } from '../port/session.ts'
import { type ConnectorClient, refusedBy } from './client.ts'
import { type Capabilities, Found, ListEntry, Order, OrderList } from './contract.ts'

const ORDER_MAX_BYTES = 12 * 1024 * 1024
const LIST_MAX_BYTES = 4 * 1024 * 1024
/** Without a Retry-After: an order that is not ready yet is asked for again in five minutes. */
const NOT_YET_MS = 5 * 60_000

interface Reading {
  client: ConnectorClient
  can: Capabilities
  shopCode: string
  now(): number
}

export async function listOrders(
  { client, can, now }: Reading,
  window: ListWindow,
  page: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  const { mall } = client
  const { windowDays, delaySeconds } = can.list
  checkWindow(window, windowDays, mall)
  if (window.to <= window.from) return { orders: [], next: null, total: 0 }
  const query = new URLSearchParams({
    since: window.from.toISOString(),
    until: window.to.toISOString(),
    ...(page === null ? {} : { cursor: page }),
  })
  const call = { method: 'GET', path: `/orders?${query}`, maxBytes: LIST_MAX_BYTES } as const
  const answer = await client.call(call, signal)
  if (answer.kind === 'told') throw refusedBy(mall, answer)
  const list = OrderList.safeParse(answer.body)
  if (!list.success)
    throw malformedList(mall, `項目 ${list.error.issues[0]?.path.join('.') || '一覧'}`, answer.raw)
  const { orders, cursor, total } = list.data
  if (cursor !== null && (cursor === page || orders.length === 0))
    throw malformedList(mall, '一覧の続きの位置が進みません', answer.raw)
  const { orders: listed, unreadable } = readEntries(orders, toListed)
  return {
    orders: listed,
    next: cursor,
    total,
    ...unreadableOf(unreadable),
    ...(delaySeconds > 0 ? completeUntil(window, now() - delaySeconds * 1_000) : {}),
  }
}

function toListed(entry: unknown): ListedOrder | null {
  const { data } = ListEntry.safeParse(entry)
  if (data === undefined) return null
  return {
    orderNumber: data.number,
    orderedAt: new Date(data.placedAt),
    mallStatus: data.state,
    mallState: data.state,
    revision: data.revision,
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
      atOnce: Math.max(1, reading.can.batch),
      together: (numbers) => lookUp(numbers, reading, signal),
      alone: (number) => fetchOne(number, reading, signal),
    },
    signal,
  )

async function lookUp(
  numbers: readonly string[],
  reading: Reading,
  signal: AbortSignal,
): Promise<FetchOutcome[] | null> {
  const call = { method: 'POST', path: '/orders/lookup', body: { numbers } } as const
  const answer = await reading.client.call({ ...call, maxBytes: ORDER_MAX_BYTES }, signal)
  const orders = answer.kind === 'ok' ? Found.safeParse(answer.body).data?.orders : undefined
  if (orders === undefined) return null
  const byNumber = new Map(orders.map((order) => [factsOf(order).number, order]))
  return Promise.all(
    numbers.map((orderNumber) =>
      orFailed(orderNumber, async () => {
        const order = byNumber.get(orderNumber)
        return order === undefined
          ? notFound(orderNumber)
          : outcomeOf(orderNumber, order, JSON.stringify(order), reading)
      }),
    ),
  )
}

async function fetchOne(orderNumber: string, reading: Reading, signal: AbortSignal): Promise<FetchOutcome> {
  const path = `/orders/${encodeURIComponent(orderNumber)}`
  const answer = await reading.client.call({ method: 'GET', path, maxBytes: ORDER_MAX_BYTES }, signal)
  if (answer.kind === 'ok') return outcomeOf(orderNumber, answer.body, answer.raw, reading)
  const { code, message, until } = answer
  if (code === 'not_found') return notFound(orderNumber, message)
  if (code === 'not_yet')
    return pending(orderNumber, until?.getTime() ?? reading.now() + NOT_YET_MS, message || NOT_YET)
  return failed(orderNumber, refusedBy(reading.client.mall, answer))
}

const NOT_YET = '店舗のカートで注文がまだ確定していません。確定しだい自動で取り込みます。'

/** @throws MarketplaceFailure `malformed` when the order cannot be read or is another one */
function outcomeOf(orderNumber: string, body: unknown, raw: string, reading: Reading): FetchOutcome {
  const { mall } = reading.client
  const data = parsed(Order, body, mall, '注文')
  if (data.number !== orderNumber) throw malformed(mall, '別の注文番号が返りました', raw)
  const foreign = inOtherCurrency(orderNumber, data.currency)
  if (foreign) return foreign
  const read = mapped(mall, raw, () => toOrder(data, reading.shopCode, reading.can))
  return found(read, raw, data.revision, null)
}

/** Pure. @throws WireError for a line of which nobody knows where it goes */
export function toOrder(order: Order, shopCode: string, can: Capabilities): NormalisedOrder {
  const { number, placedAt, changedAt, revision, state, status, total, changes = [], ...said } = order
  const { buyer, recipients, items, charges, discounts, payment, delivery, holds, notes, cancelReason } = said
  const { currency: _yen, ...rest } = withoutParts(said)
  const goesTo: Recipients = recipients?.length ? recipients : [{ person: buyer ?? {} }]
  const lines = items.map((item) => toItem(item, goesTo))
  const off = (discounts ?? []).map(({ kind, borneBy, amount, name, lineId }) =>
    discount(kind, borneBy, name ?? null, amount, { lineId: lineId ?? null }),
  )
  const fees = { ...each(0, FEES), ...given(charges ?? {}) }
  const all = { goods: goodsOf(lines), ...fees }
  const totals = totalsFrom(total, off)
  const paidByPoints = sumOf(off, ({ kind, amount }) => (kind === 'points' ? amount : 0))
  const gifts = goesTo.some((one) => one.gift?.requested)
  const result: NormalisedOrder = {
    ...emptyOrder(),
    marketplace: 'connector',
    shopCode,
    orderNumber: number,
    orderedAt: placedAt,
    updatedAt: changedAt ?? null,
    mallState: state,
    mallStatus: { code: status?.code ?? state, name: status?.name ?? STATES[state] },
    mallStatuses: {},
    cancelReason: cancelReason ? { code: cancelReason.code ?? null, text: cancelReason.text ?? null } : null,
    times: {},
    buyer: toPerson(buyer ?? goesTo[0]?.person ?? {}),
    recipients: goesTo.map((one, index) => toRecipient(one, index, lines, can)),
    items: lines,
    charges: all,
    discounts: off,
    points: { used: paidByPoints, granted: null },
    taxSummary: computeTaxSummary({ items: lines, charges: all, discounts: off, totals }),
    totals,
    payment: {
      ...emptyPayment(),
      kind: payment?.kind ?? 'other',
      name: payment?.name ?? null,
      status: payment?.status ?? 'unknown',
      paidAt: payment?.paidAt ?? null,
      mallFields: {},
    },
    delivery: { ...NO_DELIVERY, express: [], ...given(delivery ?? {}) },
    gift: { ...NO_GIFT, requested: gifts },
    notes: { buyer: notes?.buyer ?? null, shop: notes?.shop ?? null, mail: null, operator: null },
    holds: (holds ?? []).map(({ kind, note, until }) => hold(kind, note, until ?? null)),
    flags: marksOf({
      cancelled_at_mall: state === 'cancelled',
      gift: gifts,
      multi_recipient: goesTo.length > 1,
    }),
    mallFields: { ...rest, revision, ...(changes?.length ? { changes } : {}) },
  }
  const parts = sumOf(Object.values(all), (amount) => amount)
  result.warnings = checkSums(result, [sum('TOTAL_DIFFERS', 'totals.total', '合計金額', parts, totals.total)])
  return storable(result)
}

const FEES = 'shipping cod paymentFee giftWrap adjustment other'
const STATES = { open: '未発送', shipped: '発送済み', completed: '完了', cancelled: 'キャンセル' } as const
const NO_DELIVERY = each(null, 'methodCode methodName temperature shipBy promisedOn')
const NO_GIFT = { message: null, noshi: null, wrappings: [] }
const NO_WISH = each(null, 'date timeFrom timeTo timeText dropOff')
const NO_PARCEL = each(null, 'id carrierCode carrierName trackingNumber shippedOn arrivedOn')

/** Whatever of an order is none of the contract's parts. */
function withoutParts(said: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(said).filter(([name]) => !Object.hasOwn(Order.shape, name)))
}

type Recipients = NonNullable<Order['recipients']>

const idOf = (recipients: Recipients, index: number): string => recipients[index]?.id ?? String(index + 1)

function toItem(item: Order['items'][number], recipients: Recipients): OrderItem {
  const { lineId, recipientId, name, unitPrice, quantity, taxIncluded, ...more } = item
  const { itemCode, sku, jan, options = [], taxRate, ...mallFields } = more
  if (recipientId === undefined && recipients.length > 1) throw new WireError('items.recipientId', 'missing')
  const net = unitPrice * quantity
  const rate = taxIncluded ? 0 : (taxRate ?? 10)
  return {
    ...emptyItem(),
    lineId,
    recipientId: recipientId ?? idOf(recipients, 0),
    itemCode: itemCode ?? null,
    sku: sku ?? null,
    jan: jan ?? null,
    name,
    options: options.map((one) => ({ ...one, price: null })),
    unitPrice,
    quantity,
    taxIncluded,
    taxRate: taxRate ?? null,
    subtotal: Math.floor((net * (100 + rate)) / 100),
    mallFields,
  }
}

function toPerson(person: NonNullable<Order['buyer']>): OrderPerson {
  const all: OrderPerson = { ...NOBODY, ...given(person) }
  return { ...all, postalCode: postalCodeOf(all.postalCode) }
}

function toRecipient(
  one: Recipients[number],
  index: number,
  lines: readonly OrderItem[],
  can: Capabilities,
): OrderRecipient {
  const { person, id: said, ...more } = one
  const { parcels = [], wish, gift, ...mallFields } = more
  const id = said ?? String(index + 1)
  const nameOf = (code: string | null | undefined) => {
    const known = can.carriers.find((carrier) => carrier.code === code)
    return known ? CARRIERS[known.carrier] : null
  }
  return {
    id,
    person: toPerson(person),
    lineIds: lines.filter(({ recipientId }) => recipientId === id).map(({ lineId }) => lineId),
    parcels: parcels.map((parcel) => ({
      ...NO_PARCEL,
      carrierName: nameOf(parcel.carrierCode),
      ...given(parcel),
    })),
    wish: { ...NO_WISH, ...given(wish ?? {}) },
    gift: { ...NO_GIFT, requested: false, ...given(gift ?? {}) },
    shippingFee: null,
    codFee: null,
    pickup: null,
    remoteArea: false,
    addressPending: false,
    mallFields,
  }
}
