import { type FieldReader, WireError } from '../../kit/field-reader.ts'
import type { OrderItem } from '../../port/order.ts'
import { RECIPIENT_ID } from './to-people.ts'

/** A line (`detail`), with the values that the order's sums, gifts and deadlines need. */
export interface ReadLine {
  item: OrderItem
  /** Yen taken off each piece; unitPrice is already net of it. */
  discount: number
  /** unitPrice before that; null when not stated. */
  beforeDiscount: number | null
  /** Points granted for the whole line. */
  points: number | null
  shipBy: string | null
  gift: LineGift
  cancelledAt: string | null
  /** itemCancelStatus that is in no table: whether the line is to be sent is not known. */
  unknownCancel: string | null
}

interface LineGift {
  wrapping: string | null
  wrappingPrice: number
  message: string | null
  noshi: string | null
}

/** `releaseDate` is the order's: a reservation has one for all its lines. */
export function toLine(line: FieldReader, releaseDate: string | null): ReadLine {
  const unitPrice = line.required('itemPrice')
  const quantity = line.required('unit')
  const gift = toLineGift(line)
  const cancel = line.peek('itemCancelStatus')
  const item = {
    lineId: requiredText(line, 'orderDetailId'),
    recipientId: RECIPIENT_ID,
    itemCode: line.text('itemCode'),
    mallItemId: line.text('lotnumber') ?? line.text('lotNumber'),
    sku: line.text('itemManagementId'),
    merchantSku: null,
    jan: null,
    name: line.text('itemName') ?? '',
    options: [...choices(line.peek('itemOption')), ...paidChoices(line)],
    unitPrice,
    taxIncluded: true,
    taxRate: taxRate(line),
    quantity,
    subtotal: line.integer('totalItemPrice') ?? unitPrice * quantity,
    releaseDate,
    leadTime: line.text('shippingDayDispText'),
    deleted: CANCELLED.has(cancel ?? ''),
  }
  return {
    item: { ...item, mallFields: line.rest() },
    discount: amount(line.peek('discount')),
    beforeDiscount: amountOrNull(line.peek('beforeDiscount')),
    points: amountOrNull(line.peek('giftPoint')),
    shipBy: dayOf(line),
    gift,
    cancelledAt: line.time('itemCancelDate') ?? line.peek('itemCancelDate'),
    unknownCancel: cancel === null || cancel === NOT_CANCELLED || CANCELLED.has(cancel) ? null : cancel,
  }
}

const NOT_CANCELLED = 'N'
/** C as in the order's own cancelStatus. Y too, because the other flags are Y or N. */
export const CANCELLED: ReadonlySet<string> = new Set(['C', 'Y'])

function requiredText(line: FieldReader, name: string): string {
  const text = line.text(name)
  if (text === null) throw new WireError(`detail.${name}`, 'missing')
  return text
}

const amountOrNull = (text: string | null) =>
  text !== null && /^-?\d{1,12}$/.test(text) ? Number(text) : null
const amount = (text: string | null) => amountOrNull(text) ?? 0

/** The text stays among the mall's fields, because it is not escaped: a value may hold the characters that divide it. */
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

/** taxRate is a decimal text (0.1); whether it can be a percentage too is not public, and no rate is 1 % or less. */
function taxRate(line: FieldReader): number | null {
  const rate = readRate(line.peek('taxRate'))
  if (rate !== null) line.text('taxRate')
  return rate
}

function readRate(text: string | null): number | null {
  const plain = /^(\d{1,2}(?:\.\d{1,4})?)%?$/.exec(text ?? '')?.[1]
  if (plain === undefined) return null
  const number = Number(plain)
  const percent = number < 1 && !text?.endsWith('%') ? number * 100 : number
  const whole = Math.round(percent)
  return Math.abs(whole - percent) < 0.001 ? whole : null
}

function dayOf(line: FieldReader): string | null {
  const text = line.peek('shippingTimelimitDate')
  if (text === null) return null
  const day = line.day('shippingTimelimitDate')
  return day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : null
}

const NO_WRAPPING = /^(?:なし|無し|不要|希望しない|しない)$/

function toLineGift(line: FieldReader): LineGift {
  const wrapping = line.peek('giftWrappingType')
  const names = [1, 2, 3].map((place) => line.peek(`noshiPresenterName${place}`))
  return {
    wrapping: wrapping !== null && NO_WRAPPING.test(wrapping) ? null : wrapping,
    wrappingPrice: amount(line.peek('giftWrappingPrice')),
    message: line.peek('giftMessage'),
    noshi: [line.peek('noshiType'), ...names].filter(Boolean).join(' ') || null,
  }
}
