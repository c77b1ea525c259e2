import { z } from 'zod'
import { parseJson, type SandboxAnswer } from '../../../kit/http-kit.ts'
import { invalidInput, notFound } from '../answers.ts'
import { type OrderPackage, type SimOrder, wireTime } from '../model.ts'
import type { OperationHandler } from './operation.ts'

const Body = z.object({
  marketplaceId: z.literal('A1VC38T7YXB528'),
  codCollectionMethod: z.literal('DirectPayment').optional(),
  packageDetail: z.object({
    packageReferenceId: z.string(),
    carrierCode: z.string().min(1),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string().min(1),
    shipDate: z.iso.datetime({ offset: true }),
    orderItems: z.array(z.object({ orderItemId: z.string(), quantity: z.int().positive() })).min(1),
  }),
})
type Shipment = z.infer<typeof Body>['packageDetail']

/** One call is one package; the same reference again edits it. 204 without a body. */
export const confirmShipment: OperationHandler = (request, { shop, store, clock, orderNumber }) => {
  const parsed = Body.safeParse(parseJson(request.body))
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    return invalidInput(
      `The input you have submitted is not valid. Please check the fields with invalid type [${path}].`,
    )
  }
  const shipment = parsed.data.packageDetail
  const order = store.find(orderNumber)
  if (order?.shopCode !== shop.code) return notFound()
  const problem = problemOf(shipment, order, clock.now())
  if (problem) return problem
  const old = order.model.packages.find((one) => one.packageReferenceId === shipment.packageReferenceId)
  if (!fits(order, shipment, old)) return noPackage()
  const before = structuredClone(order.model)
  const was = JSON.stringify(old)
  const parcel = apply(order, shipment, old, clock.now())
  // The same shipment once more changes nothing.
  if (JSON.stringify(parcel) !== was) {
    const content = [shipment.trackingNumber]
    store.wrote(order, { operation: 'confirmShipment', what: factsOf(parcel, old), content }, before)
  }
  return { status: 204 }
}

const factsOf = ({ packageReferenceId, packageItems }: OrderPackage, old: OrderPackage | undefined) => ({
  packageReferenceId,
  package: old ? 'edited' : 'added',
  pieces: packageItems.reduce((sum, { quantity }) => sum + quantity, 0),
})

function problemOf(shipment: Shipment, { model, placedAt }: SimOrder, now: number): SandboxAnswer | null {
  if (!/^[1-9]\d*$/.test(shipment.packageReferenceId)) {
    return invalidInput('PackageReferenceId: is invalid, must be a positive numeric value.')
  }
  if (shipment.carrierCode === 'Other' && !shipment.carrierName) {
    return invalidInput('CarrierName: is required when CarrierCode is Other.')
  }
  if (!CARRIER_CODES.has(shipment.carrierCode)) return invalidInput('CarrierCode: is not a known carrier.')
  const shippedAt = Date.parse(shipment.shipDate)
  if (shippedAt > now || shippedAt < Math.floor(placedAt / 1000) * 1000) {
    return invalidInput('ShipDate: must not be in the future or before the order.')
  }
  if (model.fulfillment.fulfillmentStatus === 'CANCELLED') {
    return invalidInput('NonexistentOrderItem: Failed to find order item list for the order.')
  }
  const refused = model.programs.includes('FBM_SHIP_PLUS') || model.fulfillment.fulfilledBy !== 'MERCHANT'
  return refused || ['PENDING', 'PENDING_AVAILABILITY'].includes(model.fulfillment.fulfillmentStatus)
    ? invalidInput()
    : null
}

/** Codes of the list that concern Japan; what else there is goes as Other. */
const CARRIER_CODES = new Set([
  ...[
    'YAMATO',
    'YamatoTransport',
    'SAGAWA',
    'SagawaExpress',
    'NITTSU',
    'NipponExpress',
    'JP_EXPRESS',
    'FEDEX_JP',
  ],
  ...['DHL', 'FedEx', 'UPS', 'Other'],
])

const noPackage = () =>
  invalidInput(
    'Failed to create package due to not finding a matching package or order already fulfilled. ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find package to update for order (), errorMetric=PackageToUpdateNotFound, packageIndex=null)',
  )

/** Quantities may not exceed what is unfulfilled, the edited package's own pieces given back. */
function fits({ model }: SimOrder, shipment: Shipment, old: OrderPackage | undefined): boolean {
  return shipment.orderItems.every(({ orderItemId, quantity }) => {
    const item = model.orderItems.find((one) => one.orderItemId === orderItemId)
    const back = old?.packageItems.find((one) => one.orderItemId === orderItemId)?.quantity ?? 0
    return item !== undefined && quantity <= item.fulfillment.quantityUnfulfilled + back
  })
}

function apply(
  { model }: SimOrder,
  shipment: Shipment,
  old: OrderPackage | undefined,
  now: number,
): OrderPackage {
  for (const { orderItemId, quantity } of old?.packageItems ?? []) move(model, orderItemId, -quantity)
  for (const { orderItemId, quantity } of shipment.orderItems) move(model, orderItemId, quantity)
  const parcel: OrderPackage = {
    packageReferenceId: shipment.packageReferenceId,
    createdTime: old?.createdTime ?? wireTime(now),
    packageStatus: { status: 'SHIPPED' },
    carrier: shipment.carrierCode === 'Other' ? (shipment.carrierName as string) : shipment.carrierCode,
    shipTime: wireTime(Date.parse(shipment.shipDate)),
    ...(shipment.shippingMethod === undefined ? {} : { shippingService: shipment.shippingMethod }),
    trackingNumber: shipment.trackingNumber,
    packageItems: shipment.orderItems,
  }
  if (old) Object.assign(old, parcel)
  else model.packages.push(parcel)
  const open = model.orderItems.some((item) => item.fulfillment.quantityUnfulfilled > 0)
  model.fulfillment.fulfillmentStatus = open ? 'PARTIALLY_SHIPPED' : 'SHIPPED'
  return parcel
}

function move(model: SimOrder['model'], orderItemId: string, quantity: number): void {
  const item = model.orderItems.find((one) => one.orderItemId === orderItemId)
  if (!item) return
  item.fulfillment.quantityFulfilled += quantity
  item.fulfillment.quantityUnfulfilled -= quantity
}
