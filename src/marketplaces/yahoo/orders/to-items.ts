import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { emptyItem } from '../../kit/order-parts.ts'
import type { OrderItem } from '../../port/order.ts'
import { RECIPIENT_ID } from './to-recipient.ts'

/** A line, with the values that the order's own sums need. */
export type ReadLine = ReturnType<typeof toLine>

export function toLine(reader: FieldReader) {
  const lineId = reader.text('LineId')
  if (lineId === null) throw new WireError('Item.LineId', 'missing')
  const unitPrice = reader.required('UnitPrice')
  const quantity = reader.required('Quantity')
  const item = {
    ...emptyItem(),
    lineId,
    recipientId: RECIPIENT_ID,
    itemCode: reader.text('ItemId'),
    sku: reader.text('SubCode'),
    jan: reader.text('Jan'),
    name: reader.text('Title') ?? '',
    options: [...toOptions(reader, 'ItemOption'), ...toOptions(reader, 'Inscription')],
    unitPrice,
    taxRate: taxRate(reader),
    quantity,
    subtotal: unitPrice * quantity,
    releaseDate: reader.day('ReleaseDate'),
    leadTime: reader.text('LeadTimeText'),
  }
  return {
    item: { ...item, mallFields: reader.rest() },
    /** Yen of store coupons on this line; UnitPrice is already net of it. */
    storeCoupon: readableAmount(reader.peek('CouponDiscount')),
    couponCode: reader.peek('CouponData'),
    /** Points granted for the whole line. */
    points: pointsOf(reader, quantity),
  }
}

/** Choices and inscriptions; a line without any has one empty element of each. */
function toOptions(reader: FieldReader, name: 'ItemOption' | 'Inscription'): OrderItem['options'] {
  return reader
    .children(name)
    .map((option) => ({
      name: option.text('Name') ?? '',
      value: option.text('Value') ?? '',
      price: option.integer('Price'),
    }))
    .filter((option) => option.name !== '' || option.value !== '')
}

function taxRate(reader: FieldReader): number | null {
  const rate = reader.count('ItemTaxRatio')
  if (rate !== null) return rate
  return reader.peek('IsTaxable') === 'false' ? 0 : null
}

function pointsOf(reader: FieldReader, quantity: number): number | null {
  const text = reader.peek('UnitGetPoint')
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) * quantity : null
}

const readableAmount = (text: string | null) => (text !== null && /^\d{1,12}$/.test(text) ? Number(text) : 0)
