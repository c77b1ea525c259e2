import { unknownCode, unknownFields } from '../../kit/unknown-fields.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { UnknownField } from '../../port/session.ts'
import { isKnownPayMethod, ORDER_STATUS } from '../codes.ts'
import { ALL_FIELDS, FIELD_GROUPS } from './fields.ts'

const KNOWN = {
  names: new Set([...ALL_FIELDS, ...Object.keys(FIELD_GROUPS)]),
  /** JSON or lists of Yahoo!'s own, which nothing here reads. */
  opaque: new Set([
    ...['CampaignGiftCards', 'MallCouponData', 'CouponData', 'UseCouponData', 'UseGiftCardData'],
    ...['ItemOption', 'SubCodeOption', 'Inscription'],
  ]),
}

export const yahooUnknowns = (order: NormalisedOrder): UnknownField[] => [
  ...unknownFields(order, KNOWN),
  ...unknownCode('OrderStatus', order.mallStatus.code, (code) => Object.hasOwn(ORDER_STATUS, code)),
  ...unknownCode('PayMethod', order.payment.code, isKnownPayMethod),
]
