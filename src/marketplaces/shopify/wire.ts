import { z } from 'zod'
import { each, int32, listOf, orNull, text } from '../kit/wire.ts'
import { numberOf } from './facts.ts'

/**
 * Shapes of what the documents of graphql.ts ask for. Strict where identity, money or a quantity depends on
 * it; every enumeration is open, as each version of the API adds words.
 */

const gid = z.string().regex(/^gid:\/\/shopify\/[A-Za-z]{1,60}\/\d{1,20}$/)
/** The number at the end of an id: what staff see in addresses of the admin. */
export const tailOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1)

/** Decimals are texts. Yen have none but zeros. */
const yen = z
  .object({
    shopMoney: z.object({
      amount: z.union([z.string().regex(/^-?\d{1,10}(?:\.0{1,4})?$/), z.int()]).transform(Number),
    }),
  })
  .transform(({ shopMoney }) => shopMoney.amount)
  .pipe(int32)

const count = int32.min(0)
const flag = z.boolean().catch(false)
const time = z
  .string()
  .refine((value) => value.length < 40 && !Number.isNaN(Date.parse(value)))
  .transform((value) => new Date(value).toISOString())
const maybeTime = time.nullish().catch(null)

const pageInfo = z
  .object({ hasNextPage: z.boolean(), endCursor: z.string().max(2_000).nullish() })
  .transform(({ hasNextPage, endCursor }) => (hasNextPage ? (endCursor ?? null) : null))

export interface Pages<T> {
  nodes: T[]
  next: string | null
}

/** A node that is read later. */
export const unread = z.unknown()

/** A connection: its nodes, and the place behind which the next ones stand. */
export const connection = <T extends z.ZodType>(node: T) =>
  z
    .object({ nodes: z.array(node).max(1_000), pageInfo })
    .transform(({ nodes, pageInfo: next }) => ({ nodes, next }))

const taxLine = z.object({ ratePercentage: z.number().nullish().catch(null), priceSet: yen })
const attributes = listOf(z.object({ key: z.string(), value: text })).catch([])

const Address = orNull(
  z.object(
    each(
      text,
      'firstName lastName name company zip countryCodeV2 province provinceCode city address1 address2 phone',
    ),
  ),
)
export type Address = NonNullable<z.infer<typeof Address>>

export const Line = z.object({
  id: gid,
  title: z.string(),
  variantTitle: text,
  sku: text,
  quantity: count,
  currentQuantity: count,
  unfulfilledQuantity: count,
  requiresShipping: z.boolean().catch(true),
  isGiftCard: flag,
  taxable: z.boolean().catch(true),
  originalUnitPriceSet: yen,
  discountAllocations: listOf(z.object({ allocatedAmountSet: yen })),
  taxLines: listOf(taxLine),
  customAttributes: attributes,
})
export type Line = z.infer<typeof Line>

export const SentLine = z.object({ quantity: count.nullish().catch(null), lineItem: z.object({ id: gid }) })
export type SentLine = z.infer<typeof SentLine>

export const FulfilmentHead = z.object({
  id: gid,
  status: z.string(),
  createdAt: time,
  deliveredAt: maybeTime,
  trackingInfo: listOf(z.object({ company: text, number: text })).catch([]),
})
export const Fulfilment = FulfilmentHead.extend({ fulfillmentLineItems: connection(SentLine) })
export type Fulfilment = z.infer<typeof Fulfilment>

export const FulfilmentOrder = z.object({
  status: z.string(),
  fulfillAt: maybeTime,
  deliveryMethod: orNull(z.object(each(text, 'methodType presentedName'))).catch(null),
  assignedLocation: orNull(z.object({ name: text })).catch(null),
  fulfillmentHolds: listOf(z.object(each(text, 'reason reasonNotes'))).catch([]),
})

export const WireOrder = z.object({
  id: gid,
  name: z.string().min(1).max(100),
  createdAt: time,
  ...each(maybeTime, 'processedAt updatedAt cancelledAt closedAt'),
  ...each(flag, 'closed test edited canMarkAsPaid'),
  requiresShipping: z.boolean().catch(true),
  ...each(
    text,
    'confirmationNumber cancelReason displayFinancialStatus displayFulfillmentStatus returnStatus',
  ),
  ...each(text, 'currencyCode note email phone sourceName poNumber'),
  taxesIncluded: z.boolean(),
  tags: listOf(z.string()).catch([]),
  paymentGatewayNames: listOf(z.string()).catch([]),
  discountCodes: listOf(z.string()).catch([]),
  totalPriceSet: yen,
  currentTotalPriceSet: yen,
  totalRefundedSet: yen,
  totalOutstandingSet: yen,
  totalTipReceivedSet: yen,
  currentTotalAdditionalFeesSet: orNull(yen),
  customAttributes: attributes,
  risk: orNull(z.object({ recommendation: text })).catch(null),
  billingAddress: Address.catch(null),
  shippingAddress: Address.catch(null),
  shippingLines: z.object({
    nodes: z.array(
      z.object({
        ...each(text, 'title code'),
        discountedPriceSet: yen,
        currentDiscountedPriceSet: yen,
        taxLines: listOf(taxLine),
      }),
    ),
  }),
  transactions: listOf(
    z.object({
      ...each(text, 'kind status gateway formattedGateway'),
      processedAt: maybeTime,
      amountSet: yen,
    }),
  ),
  lineItems: connection(Line),
  fulfillments: listOf(Fulfilment),
  fulfillmentOrders: connection(FulfilmentOrder),
})
export type WireOrder = z.infer<typeof WireOrder>

/** Enough to know an order by, where nothing else can be read. */
export const Head = WireOrder.pick({ id: true, name: true, createdAt: true, currencyCode: true })
export type Head = z.infer<typeof Head>

export const ListEntry = z.object({
  name: z.string().transform(numberOf).pipe(z.string().min(1).max(100)),
  createdAt: time,
  ...each(maybeTime, 'updatedAt cancelledAt'),
  closed: flag,
  displayFulfillmentStatus: text,
})

export const Counted = orNull(z.object({ count, precision: z.string() })).catch(null)

export const ToSendLine = z.object({ id: gid, remainingQuantity: count, lineItem: z.object({ id: gid }) })
export const ToSendOrder = z.object({
  id: gid,
  status: z.string(),
  supportedActions: listOf(z.object({ action: z.string() })),
  assignedLocation: z.object({ name: text, location: orNull(z.object({ id: gid })) }),
  lineItems: connection(ToSendLine),
})
export type ToSendOrder = z.infer<typeof ToSendOrder>
/** What a mutation refused, in its payload; Shopify did nothing then. */
export const UserErrors = z.array(
  z.object({
    code: z.string().max(100).nullish(),
    field: z.array(z.string()).nullish(),
    message: z.string(),
  }),
)
