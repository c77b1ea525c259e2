import type { OrderItem } from '../../port/order.ts'
import { leftover } from './raw.ts'
import { goodsOf, lineMoney } from './to-amounts.ts'
import { RECIPIENT_ID } from './to-recipient.ts'
import type { WireItem } from './wire.ts'

/**
 * Mapped fields. Breakdowns, gift options and the rest stay in mallFields, because the order holds only their
 * sums.
 */
const MAPPED = [
  'orderItemId',
  'quantityOrdered',
  'product.asin',
  'product.title',
  'product.sellerSku',
  'product.price.unitPrice',
]

export interface LineContext {
  /** Tax comes on top of the prices. */
  taxOnTop: boolean
  orderCancelled: boolean
}

export function toItem(item: WireItem, raw: unknown, context: LineContext): OrderItem {
  const { asin, title, sellerSku, price } = item.product
  const goods = goodsOf(item) ?? 0
  return {
    lineId: item.orderItemId,
    recipientId: RECIPIENT_ID,
    itemCode: sellerSku,
    mallItemId: asin,
    sku: sellerSku,
    merchantSku: null,
    jan: null,
    name: title ?? sellerSku ?? asin ?? item.orderItemId,
    options: [],
    unitPrice: price?.unitPrice ?? perPiece(goods, item.quantityOrdered),
    taxIncluded: !context.taxOnTop,
    ...lineMoney(item, context.taxOnTop),
    quantity: item.quantityOrdered,
    releaseDate: null,
    leadTime: null,
    deleted: isDeleted(item, context),
    mallFields: leftover(raw, MAPPED),
  }
}

/** Amazon gives a line's sum and sometimes no unit price. */
const perPiece = (goods: number, quantity: number): number =>
  quantity > 0 ? Math.round(goods / quantity) : goods

/**
 * True for a cancelled line of an order that continues; a wholly cancelled order keeps its lines readable.
 */
function isDeleted(item: WireItem, { orderCancelled }: LineContext): boolean {
  const cancelled = (item.cancellation?.cancellationExecution ?? null) !== null
  return (
    item.quantityOrdered === 0 || (cancelled && !orderCancelled && !item.fulfillment?.quantityUnfulfilled)
  )
}
