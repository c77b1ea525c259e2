import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Wished } from '../../kit/changes/actions.ts'
import { bareNumber, endOf, sameNumber, stepsOf } from '../../kit/changes/plans.ts'
import { CARRIER_CODES } from '../../port/carriers.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { carrierName, carrierOf } from '../codes.ts'
import { isStanding, toDay, toRequestTime } from '../wire.ts'

/** One confirmShipment between tries: one package. */
const AmazonPayload = z.object({
  operation: z.literal('confirmShipment'),
  /** Correction of a package that Amazon has. Not sent: the reference alone makes the call an edit. */
  correction: z.object({ carrier: z.boolean(), shippedOn: z.boolean() }).optional(),
  /** Ours, so that a shop's own code for it can take its place. Not sent. */
  carrier: z.enum(CARRIER_CODES).optional(),
  codCollectionMethod: z.literal('DirectPayment').optional(),
  packageDetail: z.object({
    packageReferenceId: z.string(),
    carrierCode: z.string(),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string(),
    shipDate: z.string(),
    orderItems: z.array(z.object({ orderItemId: z.string(), quantity: z.int() })).min(1),
  }),
})
export type AmazonPayload = z.infer<typeof AmazonPayload>

const steps = stepsOf(AmazonPayload)
export const { payloadOf } = steps

const Package = z.looseObject({
  packageReferenceId: z.string(),
  trackingNumber: z.string().nullish(),
  carrier: z.string().nullish(),
  shipTime: z.string().nullish(),
  shippingService: z.string().nullish(),
  packageStatus: z.looseObject({ status: z.string().optional() }).nullish(),
  packageItems: z
    .array(z.looseObject({ orderItemId: z.string(), quantity: z.int() }))
    .nullish()
    .catch(null),
})
export type ShippedPackage = z.infer<typeof Package>

/** PACKAGES of Orders API v2026-01-01, without those that were taken back. */
export function packagesOf({ recipients: [recipient] }: NormalisedOrder): ShippedPackage[] {
  const list: unknown = recipient?.mallFields.packages
  if (!Array.isArray(list)) return []
  return list.flatMap((one) => Package.safeParse(one).data ?? []).filter(isStanding)
}

const Unfulfilled = z.looseObject({
  fulfillment: z.looseObject({ quantityUnfulfilled: z.int().nonnegative() }),
})

/** Pieces that no package holds yet, by line. Where Amazon does not state them they are counted. */
export function unshippedOf(order: NormalisedOrder): Map<string, number> {
  const packages = packagesOf(order)
  return new Map(
    order.items
      .filter((item) => !item.deleted)
      .map(({ lineId, quantity, mallFields }) => {
        const stated = Unfulfilled.safeParse(mallFields).data?.fulfillment.quantityUnfulfilled
        return [lineId, stated ?? Math.max(0, quantity - piecesIn(packages, lineId))]
      }),
  )
}

const piecesIn = (packages: readonly ShippedPackage[], lineId: string): number =>
  packages
    .flatMap((one) => one.packageItems ?? [])
    .filter((item) => item.orderItemId === lineId)
    .reduce((sum, { quantity }) => sum + quantity, 0)

type Detail = AmazonPayload['packageDetail']

