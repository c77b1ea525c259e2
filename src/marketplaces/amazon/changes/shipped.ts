import { z } from 'zod'
import type { NormalisedOrder } from '../../port/order.ts'

/** What an order just read says of its packages and of what is still to be shipped. */

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
  return list
    .flatMap((one) => Package.safeParse(one).data ?? [])
    .filter((one) => one.packageStatus?.status !== 'CANCELLED')
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
