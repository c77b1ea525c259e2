import type { FieldReader } from '../../kit/field-reader.ts'
import type { OrderDiscount } from '../../port/order.ts'
import type { ReadLine } from './to-items.ts'

/** Yen taken off the total. */
interface TakenOff {
  coupon: number
  mallPoints: number
  auPoints: number
}

/**
 * Lists discounts, both those that lower the billed amount and those already in the prices, by who bears
 * them. Omits zero amounts.
 */
export function toDiscounts(
  order: FieldReader,
  lines: readonly ReadLine[],
  taken: TakenOff,
): OrderDiscount[] {
  const points = { kind: 'points', borneBy: 'buyer' } as const
  return [
    discount({
      kind: 'coupon',
      borneBy: 'shop',
      name: 'クーポン',
      amount: taken.coupon,
      code: order.peek('couponKey'),
    }),
    discount({ ...points, name: 'ポイント利用', amount: taken.mallPoints }),
    discount({ ...points, name: 'Pontaポイント（auポイント）利用', amount: taken.auPoints }),
    ...membership(order),
    ...lines.map(({ item, discount: perPiece }) =>
      discount({
        kind: 'store_discount',
        borneBy: 'shop',
        name: '商品値引',
        amount: perPiece * item.quantity,
        lineId: item.lineId,
        includedInPrices: true,
      }),
    ),
  ].filter(({ amount }) => amount !== 0)
}

/** Postage that the membership (Pontaパス) takes over; the postage in the order is already net of it. */
function membership(order: FieldReader): OrderDiscount[] {
  const benefit = { kind: 'bonus', includedInPrices: true } as const
  return [
    discount({
      ...benefit,
      borneBy: 'marketplace',
      name: '会員特典の送料（モール負担）',
      amount: order.count('premiumMallPrice') ?? 0,
    }),
    discount({
      ...benefit,
      borneBy: 'shop',
      name: '会員特典の送料（店舗負担）',
      amount: order.count('premiumShopPrice') ?? 0,
    }),
  ]
}

const discount = (
  given: Pick<OrderDiscount, 'kind' | 'borneBy' | 'name' | 'amount'> & Partial<OrderDiscount>,
): OrderDiscount => ({ code: null, lineId: null, includedInPrices: false, ...given })
