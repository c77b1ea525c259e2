import type { NormalisedOrder } from '../../port/order.ts'
import { DELIVERY_CLASSES, ORDER_TYPES, WRAPPING_KINDS } from '../codes.ts'
import { fixedOrNull } from './raw.ts'
import { priceTaxIncluded } from './sums.ts'
import { given } from './to-recipient.ts'
import type { WireOrder } from './wire-order.ts'

/** Delivery, gift and subscription: the fields of the whole order on how it is sent. */

export function toDelivery(order: WireOrder): NormalisedOrder['delivery'] {
  const deliveryClass = order.DeliveryModel?.deliveryClass ?? 0
  return {
    methodCode: null,
    methodName: order.DeliveryModel?.deliveryName ?? null,
    temperature: deliveryClass === 0 ? null : (DELIVERY_CLASSES[deliveryClass] ?? String(deliveryClass)),
    express: [
      ...(order.asurakuFlag ? ['あすつく'] : []),
      ...(order.deliveryCertPrgFlag ? ['最強翌日配送'] : []),
      ...(order.oneDayOperationFlag ? ['1day出荷'] : []),
    ],
    shipBy: null,
    promisedOn: order.asurakuFlag || order.deliveryCertPrgFlag ? order.deliveryDate : null,
  }
}

export function toGift(order: WireOrder): NormalisedOrder['gift'] {
  const wrappings = [order.WrappingModel1, order.WrappingModel2].filter((wrapping) => wrapping !== null)
  const noshi = new Set(
    order.PackageModelList.map((basket) => given(basket.noshi)).filter((text) => text !== null),
  )
  return {
    requested: order.giftCheckFlag || order.socialGiftFlag || wrappings.length > 0 || noshi.size > 0,
    message: null,
    noshi: noshi.size === 0 ? null : [...noshi].join('\n'),
    wrappings: wrappings
      .filter((wrapping) => !wrapping.deleteWrappingFlag)
      .map((wrapping) => ({
        kind: wrapping.title === null ? null : (WRAPPING_KINDS[wrapping.title] ?? String(wrapping.title)),
        name: wrapping.name,
        price: fixedOrNull(wrapping.price) === null ? null : priceTaxIncluded(wrapping),
      })),
  }
}

export function toSubscription(order: WireOrder): NormalisedOrder['subscription'] {
  const kind = ORDER_TYPES[order.orderType ?? 0]
  if (!kind && !given(order.reserveNumber)) return null
  return { kind: kind ?? null, id: given(order.reserveNumber), count: order.reserveDeliveryCount }
}
