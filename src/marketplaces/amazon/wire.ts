import { z } from 'zod'
import { japaneseDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { each, id, int32, isRaw, listOf, orNull, text } from '../kit/wire.ts'

/**
 * Schemas of Orders API v2026-01-01. Strict where identity, money or a quantity depends on it. Everything
 * else may be absent or of another shape: the model marks almost nothing as required and its enumerations are
 * open.
 */

const texts = z
  .unknown()
  .optional()
  .transform((value): string[] =>
    Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [],
  )

/** Yen are a decimal string without decimals or with `.00`. Another currency is another marketplace's. */
const money = z
  .looseObject({
    amount: z.union([z.string().regex(/^-?\d{1,12}(?:\.0+)?$/), z.int()]).transform(Number),
    currencyCode: z.literal('JPY'),
  })
  .transform(({ amount }) => amount)
  .pipe(int32)
const maybeMoney = orNull(money)

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
  detailedBreakdowns: listOf(z.looseObject({ subtype: text, value: maybeMoney })),
})
export type WireBreakdown = z.infer<typeof WireBreakdown>

const WireAddress = z.looseObject({
  ...each(text, 'name companyName addressLine1 addressLine2 addressLine3 city municipality'),
  ...each(text, 'districtOrCounty stateOrRegion postalCode countryCode phone addressType'),
})
export type WireAddress = z.infer<typeof WireAddress>

const WireProduct = z.looseObject({
  ...each(text, 'asin title sellerSku'),
  price: orNull(z.looseObject({ unitPrice: maybeMoney })),
})

const WireCancellation = maybe(
  z.looseObject({
    cancellationRequest: maybe(z.looseObject(each(text, 'requester cancelReason'))),
    cancellationExecution: maybe(z.looseObject(each(text, 'cancelledBy cancelReason'))),
  }),
)

const WireItemFulfillment = maybe(
  z.looseObject({
    ...each(int32.nullish().catch(null), 'quantityFulfilled quantityUnfulfilled'),
    packing: maybe(
      z.looseObject({
        giftOption: maybe(z.looseObject({ giftMessage: text, giftWrapLevel: text })),
        serialNumberRequirement: maybe(z.looseObject({ requirementType: text })),
      }),
    ),
    shipping: maybe(
      z.looseObject({
        scheduledDeliveryWindow: range,
        shippingConstraints: maybe(
          z.looseObject(
            each(
              text,
              'cashOnDelivery recipientAgeVerification recipientIdentityVerification signatureConfirmation',
            ),
          ),
        ),
      }),
    ),
  }),
)

const WireItem = z.looseObject({
  orderItemId: id,
  quantityOrdered: int32,
  product: WireProduct,
  programs: texts,
  proceeds: orNull(z.looseObject({ proceedsTotal: maybeMoney, breakdowns: listOf(WireBreakdown) })),
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
  ...each(text, 'packageReferenceId carrier shipTime trackingNumber'),
  packageStatus: maybe(z.looseObject({ status: text })),
  packageItems: lenientList(z.looseObject({ orderItemId: id, quantity: int32 })),
})

/** False for a package that was taken back: its goods have not left. */
export const isStanding = (one: { packageStatus?: { status?: unknown } | null | undefined }): boolean =>
  one.packageStatus?.status !== 'CANCELLED'

const WireFulfillment = maybe(
  z.looseObject({
    ...each(text, 'fulfillmentStatus fulfilledBy fulfillmentServiceLevel'),
    ...each(range, 'shipByWindow deliverByWindow labelPrintingWindow'),
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
  proceeds: z.unknown().optional(),
})
export type WireHead = z.infer<typeof WireHead>

const WireCurrency = z.looseObject({ grandTotal: z.looseObject({ currencyCode: z.string() }) })

/** Null where the order names none. */
export const currencyOf = ({ proceeds }: Pick<WireHead, 'proceeds'>): string | null =>
  WireCurrency.safeParse(proceeds).data?.grandTotal.currencyCode ?? null

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
  proceeds: orNull(z.looseObject({ grandTotal: maybeMoney, breakdowns: listOf(WireBreakdown) })),
  payment: orNull(
    z.looseObject({
      paymentExecutions: listOf(
        z.looseObject({ paymentMethod: text, paymentAmount: maybeMoney, cardBrand: text }),
      ),
    }),
  ),
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
export type WirePage = z.infer<typeof WirePage>

/**
 * Copies without the fields named by their paths (`product.title`), and without objects that this empties.
 */
export function leftover(raw: unknown, mapped: readonly string[]): Record<string, unknown> {
  if (!isRaw(raw)) return {}
  const here = new Set(mapped.filter((path) => !path.includes('.')))
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (here.has(key) || value === null) continue
    const below = mapped
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1))
    const kept = below.length > 0 && isRaw(value) ? leftover(value, below) : value
    if (!(below.length > 0 && isRaw(kept) && Object.keys(kept).length === 0)) rest[key] = kept
  }
  return rest
}

// SP-API's times are UTC with seconds or milliseconds; ours are Japan's.

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970; null when the text is no date-time. */
export function parseTime(text: string | null): number | null {
  if (text === null || !TIME.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** Creates the conversion of a date-time into one form; null when the text is none. */
const formed =
  (form: (ms: number) => string) =>
  (text: string | null): string | null => {
    const time = parseTime(text)
    return time === null ? null : form(time)
  }

/** Formats a time for requests: UTC without fractions, truncated to the second. */
export const toRequestTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** `2026-09-01T10:12:44+09:00` */
export const toRfc3339 = formed(toJapaneseRfc3339)
/** YYYY-MM-DD in Japan. */
export const toDay = formed(japaneseDay)
/** HH:MM in Japan. */
export const toClockTime = formed((ms) => toJapaneseRfc3339(ms).slice(11, 16))
/** lastUpdatedTime to the second, as searches and single orders give it with and without fractions. */
export const revisionOf = formed(toRequestTime)
