import { z } from 'zod'

/**
 * Schemas of Orders API v2026-01-01. Strict where identity, money or a quantity depends on it. Everything
 * else may be absent or of another shape: the model marks almost nothing as required and its enumerations are
 * open.
 */

/** Text or number, as text; anything else, and an empty text, counts as absent. */
const text = z
  .unknown()
  .optional()
  .transform((value): string | null => {
    if (typeof value === 'string') return value === '' ? null : value
    return typeof value === 'number' ? String(value) : null
  })
const texts = z
  .unknown()
  .optional()
  .transform((value): string[] =>
    Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [],
  )
/** Amounts and counts end in 32-bit columns; nothing a shop sells comes near. */
const int32 = z.int().min(-2_147_483_648).max(2_147_483_647)
const id = z.union([z.string().min(1), z.int()]).transform(String)

/** Yen are a decimal string without decimals; `.00` is allowed for. Another currency is another marketplace's order. */
const money = z
  .looseObject({
    amount: z.union([z.string().regex(/^-?\d{1,12}(?:\.0+)?$/), z.int()]).transform(Number),
    currencyCode: z.literal('JPY'),
  })
  .transform(({ amount }) => amount)
  .pipe(int32)
const maybeMoney = money.nullish().transform((value) => value ?? null)

const strictList = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .nullish()
    .transform((list) => list ?? [])
/** For what no money, identity or quantity hangs on: a shape that is not understood is left to mallFields. */
const lenientList = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .catch([])
    .nullish()
    .transform((list) => list ?? [])
const maybe = <T extends z.ZodType>(entry: T) =>
  entry
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? null)

const range = maybe(z.looseObject({ earliestDateTime: text, latestDateTime: text }))

const WireBreakdown = z.looseObject({
  type: z.string(),
  subtotal: money,
  detailedBreakdowns: strictList(z.looseObject({ subtype: text, value: maybeMoney })),
})
export type WireBreakdown = z.infer<typeof WireBreakdown>

const WireAddress = z.looseObject({
  name: text,
  companyName: text,
  addressLine1: text,
  addressLine2: text,
  addressLine3: text,
  city: text,
  municipality: text,
  districtOrCounty: text,
  stateOrRegion: text,
  postalCode: text,
  countryCode: text,
  phone: text,
  addressType: text,
})
export type WireAddress = z.infer<typeof WireAddress>

const WireProduct = z.looseObject({
  asin: text,
  title: text,
  sellerSku: text,
  price: z
    .looseObject({ unitPrice: maybeMoney })
    .nullish()
    .transform((value) => value ?? null),
})

const WireCancellation = maybe(
  z.looseObject({
    cancellationRequest: maybe(z.looseObject({ requester: text, cancelReason: text })),
    cancellationExecution: maybe(z.looseObject({ cancelledBy: text, cancelReason: text })),
  }),
)

const WireItemFulfillment = maybe(
  z.looseObject({
    quantityFulfilled: int32.nullish().catch(null),
    quantityUnfulfilled: int32.nullish().catch(null),
    packing: maybe(
      z.looseObject({
        giftOption: maybe(z.looseObject({ giftMessage: text, giftWrapLevel: text })),
        serialNumberRequirement: maybe(z.looseObject({ requirementType: text })),
      }),
    ),
    shipping: maybe(
      z.looseObject({
        scheduledDeliveryWindow: range,
        shippingConstraints: maybe(z.looseObject({ cashOnDelivery: text, recipientAgeVerification: text })),
      }),
    ),
  }),
)

const WireItem = z.looseObject({
  orderItemId: id,
  quantityOrdered: int32,
  product: WireProduct,
  programs: texts,
  proceeds: z
    .looseObject({ proceedsTotal: maybeMoney, breakdowns: strictList(WireBreakdown) })
    .nullish()
    .transform((value) => value ?? null),
  expense: maybe(
    z.looseObject({
      pointsCost: maybe(z.looseObject({ pointsGranted: maybe(z.looseObject({ pointsNumber: int32 })) })),
    }),
  ),
  promotion: maybe(z.looseObject({ breakdowns: lenientList(z.looseObject({ promotionId: text })) })),
  cancellation: WireCancellation,
  fulfillment: WireItemFulfillment,
})
export type WireItem = z.infer<typeof WireItem>

const WirePackage = z.looseObject({
  packageReferenceId: text,
  carrier: text,
  shipTime: text,
  trackingNumber: text,
  packageStatus: maybe(z.looseObject({ status: text })),
})

const WireFulfillment = maybe(
  z.looseObject({
    fulfillmentStatus: text,
    fulfilledBy: text,
    fulfillmentServiceLevel: text,
    shipByWindow: range,
    deliverByWindow: range,
    labelPrintingWindow: range,
  }),
)
const WireSalesChannel = maybe(z.looseObject({ channelName: text, marketplaceId: text }))

/**
 * Fields that decide whether an order is for the shop, and ready. Read first, because an order of another
 * currency fails the rest.
 */
export const WireHead = z.looseObject({
  orderId: z.string().min(1),
  createdTime: z.string(),
  lastUpdatedTime: text,
  salesChannel: WireSalesChannel,
  fulfillment: WireFulfillment,
})
export type WireHead = z.infer<typeof WireHead>

export const WireOrder = z.looseObject({
  ...WireHead.shape,
  programs: texts,
  associatedOrders: lenientList(z.looseObject({ orderId: text, associationType: text })),
  buyer: maybe(z.looseObject({ buyerName: text, buyerEmail: text, buyerCompanyName: text })),
  recipient: maybe(
    z.looseObject({
      deliveryAddress: maybe(WireAddress),
      deliveryPreference: maybe(z.looseObject({ dropOffLocation: text, addressInstruction: text })),
    }),
  ),
  proceeds: z
    .looseObject({ grandTotal: maybeMoney, breakdowns: strictList(WireBreakdown) })
    .nullish()
    .transform((value) => value ?? null),
  payment: z
    .looseObject({
      paymentExecutions: strictList(
        z.looseObject({ paymentMethod: text, paymentAmount: maybeMoney, cardBrand: text }),
      ),
    })
    .nullish()
    .transform((value) => value ?? null),
  packages: lenientList(WirePackage),
  orderItems: z.array(WireItem),
})
export type WireOrder = z.infer<typeof WireOrder>

/** A page of searchOrders; there is no `payload` around it. The last page has no pagination. */
export const WirePage = z.looseObject({
  orders: z.array(z.unknown()),
  pagination: maybe(z.looseObject({ nextToken: text })),
  createdBefore: text,
  lastUpdatedBefore: text,
})
