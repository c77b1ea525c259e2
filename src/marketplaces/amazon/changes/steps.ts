import { createHash } from 'node:crypto'
import { bareNumber, endOf } from '../../kit/change-plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep } from '../../port/site-changes.ts'
import { toRequestTime } from '../dates.ts'
import { carrierOf } from './carriers.ts'
import type { AmazonShip } from './parameters.ts'
import type { AmazonPayload } from './payload.ts'

type Detail = AmazonPayload['packageDetail']

/** One package of an order. */
export function shipStep(
  parcel: AmazonShip['parcels'][number],
  orderItems: Detail['orderItems'],
  shippedOn: string,
  order: NormalisedOrder,
): ChangeStep {
  const { carrier, carrierName, shippingMethod, trackingNumber = '' } = parcel
  const packageReferenceId = referenceOf(trackingNumber)
  const payload: AmazonPayload = {
    operation: 'confirmShipment',
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
    label: `出荷通知(伝票番号 ${end}、${pieces}点)`,
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
function referenceOf(trackingNumber: string): string {
  const digest = createHash('sha256').update(bareNumber(trackingNumber)).digest()
  return String(FIRST_REFERENCE + (digest.readUInt32BE(0) % REFERENCES))
}

/** Nine digits: above what people count, within 32 bits. */
const FIRST_REFERENCE = 100_000_000
const REFERENCES = 900_000_000

/**
 * shipDate must be neither in the future nor before the order. The day's first moment is over whenever the day has begun;
 * on the day of the order its own time stands in.
 */
const shipDateOf = (shippedOn: string, { orderedAt }: NormalisedOrder): string =>
  toRequestTime(Math.max(Date.parse(`${shippedOn}T00:00:00+09:00`), Date.parse(orderedAt)))
