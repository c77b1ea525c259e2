import type {
  NormalisedOrder,
  OrderDiscount,
  OrderHold,
  OrderPerson,
  OrderReversal,
  OrderWarning,
} from '../port/order.ts'
import { each } from './names.ts'

/** Parts of a normalised order in which a mall states only what it has: all the rest is null or empty. */

export const emptyOrder = () =>
  ({
    ...each(null, 'updatedAt device mallSubStatus cancelReason receiptWanted subscription'),
    notes: each(null, 'buyer shop mail operator'),
    reversals: [],
    relatedOrders: [],
    warnings: [],
    mallFields: {},
  }) satisfies Partial<NormalisedOrder>

export const emptyItem = () =>
  ({
    ...each(null, 'mallItemId merchantSku jan releaseDate leadTime'),
    options: [],
    taxIncluded: true,
    deleted: false,
  }) satisfies Partial<NormalisedOrder['items'][number]>

export const emptyPayment = () =>
  ({
    ...each(null, 'code name combinedName paidAt dueDate changeUntil cardBrand cardLast4 installments'),
    parts: [],
  }) satisfies Partial<NormalisedOrder['payment']>

export const NOBODY: OrderPerson = {
  ...each(null, 'fullName familyName givenName familyNameKana givenNameKana postalCode prefecture city'),
  ...each(null, 'address1 address2 company phone emergencyPhone email'),
}

/** Of the whole order and off the total, unless `more` says otherwise. */
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

export const reversal = (kind: OrderReversal['kind'], more: Partial<OrderReversal>): OrderReversal => ({
  kind,
  ...each(null, 'lineId quantity amount state at reason'),
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
