import type { OrderPerson, OrderRecipient } from '../marketplaces/port/order.ts'
import type { FullOrder } from '../orders/order-json.ts'

/** Parts of an order that identify no buyer: an allow-list, so that a new field stays out at first. */
const CLEAR = [
  ...['id', 'shopId', 'marketplace', 'orderNumber', 'status', 'changeState', 'mallState'],
  ...['orderedAt', 'stagedAt', 'pulledAt', 'refreshedAt', 'editedAt', 'purgedAt', 'erasedAt'],
  ...['billedAmount', 'totalAmount', 'itemLines', 'itemQuantity', 'paymentKind', 'trackedParcels'],
  ...['holds', 'flags', 'marks', 'warningCount', 'labels', 'shipping'],
] as const satisfies readonly (keyof FullOrder)[]

const MOST_ITEMS = 50
const MOST_RECIPIENTS = 20
const MOST_PARCELS = 20
const MOST_OPTIONS = 10

export const summaryView = (order: Partial<FullOrder>) =>
  Object.fromEntries(CLEAR.map((name) => [name, order[name] ?? null]))

/** @param personal names, addresses, tracking numbers and what the buyer wrote are in it */
export function orderView(order: FullOrder, personal: boolean) {
  const { detail } = order
  if (detail === null) return { ...summaryView(order), detailMissing: order.detailMissing }
  return {
    ...summaryView(order),
    personalData: personal ? 'included' : 'masked',
    buyer: personView(detail.buyer, personal),
    recipients: detail.recipients.slice(0, MOST_RECIPIENTS).map((one) => recipientView(one, personal)),
    items: detail.items.slice(0, MOST_ITEMS).map((item) => ({
      itemCode: untrusted(item.itemCode, 'mall', 100),
      name: untrusted(item.name, 'mall', 200),
      quantity: item.quantity,
      unitPrice: item.unitPrice,
      subtotal: item.subtotal,
      taxRate: item.taxRate,
      deleted: item.deleted,
      options: personal
        ? item.options
            .slice(0, MOST_OPTIONS)
            .map(({ name, value }) => untrusted(`${name}: ${value}`, 'buyer', 100))
        : item.options.length,
    })),
    notShown: {
      items: Math.max(0, detail.items.length - MOST_ITEMS),
      recipients: Math.max(0, detail.recipients.length - MOST_RECIPIENTS),
    },
    holds: detail.holds.map(({ kind, until }) => ({ kind, until: word(until) })),
    warnings: detail.warnings
      .slice(0, 20)
      .map(({ code, field, message }) => ({ code, field, message: untrusted(message, 'mall', 200) })),
    notes: personal
      ? {
          buyer: untrusted(detail.notes.buyer, 'buyer'),
          shop: untrusted(detail.notes.shop, 'staff'),
          giftMessage: untrusted(detail.gift.message, 'buyer'),
        }
      : { buyerWrote: Boolean(detail.notes.buyer?.trim() || detail.gift.message?.trim()) },
  }
}

const PERSON = [
  ...['fullName', 'familyName', 'givenName', 'familyNameKana', 'givenNameKana', 'company'],
  ...['postalCode', 'city', 'address1', 'address2', 'phone', 'email'],
] as const satisfies readonly (keyof OrderPerson)[]

const personView = (person: OrderPerson, personal: boolean) => ({
  prefecture: untrusted(person.prefecture, 'buyer', 20),
  ...(personal
    ? Object.fromEntries(PERSON.map((name) => [name, untrusted(person[name], 'buyer', 200)]))
    : {}),
})

/** A day, a time or a code; a mall's field that holds anything else is left out. */
const word = (text: string | null): string | null => (/^[\w:./+-]{1,40}$/.test(text ?? '') ? text : null)

const recipientView = ({ person, parcels, wish }: OrderRecipient, personal: boolean) => ({
  ...personView(person, personal),
  wish: { date: word(wish.date), timeFrom: word(wish.timeFrom), timeTo: word(wish.timeTo) },
  parcels: parcels.slice(0, MOST_PARCELS).map((parcel) => ({
    carrier: untrusted(parcel.carrierName ?? parcel.carrierCode, 'mall', 60),
    shippedOn: word(parcel.shippedOn),
    tracked: Boolean(parcel.trackingNumber?.trim()),
    // Opens the carrier's page of this very parcel.
    ...(personal ? { trackingNumber: untrusted(parcel.trackingNumber, 'mall', 60) } : {}),
  })),
})

/**
 * A text that somebody outside wrote. It never stands beside our own words as a plain string: an assistant
 * reads both, and a buyer's memo may hold sentences that look like orders to it.
 */
interface Untrusted {
  untrusted: string
  from: Author
  /** The text went on. */
  cut?: true
}

type Author = 'buyer' | 'mall' | 'staff'

const MOST_CHARACTERS = 500

/** Controls and shapeless signs hide text from people that a model reads: bidi marks, tags, zero width. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu
/** One selects the form of a kanji in a name; a run of them is no writing, and can carry any bytes. */
const SELECTORS = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{2,}/gu

/** @param most characters that are kept */
export function untrusted(
  text: string | null | undefined,
  from: Author,
  most = MOST_CHARACTERS,
): Untrusted | null {
  if (text === null || text === undefined || text.trim() === '') return null
  // Bounded before the patterns: a memo may have a megabyte, and a character two units.
  const shown = text
    .slice(0, most * 4)
    .toWellFormed()
    .replace(HIDDEN, (sign) => (sign === '\n' || sign === '\t' ? sign : ''))
    .replace(SELECTORS, '')
  const characters = [...shown]
  const cut = text.length > most * 4 || characters.length > most
  return { untrusted: characters.slice(0, most).join('').trim(), from, ...(cut ? { cut } : {}) }
}
