import type { z } from 'zod'
import { parseTimeBand } from '../../kit/delivery-time.ts'
import type { FieldReader } from '../../kit/field-reader.ts'
import type { OrderRecipient } from '../../port/order.ts'
import type { Parcel } from '../../port/order-recipient.ts'
import { CARRIERS } from '../codes.ts'
import type { ReadLine } from './to-items.ts'
import { RECIPIENT_ID, toReceiver } from './to-people.ts'

/** The recipient but for the charges. */
export function toRecipient(
  order: FieldReader,
  lines: readonly ReadLine[],
): Omit<OrderRecipient, 'shippingFee' | 'codFee' | 'mallFields'> {
  const timeText = order.text('deliveryRequestTime')
  return {
    id: RECIPIENT_ID,
    person: toReceiver(order),
    lineIds: lines.map(({ item }) => item.lineId),
    parcels: toParcels(order),
    wish: { date: order.day('deliveryRequestDay'), ...parseTimeBand(timeText), timeText, dropOff: null },
    gift: toGift(lines),
    pickup: toPickup(order),
    remoteArea: false,
    addressPending: false,
  }
}

/** One shipment per order, as 受注情報更新API wrote it. Shops write a hyphen where there is no number to give. */
function toParcels(order: FieldReader): z.infer<typeof Parcel>[] {
  const carrierCode = order.peek('shippingCarrier')
  const number = order.peek('shippingNumber')
  const shippedOn = order.day('shippingDate')
  const trackingNumber = number !== null && /[0-9A-Za-z]/.test(number) ? number : null
  if (trackingNumber === null && shippedOn === null) return []
  const carrierName = carrierCode === null ? null : (CARRIERS.names[carrierCode] ?? null)
  return [{ id: RECIPIENT_ID, carrierCode, carrierName, trackingNumber, shippedOn, arrivedOn: null }]
}

/** Gift wishes belong to lines; here they are put together for the order's one parcel. */
function toGift(lines: readonly ReadLine[]): OrderRecipient['gift'] {
  const gifts = lines.filter(({ item }) => !item.deleted).map(({ gift }) => gift)
  const wrappings = gifts
    .filter(({ wrapping, wrappingPrice }) => wrapping !== null || wrappingPrice !== 0)
    .map(({ wrapping, wrappingPrice }) => ({ kind: null, name: wrapping, price: wrappingPrice }))
  const message = joined(gifts.map((gift) => gift.message))
  const noshi = joined(gifts.map((gift) => gift.noshi))
  return {
    requested: wrappings.length > 0 || message !== null || noshi !== null,
    message,
    noshi,
    wrappings,
  }
}

const joined = (texts: readonly (string | null)[]): string | null =>
  [...new Set(texts.filter((text) => text !== null))].join('\n') || null

/** senderShopCd; one client's field list spells it senderShopCD. */
function toPickup(order: FieldReader): OrderRecipient['pickup'] {
  const code = order.text('senderShopCd') ?? order.text('senderShopCD')
  return code === null ? null : { kind: null, code, name: null, address: null }
}
