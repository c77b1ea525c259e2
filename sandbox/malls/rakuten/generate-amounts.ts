import type { Seeded } from '../../kit/seeded.ts'
import type { PackageModel } from './model.ts'

const COD_FEE = 330
const WRAPPING_FEE = 110
const COUPONS = [
  { code: 'ABCD-EFGH-IJKL-MNOP', name: '見本クーポン', capital: 'ショップ', capitalCode: 1, price: 200 },
  {
    code: 'QRST-UVWX-YZ01-2345',
    name: '楽天お買い物クーポン',
    capital: 'サービス',
    capitalCode: 3,
    price: 100,
  },
  {
    code: 'MAKR-0000-1111-2222',
    name: 'メーカー応援クーポン',
    capital: 'メーカー',
    capitalCode: 2,
    price: 150,
  },
]

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** Amounts, coupons, points, wrapping and taxes of an order, summed as the reference says. */
export function amountsOf(
  random: Seeded,
  baskets: PackageModel[],
  { cod, gift }: { cod: boolean; gift: boolean },
) {
  const items = baskets.flatMap((basket) => basket.ItemModelList)
  const wrapping = gift && random.chance(0.5) ? WRAPPING_FEE : 0
  const goodsPrice = sum(items.map((item) => item.price * item.units)) + wrapping
  const postagePrice = sum(baskets.map((basket) => basket.postagePrice))
  const totalPrice = sum(items.map((item) => item.priceTaxIncl * item.units)) + postagePrice + wrapping
  const first = baskets[0] as PackageModel
  first.deliveryPrice = cod ? COD_FEE : 0
  const coupon = random.chance(0.15) ? random.pick(COUPONS) : null
  const couponPrice = coupon?.price ?? 0
  const beforePoints = totalPrice + first.deliveryPrice - couponPrice
  const usedPoint = random.chance(0.25) ? Math.min(random.int(1, 20) * 50, beforePoints) : 0
  const target = items[0] as PackageModel['ItemModelList'][number]
  return {
    goodsPrice,
    goodsTax: 0,
    postagePrice,
    deliveryPrice: first.deliveryPrice,
    paymentCharge: 0,
    paymentChargeTaxRate: 0.1,
    totalPrice,
    requestPrice: beforePoints - usedPoint,
    couponAllTotalPrice: couponPrice,
    couponShopPrice: coupon?.capitalCode === 1 ? couponPrice : 0,
    couponOtherPrice: coupon && coupon.capitalCode !== 1 ? couponPrice : 0,
    additionalFeeOccurAmountToUser: 0,
    PointModel: { usedPoint },
    WrappingModel1:
      wrapping === 0
        ? null
        : {
            title: 1,
            name: '和紙包装',
            price: WRAPPING_FEE,
            includeTaxFlag: 1,
            deleteWrappingFlag: 0,
            taxRate: 0.1,
            taxPrice: 10,
          },
    WrappingModel2: null,
    CouponModelList: coupon === null ? null : [couponModel(coupon, target.itemId, target.itemDetailId)],
    TaxSummaryModelList: taxSummary(items, {
      atTen: postagePrice + wrapping + first.deliveryPrice,
      couponPrice,
      couponRate: target.taxRate,
    }),
  }
}

function couponModel(coupon: (typeof COUPONS)[number], itemId: number, itemDetailId: number) {
  return {
    couponCode: coupon.code,
    itemId,
    couponName: coupon.name,
    couponSummary: `定額割引 ${coupon.price}円`,
    couponCapital: coupon.capital,
    couponCapitalCode: coupon.capitalCode,
    expiryDate: '2030-05-31',
    couponPrice: coupon.price,
    couponUnit: 1,
    couponTotalPrice: coupon.price,
    itemDetailId,
  }
}

function taxSummary(
  items: PackageModel['ItemModelList'],
  fees: { atTen: number; couponPrice: number; couponRate: number },
) {
  return [0.1, 0.08].flatMap((taxRate) => {
    const goods = sum(
      items.filter((item) => item.taxRate === taxRate).map((item) => item.priceTaxIncl * item.units),
    )
    const totalPrice = goods + (taxRate === 0.1 ? fees.atTen : 0)
    if (totalPrice === 0) return []
    const couponPrice = fees.couponRate === taxRate ? fees.couponPrice : 0
    const reqPrice = totalPrice - couponPrice
    const percent = Math.round(taxRate * 100)
    const reqPriceTax = Math.floor((reqPrice * percent) / (100 + percent))
    return [{ taxRate, reqPrice, reqPriceTax, totalPrice, paymentCharge: 0, couponPrice, point: 0 }]
  })
}
