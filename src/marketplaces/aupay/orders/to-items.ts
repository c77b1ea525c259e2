import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import { emptyItem } from '../../kit/order-parts.ts'
import type { OrderItem } from '../../port/order.ts'

/** The mall sends each order to one address. */
export const RECIPIENT_ID = '1'

/** A line (`detail`), with the values that the order's sums, gifts and deadlines need. */
export type ReadLine = ReturnType<typeof toLine>

/** `releaseDate` is the order's: a reservation has one for all its lines. */
export function toLine(line: FieldReader, releaseDate: string | null) {
  const lineId = line.text('orderDetailId')
  if (lineId === null) throw new WireError('detail.orderDetailId', 'missing')
  const unitPrice = line.required('itemPrice')
  const quantity = line.required('unit')
  const gift = toLineGift(line)
  const cancel = line.peek('itemCancelStatus')
  const item = {
    ...emptyItem(),
    lineId,
    recipientId: RECIPIENT_ID,
    unitPrice,
    quantity,
    releaseDate,
    itemCode: line.text('itemCode'),
    mallItemId: line.text('lotnumber') ?? line.text('lotNumber'),
    sku: line.text('itemManagementId'),
    name: line.text('itemName') ?? '',
    options: [...choices(line.peek('itemOption')), ...paidChoices(line)],
    taxRate: taxRate(line),
    subtotal: line.integer('totalItemPrice') ?? unitPrice * quantity,
    leadTime: line.text('shippingDayDispText'),
    deleted: CANCELLED.has(cancel ?? ''),
  }
  return {
    item: { ...item, mallFields: line.rest() },
    /** Yen taken off each piece; unitPrice is already net of it. */
    discount: line.number('discount') ?? 0,
    /** unitPrice before that; null when not stated. */
    beforeDiscount: line.number('beforeDiscount'),
    /** Points granted for the whole line. */
    points: line.number('giftPoint'),
    shipBy: dayOf(line),
    gift,
    cancelledAt: line.time('itemCancelDate') ?? line.peek('itemCancelDate'),
    /** itemCancelStatus that is in no table: whether the line is to be sent is not known. */
    unknownCancel: cancel === null || cancel === NOT_CANCELLED || CANCELLED.has(cancel) ? null : cancel,
  }
}

const NOT_CANCELLED = 'N'
/** C as in the order's own cancelStatus. Y too, because the other flags are Y or N. */
export const CANCELLED: ReadonlySet<string> = new Set(['C', 'Y'])

/** The text stays among the mall's fields as it is not escaped: a value may hold the dividing characters. */
function choices(text: string | null): OrderItem['options'] {
  const options: OrderItem['options'] = []
  for (const part of text?.split('&') ?? []) {
    const cut = part.indexOf('=')
    const last = options.at(-1)
    if (cut < 0 && last) last.value += `&${part}`
    else if (part !== '') {
      const name = cut < 0 ? '' : part.slice(0, cut)
      options.push({ name: name.trim(), value: part.slice(cut + 1).trim(), price: null })
    }
  }
  return options
}

/** itemOptionCommissions: up to five questions with a fee, each with any number of answers. */
function paidChoices(line: FieldReader): OrderItem['options'] {
  return line.children('itemOptionCommissions').flatMap((group) => {
    const name = group.text('itemOptionCommissionTitle') ?? ''
    return group
      .children('itemOptionCommissionVal')
      .map((answer) => ({
        name,
        value: answer.text('itemOptionCommission') ?? '',
        price: answer.integer('itemOptionCommissionPrice'),
      }))
      .filter((option) => option.name !== '' || option.value !== '')
  })
}

/** taxRate is a decimal text (0.1); percentages are not ruled out, and no rate is 1 % or less. */
function taxRate(line: FieldReader): number | null {
  const text = line.peek('taxRate') ?? ''
  const number = Number(/^(\d{1,2}(?:\.\d{1,4})?)%?$/.exec(text)?.[1] ?? Number.NaN)
  const percent = number < 1 && !text.endsWith('%') ? number * 100 : number
  const whole = Math.round(percent)
  if (!(Math.abs(whole - percent) < 0.001)) return null
  line.text('taxRate')
  return whole
}

function dayOf(line: FieldReader): string | null {
  const day = line.day('shippingTimelimitDate')
  return day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : null
}

const NO_WRAPPING = /^(?:なし|無し|不要|希望しない|しない)$/

function toLineGift(line: FieldReader) {
  const wrapping = line.peek('giftWrappingType')
  const texts = [1, 2, 3].map((place) => line.peek(`noshiPresenterName${place}`))
  return {
    wrapping: wrapping !== null && NO_WRAPPING.test(wrapping) ? null : wrapping,
    wrappingPrice: line.number('giftWrappingPrice') ?? 0,
    message: line.peek('giftMessage'),
    noshi: [line.peek('noshiType'), ...texts].filter(Boolean).join(' ') || null,
  }
}
