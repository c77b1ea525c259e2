import type {
  NormalisedOrder,
  OrderDiscount,
  OrderHold,
  OrderPerson,
  OrderReversal,
  OrderWarning,
} from '../port/order.ts'
import { each } from './wire.ts'

/** Parts of a normalised order in which a mall states only what it has: all the rest is null or empty. */

// Made once: an order of a burst takes each of them, and its items too.
const NO_FACTS = each(null, 'updatedAt device mallSubStatus cancelReason receiptWanted subscription')
const NO_NOTES = each(null, 'buyer shop mail operator')
const NO_CODES = each(null, 'mallItemId merchantSku jan releaseDate leadTime')
const UNPAID = each(
  null,
  'code name combinedName paidAt dueDate changeUntil cardBrand cardLast4 installments',
)
const NO_REVERSAL = each(null, 'lineId quantity amount state at reason')

export const emptyOrder = () =>
  ({
    ...NO_FACTS,
    notes: { ...NO_NOTES },
    reversals: [],
    relatedOrders: [],
    warnings: [],
    mallFields: {},
  }) satisfies Partial<NormalisedOrder>

export const emptyItem = () =>
  ({
    ...NO_CODES,
    options: [],
    taxIncluded: true,
    deleted: false,
  }) satisfies Partial<NormalisedOrder['items'][number]>

export const emptyPayment = () =>
  ({
    ...UNPAID,
    parts: [],
  }) satisfies Partial<NormalisedOrder['payment']>

export const NOBODY: OrderPerson = {
  ...each(null, 'fullName familyName givenName familyNameKana givenNameKana postalCode prefecture city'),
  ...each(null, 'address1 address2 company phone emergencyPhone email'),
}

/** A discount of the whole order, off the total unless `more` says otherwise. */
export const discount = (
  kind: OrderDiscount['kind'],
  borneBy: OrderDiscount['borneBy'],
  name: string | null,
  amount: number,
  more: Partial<OrderDiscount> = {},
): OrderDiscount => ({
  kind,
  borneBy,
  name,
  amount,
  code: null,
  lineId: null,
  includedInPrices: false,
  ...more,
})

/** `until`: RFC 3339. */
export const hold = (kind: OrderHold['kind'], note: string, until: string | null = null): OrderHold => ({
  kind,
  until,
  note,
})

/** The holds whose condition is true. */
export const holdsIf = (...rows: readonly [when: boolean, ...Parameters<typeof hold>][]): OrderHold[] =>
  rows.flatMap(([when, ...of]) => (when ? [hold(...of)] : []))

export const reversal = (kind: OrderReversal['kind'], more: Partial<OrderReversal>): OrderReversal => ({
  kind,
  ...NO_REVERSAL,
  ...more,
})

/** `message` is Japanese. */
export const warning = (
  code: string,
  field: string,
  message: string,
  expected: OrderWarning['expected'] = null,
  actual: OrderWarning['actual'] = null,
): OrderWarning => ({ code, message, field, expected, actual })

/** The marks that hold, in the order of the table. */
export const marksOf = (marks: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(marks).filter((mark) => marks[mark])
