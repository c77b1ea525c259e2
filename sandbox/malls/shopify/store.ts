import type { Clock } from '../../../src/platform/clock.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import { createOrderBook, createWriteLog, mergeDeep } from '../../kit/order-book.ts'
import { seeded } from '../../kit/seeded.ts'
import {
  checkShape,
  type OrderShape,
  type PlaceOptions,
  type SandboxEvent,
  type SandboxStand,
  type SimShop,
} from '../../kit/types.ts'
import { homeOf, PEOPLE, PRODUCTS } from '../yahoo/pools.ts'

/** Orders in the names of the schema; what a resolver pages is a plain list here. */

/** Shapes that its pages allow. */
export const SHOPIFY_SHAPES: readonly OrderShape[] = ['pickup']

export interface SimLine {
  id: string
  title: string
  sku: string | null
  quantity: number
  currentQuantity: number
  [field: string]: unknown
}
export interface SimPart {
  id: string
  status: string
  location: { id: string; name: string }
  deliveryMethod: { methodType: string; presentedName: string | null }
  fulfillAt: string | null
  fulfillmentHolds: { id: string; reason: string; reasonNotes: string | null; handle: string | null }[]
  lines: { id: string; lineId: string; total: number; remaining: number }[]
}
export interface SimFulfilment {
  id: string
  status: string
  createdAt: string
  deliveredAt: string | null
  trackingInfo: { company: string | null; number: string | null }[]
  lines: { lineId: string; quantity: number }[]
}
export interface SimOrder {
  shopCode: string
  visibleAt: number
  orderNumber: string
  /** Time at which a cancellation that was accepted is carried out. */
  cancelAt: number | null
  cancelReason: string | null
  name: string
  id: string
  createdAt: string
  updatedAt: string
  cancelledAt: string | null
  displayFinancialStatus: string
  lineItems: SimLine[]
  parts: SimPart[]
  fulfillments: SimFulfilment[]
  /** Further fields of the schema. */
  fields: Record<string, unknown>
}

export type Store = ReturnType<typeof createStore>

/** No digit of an order's number, so that a text of one never stands in the other. */
const idOf = (kind: string, count: number): string =>
  `gid://shopify/${kind}/${[...count.toString(5)].map((digit) => Number(digit) + 5).join('')}`

const WISH_MS = 5 * 24 * 60 * 60_000

const yen = (amount: number) => ({ shopMoney: { amount: `${amount}.0`, currencyCode: 'JPY' } })

interface StoreOptions {
  shops: readonly SimShop[]
  seed: number
  clock: Clock
  emit(type: SandboxEvent['type'], order: SimOrder): void
  keep?: Keep
  firstNumber: number
}

