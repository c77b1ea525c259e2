import { createHash } from 'node:crypto'
import { bareNumber, endOf } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep } from '../../port/site-changes.ts'
import { toRequestTime } from '../dates.ts'
import { carrierOf } from './carriers.ts'
import type { AmazonShip } from './parameters.ts'
import type { AmazonPayload } from './payload.ts'

type Detail = AmazonPayload['packageDetail']

/** One package of an order. `taken`: references of its other packages; the new one is added. */
export function shipStep(
  parcel: AmazonShip['parcels'][number],
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
  return {
    name: `ship:${packageReferenceId}`,
    label: `出荷通知（伝票番号 ${end}、${pieces}点）`,
    payload,
    facts: {
      operation: 'confirmShipment',
      packageReferenceId,
      carrierCode: payload.packageDetail.carrierCode,
      trackingNumber: end,
      shipDate: payload.packageDetail.shipDate,
      pieces,
      ...(payload.codCollectionMethod ? { codCollectionMethod: payload.codCollectionMethod } : {}),
    },
  }
}

/**
 * The seller's own number for a package, positive and unique in the order. The same number again edits the package, so it
 * follows from the parcel: a repeated call meets its own package, and never one that another system has counted 1, 2, 3.
 */
function referenceOf(trackingNumber: string, taken: Set<string>): string {
  const digest = createHash('sha256').update(bareNumber(trackingNumber)).digest()
  let number = digest.readUInt32BE(0) % REFERENCES
  // A package whose number was corrected keeps the reference that follows from its first one.
  while (taken.has(String(FIRST_REFERENCE + number))) number = (number + 1) % REFERENCES
  const reference = String(FIRST_REFERENCE + number)
  taken.add(reference)
  return reference
}

/** Nine digits: above what people count, within 32 bits. */
const FIRST_REFERENCE = 100_000_000
const REFERENCES = 900_000_000

/**
 * shipDate must be neither in the future nor before the order. The day's first moment is over whenever the day has begun;
 * on the day of the order its own time stands in.
 */
export const shipDateOf = (shippedOn: string, { orderedAt }: NormalisedOrder): string =>
  toRequestTime(Math.max(Date.parse(`${shippedOn}T00:00:00+09:00`), Date.parse(orderedAt)))
