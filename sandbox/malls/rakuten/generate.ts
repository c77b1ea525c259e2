import { type Seeded, seeded } from '../../kit/seeded.ts'
import type { OrderShape } from '../../kit/types.ts'
import { DAY_MS, type ItemModel, type OrderModel, type PackageModel, wireDate, wireTime } from './model.ts'
import { COMMENTS, PAYMENTS, PRODUCTS, type Product, type Somebody, somebody, WISHES } from './pools.ts'

/** Shapes that its pages allow. */
export const RAKUTEN_SHAPES: readonly OrderShape[] = ['two_recipients', 'removed_recipient', 'cancelled_line']

/**
 * A new order at 100 (注文確認待ち): the same seed, shop and turn give the same order at the same time. Amounts add
 * up as the reference says, so that an importer that finds a difference has found its own fault.
 */
export function generateOrder(
  seed: number,
  shopCode: string,
  turn: number,
  now: number,
  shape?: OrderShape,
): OrderModel {
  const random = seeded(seed, turn)
  const buyer = somebody(random, turn)
  const gift = random.chance(0.1)
  const isSeveral = shape === undefined ? random.chance(0.1) : SEVERAL.has(shape)
  const placed = Array.from({ length: isSeveral ? 2 : 1 }, (_, index) => {
    const to = gift || index > 0 ? somebody(random, turn + 5 + index) : buyer
    return generateBasket(random, { basketId: FIRST_ID + turn * 10 + index, to, gift })
  })
  const baskets = shape === 'removed_recipient' ? placed.slice(0, 1) : placed
  // A line that was deleted stays in the answer too; nothing of it is in the amounts.
  const deleted = shape === 'cancelled_line' ? deletedLine(random, placed[0] as PackageModel) : null
  const payment = paymentOf(random)
  const wish = random.chance(0.35) ? random.pick(WISHES) : null
  const wishDate = wish ? wireDate(now + random.int(3, 8) * DAY_MS) : null
  const amounts = amountsOf(random, baskets, { cod: payment.code === 2, gift })
  return {
    orderNumber: `${shopCode}-${wireDate(now).replaceAll('-', '')}-${tail(seed, turn)}`,
    orderProgress: 100,
    subStatusId: null,
    subStatusName: null,
    orderDatetime: wireTime(now),
    shopOrderCfmDatetime: null,
    orderFixDatetime: null,
    shippingInstDatetime: null,
    shippingCmplRptDatetime: null,
    cancelDueDate: wireDate(now + 14 * DAY_MS),
    deliveryDate: wishDate,
    shippingTerm: wish?.term ?? 0,
    remarks: remarksOf(random, wishDate, wish?.text ?? null),
    giftCheckFlag: gift ? 1 : 0,
    socialGiftFlag: 0,
    severalSenderFlag: baskets.length > 1 ? 1 : 0,
    equalSenderFlag: gift || baskets.length > 1 ? 0 : 1,
    isolatedIslandFlag: baskets.some((basket) => basket.SenderModel.isolatedIslandFlag === 1) ? 1 : 0,
    rakutenMemberFlag: 1,
    carrierCode: random.pick([0, 11, 12, 21]),
    emailCarrierCode: 0,
    orderType: 1,
    reserveNumber: null,
    reserveDeliveryCount: null,
    cautionDisplayType: 0,
    cautionDisplayDetailType: null,
    rakutenConfirmFlag: 0,
    ...amounts,
    additionalFeeOccurAmountToShop: 0,
    asurakuFlag: 0,
    drugFlag: 0,
    dealFlag: 0,
    membershipType: 0,
    memo: null,
    operator: null,
    mailPlugSentence: null,
    modifyFlag: 0,
    isTaxRecalc: 0,
    receiptIssueCount: 0,
    receiptIssueHistoryList: [],
    deliveryCertPrgFlag: random.chance(0.3) ? 1 : 0,
    oneDayOperationFlag: 0,
    OrdererModel: {
      ...buyer.address,
      emailAddress: `${String(turn).padStart(32, 'a')}s1@pc.fw.rakuten.ne.jp`,
      sex: null,
      birthYear: null,
      birthMonth: null,
      birthDay: null,
    } as OrderModel['OrdererModel'],
    SettlementModel: settlement(payment),
    DeliveryModel: { deliveryName: '宅配便', deliveryClass: null },
    // A basket that the shop removed stays in the answer; nothing of it is in the amounts.
    PackageModelList: placed.map((basket, index) => ({
      ...basket,
      ...(baskets.includes(basket) ? {} : { packageDeleteFlag: 1 }),
      ...(index === 0 && deleted ? { ItemModelList: [...basket.ItemModelList, deleted] } : {}),
    })),
    ChangeReasonModelList: [],
    DueDateModelList:
      payment.settles === 'prepaid' ? [{ dueDateType: 0, dueDate: wireDate(now + 7 * DAY_MS) }] : [],
  }
}