export function createStore({ shops, seed, clock, emit, keep = keepNothing, firstNumber }: StoreOptions) {
  const book = createOrderBook<SimOrder>(keep, clock)
  const writes = createWriteLog(clock, keep)
  const counts = keep('counts', () => ({ placed: 0, ids: 0 }))
  const now = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
  const nextId = (kind: string) => idOf(kind, 100 + counts.ids++)

  function place({
    shopCode = shops[0]?.code ?? '',
    visibleAfterSeconds = 0,
    overrides = {},
    shape,
  }: PlaceOptions = {}) {
    checkShape(shape, SHOPIFY_SHAPES)
    const made = {
      ...generate(shopCode, counts.placed),
      visibleAt: clock.now() + visibleAfterSeconds * 1_000,
    }
    counts.placed += 1
    if (shape === 'pickup')
      for (const part of made.parts) part.deliveryMethod = { methodType: 'PICK_UP', presentedName: null }
    const order = patched(made, overrides)
    book.set(order.orderNumber, order)
    emit('placed', order)
    return order
  }

  function generate(shopCode: string, sequence: number): SimOrder {
    const dice = seeded(seed, sequence)
    const person = PEOPLE[sequence % PEOPLE.length] as (typeof PEOPLE)[number]
    const home = homeOf(sequence)
    const taxesIncluded = dice.chance(0.8)
    const isUnpaid = dice.chance(0.15)
    const code = dice.chance(0.2) ? 'HARU2026' : null
    const lines = Array.from({ length: dice.int(1, 3) }, (): SimLine => {
      const product = dice.pick(PRODUCTS)
      const choice = product.choice ? dice.pick(product.choice.values) : null
      const quantity = dice.int(1, 3)
      const net = product.price * quantity
      const off = code === null ? 0 : Math.round(net / 10)
      const base = net - off
      const tax = taxesIncluded ? (base * product.rate) / (100 + product.rate) : (base * product.rate) / 100
      return {
        id: nextId('LineItem'),
        title: product.title,
        variantTitle: choice?.[0] ?? null,
        sku: choice ? `${product.code}-${choice[1]}` : product.code,
        quantity,
        currentQuantity: quantity,
        requiresShipping: true,
        isGiftCard: false,
        taxable: true,
        originalUnitPriceSet: yen(product.price),
        discountAllocations: off === 0 ? [] : [{ allocatedAmountSet: yen(off) }],
        taxLines: [{ title: '消費税', ratePercentage: product.rate, priceSet: yen(Math.round(tax)) }],
        customAttributes: [],
        money: { net, off, tax: taxesIncluded ? 0 : Math.round(tax) },
      }
    })
    const fee = dice.pick([0, 550, 880])
    const feeTax = taxesIncluded ? Math.round((fee * 10) / 110) : Math.round(fee / 10)
    const total =
      lines.reduce((sum, { money }) => sum + moneyOf(money), 0) + fee + (taxesIncluded ? 0 : feeTax)
    const address = {
      firstName: person.given,
      lastName: person.family,
      name: `${person.family} ${person.given}`,
      company: null,
      zip: home.zip,
      countryCodeV2: 'JP',
      province: home.prefecture,
      provinceCode: PROVINCES[home.prefecture] ?? null,
      city: home.city,
      address1: home.address1,
      address2: home.address2 || null,
      phone: home.phone,
    }
    const isSplit = lines.length > 1 && dice.chance(0.3)
    const partOf = (of: readonly SimLine[], place: number): SimPart => ({
      id: nextId('FulfillmentOrder'),
      status: 'OPEN',
      location: { id: idOf('Location', place), name: place === 1 ? '本店倉庫' : '大阪倉庫' },
      deliveryMethod: { methodType: 'SHIPPING', presentedName: '宅配便' },
      fulfillAt: null,
      fulfillmentHolds: [],
      lines: of.map(({ id, quantity }) => ({
        id: nextId('FulfillmentOrderLineItem'),
        lineId: id,
        total: quantity,
        remaining: quantity,
      })),
    })
    const placedAt = now()
    const gateway = isUnpaid ? '銀行振込' : dice.pick(['shopify_payments', 'PayPay', 'コンビニ決済 (KOMOJU)'])
    return {
      shopCode,
      visibleAt: 0,
      orderNumber: String(firstNumber + sequence),
      cancelAt: null,
      cancelReason: null,
      name: `#${firstNumber + sequence}`,
      id: nextId('Order'),
      createdAt: placedAt,
      updatedAt: placedAt,
      cancelledAt: null,
      displayFinancialStatus: isUnpaid ? 'PENDING' : 'PAID',
      lineItems: lines,
      parts: isSplit ? [partOf(lines.slice(0, 1), 1), partOf(lines.slice(1), 2)] : [partOf(lines, 1)],
      fulfillments: [],
      fields: {
        processedAt: placedAt,
        closedAt: null,
        closed: false,
        test: false,
        edited: false,
        confirmationNumber: `C${sequence}`,
        returnStatus: 'NO_RETURN',
        currencyCode: 'JPY',
        taxesIncluded,
        note: dice.chance(0.3) ? 'プレゼント用です。①番の包装紙を希望' : null,
        email: home.mail,
        phone: null,
        tags: dice.chance(0.2) ? ['ギフト', 'VIP'] : [],
        sourceName: 'web',
        paymentGatewayNames: [gateway],
        requiresShipping: true,
        discountCodes: code === null ? [] : [code],
        poNumber: null,
        totalPriceSet: yen(total),
        totalRefundedSet: yen(0),
        totalTipReceivedSet: yen(0),
        currentTotalAdditionalFeesSet: null,
        customAttributes: dice.chance(0.3)
          ? [
              { key: 'お届け希望日', value: japaneseDay(clock.now() + WISH_MS).replaceAll('-', '/') },
              { key: 'お届け希望時間帯', value: '14時-16時' },
            ]
          : [],
        risk: { recommendation: 'ACCEPT' },
        billingAddress: address,
        shippingAddress: address,
        shippingLines: [
          {
            title: '宅配便',
            code: 'standard',
            discountedPriceSet: yen(fee),
            currentDiscountedPriceSet: yen(fee),
            taxLines: fee === 0 ? [] : [{ title: '消費税', ratePercentage: 10, priceSet: yen(feeTax) }],
          },
        ],
        transactions: isUnpaid
          ? []
          : [
              {
                kind: 'SALE',
                status: 'SUCCESS',
                gateway,
                formattedGateway: gateway,
                processedAt: placedAt,
                amountSet: yen(total),
              },
            ],
      },
    }
  }

  /** Changes at the shop's own screen. The time counts whole seconds and moves on with each of them. */
  function touch(order: SimOrder): void {
    const before = Date.parse(order.updatedAt)
    order.updatedAt = `${new Date(Math.max(clock.now(), before + 1_000)).toISOString().slice(0, 19)}Z`
  }

  function patched(order: SimOrder, overrides: Record<string, unknown>): SimOrder {
    const own = Object.fromEntries(Object.entries(overrides).filter(([name]) => name in order))
    const others = Object.fromEntries(Object.entries(overrides).filter(([name]) => !(name in order)))
    return named(mergeDeep(order, { ...own, fields: others }))
  }

  /** Ids that overrides leave as null: two orders placed with the same ones share none. */
  function named(order: SimOrder): SimOrder {
    for (const part of order.parts) {
      part.id ??= nextId('FulfillmentOrder')
      for (const line of part.lines) line.id ??= nextId('FulfillmentOrderLineItem')
    }
    for (const one of order.fulfillments) one.id ??= nextId('Fulfillment')
    return order
  }

  /** Carries out what was accepted before. */
  function settle(order: SimOrder): SimOrder {
    if (order.cancelAt !== null && order.cancelAt <= clock.now()) {
      Object.assign(order, { cancelAt: null, cancelledAt: now() })
      for (const part of order.parts) if (part.status !== 'CLOSED') part.status = 'CANCELLED'
      for (const line of order.lineItems) line.currentQuantity = 0
      touch(order)
      emit('cancelled', order)
    }
    return order
  }

  return {
    writes,
    nextId,
    now,
    place,
    touch,
    existing: book.existing,
    all: () => book.all().map(settle),
    known: (shopCode: string) => book.known(shopCode).map(settle),
    byId: (shopCode: string, id: unknown) =>
      book
        .known(shopCode)
        .map(settle)
        .find((one) => one.id === id),
    edit(orderNumber: string, overrides: Record<string, unknown>): SimOrder {
      const order = patched(book.existing(orderNumber), overrides)
      touch(order)
      book.set(orderNumber, order)
      emit('changed', order)
      return order
    },
    cancel(orderNumber: string, afterMs = 0): void {
      const order = book.existing(orderNumber)
      order.cancelAt = clock.now() + afterMs
      order.cancelReason ??= 'CUSTOMER'
      settle(order)
    },
  }
}

/** Counts what was sent by the fulfilments, as the parts say only what is left. */
export function standOf({
  orderNumber,
  cancelledAt,
  lineItems,
  parts,
  fulfillments,
}: SimOrder): SandboxStand {
  const sent = fulfillments.filter(({ status }) => status !== 'CANCELLED').flatMap(({ lines }) => lines)
  return {
    orderNumber,
    held: cancelledAt === null && parts.some(({ status }) => status === 'ON_HOLD'),
    lines: lineItems.map(({ id, currentQuantity }) => ({
      lineId: id.slice(id.lastIndexOf('/') + 1),
      ordered: currentQuantity,
      sent: sent.reduce((sum, { lineId, quantity }) => sum + (lineId === id ? quantity : 0), 0),
    })),
  }
}

const moneyOf = (money: unknown): number => {
  const { net, off, tax } = money as Record<'net' | 'off' | 'tax', number>
  return net - off + tax
}

const PROVINCES: Readonly<Record<string, string>> = {
  北海道: 'JP-01',
  宮城県: 'JP-04',
  東京都: 'JP-13',
  愛知県: 'JP-23',
  大阪府: 'JP-27',
  沖縄県: 'JP-47',
}
