import { names } from '../../kit/names.ts'
import { emptyItem } from '../../kit/order-parts.ts'
import type { OrderItem } from '../../port/order.ts'
import { leftover } from './raw.ts'
import { goodsOf, lineMoney } from './to-amounts.ts'
import { RECIPIENT_ID } from './to-recipient.ts'
import type { WireItem } from './wire.ts'

/** Breakdowns, gift options and the rest stay in mallFields, because the order holds only their sums. */
const MAPPED = names(
  'orderItemId quantityOrdered product.asin product.title product.sellerSku product.price.unitPrice',
)

/** @param taxOnTop tax comes on top of the prices */
export function toItem(
  item: WireItem,
  raw: unknown,
  { taxOnTop, orderCancelled }: { taxOnTop: boolean; orderCancelled: boolean },
): OrderItem {
  const { asin, title, sellerSku, price } = item.product
  const goods = goodsOf(item) ?? 0
  return {
    ...emptyItem(),
    lineId: item.orderItemId,
    recipientId: RECIPIENT_ID,
    itemCode: sellerSku,
    mallItemId: asin,
    sku: sellerSku,
    name: title ?? sellerSku ?? asin ?? item.orderItemId,
    unitPrice: price?.unitPrice ?? perPiece(goods, item.quantityOrdered),
    taxIncluded: !taxOnTop,
    ...lineMoney(item, taxOnTop),
    quantity: item.quantityOrdered,
    deleted: isDeleted(item, orderCancelled),
    mallFields: leftover(raw, MAPPED),
  }
}

/** Amazon gives a line's sum and sometimes no unit price. */
const perPiece = (goods: number, quantity: number): number =>
  quantity > 0 ? Math.round(goods / quantity) : goods

/** A wholly cancelled order keeps its lines readable. */
function isDeleted(item: WireItem, orderCancelled: boolean): boolean {
  const cancelled = (item.cancellation?.cancellationExecution ?? null) !== null
  return (
    item.quantityOrdered === 0 || (cancelled && !orderCancelled && !item.fulfillment?.quantityUnfulfilled)
  )
}