const deletedLine = (random: Seeded, { basketId }: PackageModel): ItemModel => ({
  ...item(random, random.pick(PRODUCTS), basketId * 10 + 9),
  deleteItemFlag: 1,
})

const SEVERAL: ReadonlySet<unknown> = new Set<OrderShape>(['two_recipients', 'removed_recipient'])
const FIRST_ID = 10_631_675

/** Ten digits as Rakuten counts them; seeds far apart so that two sandboxes do not share numbers. */
const tail = (seed: number, turn: number) => String((seed % 9_000) * 1_000_000 + turn + 1).padStart(10, '0')

function paymentOf(random: Seeded) {
  let left = random.float()
  for (const payment of PAYMENTS) {
    left -= payment.share
    if (left < 0) return payment
  }
  return PAYMENTS[0] as (typeof PAYMENTS)[number]
}

function settlement({ code, name }: { code: number; name: string }): OrderModel['SettlementModel'] {
  const card = code === 1
  return {
    settlementMethodCode: code,
    settlementMethod: name,
    rpaySettlementFlag: code === 2 ? 0 : 1,
    cardName: card ? 'VISA' : null,
    cardNumber: card ? 'XXXX-XXXX-XXXX-0000' : null,
    cardOwner: card ? 'MIHON CARD' : null,
    cardYm: card ? '2030-01' : null,
    cardPayType: card ? 0 : null,
    cardInstallmentDesc: null,
  }
}

const WEEKDAYS = '日月火水木金土'

function remarksOf(random: Seeded, date: string | null, band: string | null): string | null {
  const comment = random.chance(0.2) ? random.pick(COMMENTS) : ''
  if (!date) return comment || null
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]
  return `[配送日時指定:]\n${date}(${weekday})\n${band}\n\n${comment}`
}

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
function amountsOf(random: Seeded, baskets: PackageModel[], { cod, gift }: { cod: boolean; gift: boolean }) {
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

const FREE_SHIPPING_FROM = 3980

function generateBasket(
  random: Seeded,
  { basketId, to, gift }: { basketId: number; to: Somebody; gift: boolean },
): PackageModel {
  const lines = random.chance(0.6) ? 1 : random.int(2, 4)
  const items = Array.from({ length: lines }, (_, line) =>
    item(random, random.pick(PRODUCTS), basketId * 10 + line),
  )
  const goodsPrice = items.reduce((sum, entry) => sum + entry.price * entry.units, 0)
  const taxed = items.reduce((sum, entry) => sum + entry.priceTaxIncl * entry.units, 0)
  const postagePrice = taxed >= FREE_SHIPPING_FROM ? 0 : 550
  const dropOff = random.chance(0.2)
  return {
    basketId,
    postagePrice,
    postageTaxRate: 0.1,
    deliveryPrice: 0,
    deliveryTaxRate: 0.1,
    goodsTax: 0,
    goodsPrice,
    totalPrice: taxed + postagePrice,
    noshi: gift && random.chance(0.5) ? '御祝(紅白蝶結び) 名入れ:髙橋' : null,
    packageDeleteFlag: 0,
    defaultDeliveryCompanyCode: '1001',
    dropOffFlag: dropOff ? 1 : 0,
    dropOffLocation: dropOff ? random.pick(['玄関前', '宅配ボックス', 'メーターボックス']) : null,
    SocialGiftModel: null,
    SenderModel: { ...to.address, isolatedIslandFlag: to.isolatedIsland ? 1 : 0 },
    ItemModelList: items,
    ShippingModelList: [],
    DeliveryCvsModel: null,
  }
}

function item(random: Seeded, product: Product, itemDetailId: number): ItemModel {
  const variant = product.variants.length > 0 ? random.pick(product.variants) : null
  return {
    itemDetailId,
    itemName: product.name,
    itemId: product.id,
    itemNumber: product.number,
    manageNumber: product.number,
    price: product.price,
    units: random.chance(0.8) ? 1 : random.int(2, 5),
    includePostageFlag: 0,
    includeTaxFlag: product.taxIncluded ? 1 : 0,
    includeCashOnDeliveryPostageFlag: 0,
    selectedChoice: product.choices.length > 0 ? random.pick(product.choices) : null,
    pointRate: 1,
    pointType: 0,
    inventoryType: variant ? 2 : 1,
    delvdateInfo: product.lead,
    restoreInventoryFlag: 0,
    dealFlag: 0,
    drugFlag: 0,
    deleteItemFlag: 0,
    taxRate: product.taxRate,
    priceTaxIncl: product.taxIncluded
      ? product.price
      : Math.floor((product.price * (100 + Math.round(product.taxRate * 100))) / 100),
    isSingleItemShipping: 0,
    SkuModelList: [
      {
        variantId: variant?.variantId ?? 'normal-inventory',
        merchantDefinedSkuId: variant?.sku ?? null,
        skuInfo: variant?.info ?? null,
      },
    ],
  }
}