/** One package of an order. `taken`: references of its other packages; the new one is added. */
export function shipStep(
  parcel: Wished<'ship'>['parcels'][number],
  orderItems: Detail['orderItems'],
  shippedOn: string,
  order: NormalisedOrder,
  taken: Set<string>,
): ChangeStep {
  const { carrier, carrierName, shippingMethod, trackingNumber = '' } = parcel
  const packageReferenceId = referenceOf(trackingNumber, taken)
  const payload: AmazonPayload = {
    operation: 'confirmShipment',
    carrier,
    ...(order.payment.kind === 'cod' ? { codCollectionMethod: 'DirectPayment' as const } : {}),
    packageDetail: {
      packageReferenceId,
      ...carrierOf(carrier, carrierName?.trim()),
      ...(shippingMethod ? { shippingMethod } : {}),
      trackingNumber,
      shipDate: shipDateOf(shippedOn, order),
      orderItems,
    },
  }
  const end = endOf(trackingNumber)
  const pieces = orderItems.reduce((sum, { quantity }) => sum + quantity, 0)
  const { carrierCode, shipDate } = payload.packageDetail
  const { codCollectionMethod } = payload
  return steps.step(`ship:${packageReferenceId}`, `出荷通知（伝票番号 ${end}、${pieces}点）`, payload, {
    packageReferenceId,
    carrierCode,
    trackingNumber: end,
    shipDate,
    pieces,
    ...(codCollectionMethod ? { codCollectionMethod } : {}),
  })
}

/**
 * The seller's own number for a package, positive and unique in the order. The same number again edits the
 * package, so it follows from the parcel: a repeated call meets its own package, and never one that another
 * system has counted 1, 2, 3.
 */
function referenceOf(trackingNumber: string, taken: Set<string>): string {
  const digest = createHash('sha256').update(bareNumber(trackingNumber)).digest()
  let number = digest.readUInt32BE(0) % REFERENCES
  // A package keeps the reference derived from its first number, even after that was corrected.
  while (taken.has(String(FIRST_REFERENCE + number))) number = (number + 1) % REFERENCES
  const reference = String(FIRST_REFERENCE + number)
  taken.add(reference)
  return reference
}

/** Nine digits: above what people count, within 32 bits. */
const FIRST_REFERENCE = 100_000_000
const REFERENCES = 900_000_000

/**
 * shipDate must be neither in the future nor before the order. Uses the day's first moment, which is past
 * once the day has begun; on the day of the order, the order's time.
 */
export const shipDateOf = (shippedOn: string, { orderedAt }: NormalisedOrder): string =>
  toRequestTime(Math.max(Date.parse(`${shippedOn}T00:00:00+09:00`), Date.parse(orderedAt)))

export function correctionStep(
  { packageReferenceId, trackingNumber: before }: ShippedPackage,
  payload: AmazonPayload,
): ChangeStep {
  const { carrierCode, trackingNumber, shipDate } = payload.packageDetail
  const end = endOf(trackingNumber)
  const label = `出荷通知の訂正（伝票番号 ${endOf(before)} → ${end}）`
  const facts = { packageReferenceId, carrierCode, trackingNumber: end, shipDate }
  return steps.step(`correct:${packageReferenceId}`, label, payload, facts)
}

/**
 * True when the package matches the correction. Compares the carrier only when it changed: Amazon returns
 * other spellings.
 */
export function isCorrected(shown: ShippedPackage, { correction, packageDetail }: AmazonPayload): boolean {
  const { trackingNumber, carrierCode, carrierName: name, shipDate, shippingMethod } = packageDetail
  return (
    sameNumber(shown.trackingNumber, trackingNumber) &&
    (!correction?.carrier || carrierName(shown.carrier ?? null) === carrierName(name ?? carrierCode)) &&
    (!correction?.shippedOn || toDay(shown.shipTime ?? null) === toDay(shipDate)) &&
    (shippingMethod === undefined ||
      shown.shippingService == null ||
      shown.shippingService === shippingMethod)
  )
}

/**
 * Reads the state of a step. An accepted shipment appears in PACKAGES minutes later, so its absence proves
 * nothing, unless the order was cancelled.
 */
export function amazonStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(step)
  const { packageReferenceId, trackingNumber } = payload.packageDetail
  const shown = packagesOf(order).some((one) =>
    payload.correction
      ? one.packageReferenceId === packageReferenceId && isCorrected(one, payload)
      : one.packageReferenceId === packageReferenceId || sameNumber(one.trackingNumber, trackingNumber),
  )
  if (shown) return 'applied'
  return order.mallState === 'cancelled' ? 'not_applied' : 'unknown'
}
