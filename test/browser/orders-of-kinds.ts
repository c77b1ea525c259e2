/** 楽天市場's orders of a wanted kind, as overrides for its simulator, with amounts that add up. */

interface Line {
  code: string
  name: string
  price: number
  units?: number
  /** Percent. */
  rate?: 10 | 8
  variant?: string
}

interface Someone {
  familyName: string
  firstName: string
  zipCode1: string
  zipCode2: string
  prefecture: string
  city: string
  subAddress: string
  phoneNumber1: string
  phoneNumber2: string
  phoneNumber3: string
}

interface Kind {
  baskets: readonly { lines: readonly Line[]; to?: Someone; island?: boolean }[]
  buyer?: Someone
  gift?: boolean
  /** 1 クレジットカード, 2 代金引換, 14 コンビニ, 21 後払い */
  payment?: readonly [code: number, name: string]
  coupon?: number
  note?: string
  more?: object
}

const POSTAGE = 550
const COD_FEE = 330

export function kindOfOrder(kind: Kind): object {
  const {
    baskets,
    buyer,
    gift = false,
    payment = [1, 'クレジットカード'],
    coupon = 0,
    note = '',
    more,
  } = kind
  const lines = baskets.flatMap((basket) => basket.lines)
  const goods = sum(lines.map(worth))
  const postage = POSTAGE * baskets.length
  const fee = payment[0] === 2 ? COD_FEE : 0
  const rates = ([10, 8] as const).flatMap((rate) => {
    const own = lines.filter((line) => (line.rate ?? 10) === rate)
    const totalPrice = sum(own.map(worth)) + (rate === 10 ? postage + fee : 0)
    if (totalPrice === 0) return []
    const couponPrice = rate === 10 ? coupon : 0
    const reqPrice = totalPrice - couponPrice
    const reqPriceTax = Math.floor((reqPrice * rate) / (100 + rate))
    return [
      { taxRate: rate / 100, reqPrice, reqPriceTax, totalPrice, paymentCharge: 0, couponPrice, point: 0 },
    ]
  })
  return {
    goodsPrice: goods,
    goodsTax: 0,
    postagePrice: postage,
    deliveryPrice: fee,
    totalPrice: goods + postage,
    requestPrice: goods + postage + fee - coupon,
    couponAllTotalPrice: coupon,
    couponShopPrice: coupon,
    couponOtherPrice: 0,
    PointModel: { usedPoint: 0 },
    WrappingModel1: null,
    CouponModelList: coupon === 0 ? null : [couponOf(coupon)],
    TaxSummaryModelList: rates,
    giftCheckFlag: gift ? 1 : 0,
    severalSenderFlag: baskets.length > 1 ? 1 : 0,
    isolatedIslandFlag: baskets.some(({ island }) => island) ? 1 : 0,
    deliveryDate: null,
    shippingTerm: 0,
    remarks: note,
    memo: null,
    SettlementModel: { settlementMethodCode: payment[0], settlementMethod: payment[1] },
    ...(buyer === undefined ? {} : { OrdererModel: buyer }),
    PackageModelList: baskets.map(({ lines, to, island = false }, at) => ({
      basketId: 90_000_001 + at,
      postagePrice: POSTAGE,
      deliveryPrice: at === 0 ? fee : 0,
      goodsPrice: sum(lines.map(worth)),
      totalPrice: sum(lines.map(worth)) + POSTAGE,
      noshi: gift ? '御祝(紅白蝶結び)' : null,
      packageDeleteFlag: 0,
      dropOffFlag: 0,
      dropOffLocation: null,
      SenderModel: { ...(to ?? buyer ?? {}), isolatedIslandFlag: island ? 1 : 0 },
      ItemModelList: lines.map((line, index) => ({
        itemDetailId: 900_000_001 + at * 1_000 + index,
        itemName: line.name,
        itemNumber: line.code,
        manageNumber: line.code,
        price: line.price,
        priceTaxIncl: line.price,
        includeTaxFlag: 1,
        taxRate: (line.rate ?? 10) / 100,
        units: line.units ?? 1,
        selectedChoice: null,
        delvdateInfo: '1～2日以内に発送',
        SkuModelList: [
          { variantId: line.variant ?? 'normal-inventory', merchantDefinedSkuId: null, skuInfo: null },
        ],
      })),
    })),
    ...more,
  }
}

const worth = ({ price, units = 1 }: Line): number => price * units
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

const couponOf = (price: number) => ({
  couponCode: 'TEST-0001',
  itemId: 0,
  couponName: '見本クーポン',
  couponSummary: `定額割引 ${price}円`,
  couponCapital: 'ショップ',
  couponCapitalCode: 1,
  expiryDate: '2030-05-31',
  couponPrice: price,
  couponUnit: 1,
  couponTotalPrice: price,
  itemDetailId: -1,
})

export const someone = (familyName: string, firstName: string, more: Partial<Someone> = {}): Someone => ({
  familyName,
  firstName,
  zipCode1: '150',
  zipCode2: '0001',
  prefecture: '東京都',
  city: '渋谷区',
  subAddress: '神宮前1-2-3',
  phoneNumber1: '090',
  phoneNumber2: '1234',
  phoneNumber3: '5678',
  ...more,
})
