import type { Seeded } from '../../kit/seeded.ts'
/** An order as the simulator keeps it: texts by the API's names, empty where the order has nothing. */

export type Fields = Record<string, string>

export interface PaidOption {
  title: string
  answers: { text: string; price: string }[]
}

export interface SimDetail {
  fields: Fields
  paidOptions: PaidOption[]
}

export interface SimOrder {
  shopCode: string
  orderNumber: string
  /** Milliseconds; the API shows minutes. */
  orderedAt: number
  /** Before that the API does not know the order. */
  visibleAt: number
  /** Milliseconds, while the mall reviews it; infinite otherwise. */
  reviewedAt: number
  fields: Fields
  details: SimDetail[]
  /** Chooses which empty elements are left out, and what else varies in the answer. */
  dice: number
}

const names = (text: string): readonly string[] => text.trim().split(/\s+/)

/** In the order of the answer. */
export const ORDER_FIELDS = names(`
  orderId orderDate sellMethodSegment releaseDate siteAndDevice crossBorderEcTradeKbn mailAddress rawMailAddress
  ordererName ordererKana ordererZipCode ordererAddress ordererPhoneNumber1 ordererPhoneNumber2 nickname
  senderName senderKana senderZipCode senderAddress senderPhoneNumber1 senderPhoneNumber2 senderShopCd
  orderOption settlementName secureSegment userComment tradeRemarks memo
  orderStatus contactStatus contactDate authorizationStatus authorizationDate paymentStatus paymentDate
  shipStatus shipDate printStatus printDate cancelStatus cancelReason cancelComment cancelDate
  totalSalePrice totalSalePriceNormalTax totalSalePriceReducedTax totalSalePriceNoTax totalSaleUnit
  postagePrice postagePriceTaxRate chargePrice chargePriceTaxRate
  totalItemOptionPrice totalItemOptionPriceTaxRate totalGiftWrappingPrice totalGiftWrappingPriceTaxRate
  totalPrice totalPriceNormalTax totalPriceReducedTax totalPriceNoTax
  premiumMember premiumType premiumIssuePrice premiumMallPrice premiumShopPrice pontapassCampaignApplyFlg
  couponTotalPrice couponTotalPriceNormalTax couponTotalPriceReducedTax couponTotalPriceNoTax
  usePoint usePointNormalTax usePointReducedTax usePointNoTax usePointCancel
  useAuPointPrice useAuPointPriceNormalTax useAuPointPriceReducedTax useAuPointPriceNoTax useAuPoint useAuPointCancel
  requestPrice requestPriceNormalTax requestTaxPriceNormalTax requestPriceReducedTax requestTaxPriceReducedTax
  requestPriceNoTax requestTaxPriceNoTax pointFixedDate pointFixedStatus settleStatus authoriTimelimitDate
  pgResult pgResponseCode pgResponseDetail pgOrderId pgRequestPrice
  pgRequestPriceNormalTax pgRequestPriceReducedTax pgRequestPriceNoTax couponType couponKey cardJadgement
  deliveryName deliveryMethodId deliveryId elecReceiptIssueStatus elecReceiptIssueTimes
  deliveryRequestDay deliveryRequestTime shippingDate shippingCarrier shippingNumber yamatoLnkMgtNo
`)

export const DETAIL_FIELDS = names(`
  orderDetailId itemManagementId itemCode lotnumber itemName itemOption itemOptionPrice giftWrappingType
  giftWrappingPrice giftMessage noshiType noshiPresenterName1 noshiPresenterName2 noshiPresenterName3
  itemCancelStatus itemCancelDate beforeDiscount discount itemPrice unit totalItemPrice totalItemChargePrice
  taxType reducedTax taxRate giftPoint shippingDayDispText shippingTimelimitDate
`)

export const fieldOf = (order: SimOrder, field: string): string => order.fields[field] ?? ''
export const amountOf = (order: SimOrder, field: string): number => Number(fieldOf(order, field) || '0')

/**
 * Merges overrides in the shape of an orderInfo element (`{ orderStatus, detail: [{…}] }`). Lines are merged
 * by position, further ones added as copies of the first. Sums follow unless the overrides state them.
 */
export function mergeOverrides(order: SimOrder, overrides: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(overrides)) {
    if (name !== 'detail') order.fields[name] = String(value ?? '')
  }
  const lines = overrides.detail === undefined ? [] : [overrides.detail].flat()
  lines.forEach((given, index) => {
    const first = order.details[0]
    const line = order.details[index] ?? structuredClone(first) ?? { fields: {}, paidOptions: [] }
    if (order.details[index] === undefined && first) {
      line.fields.orderDetailId = String(Number(first.fields.orderDetailId) + index)
    }
    order.details[index] = line
    for (const [name, value] of Object.entries(given as object)) line.fields[name] = String(value ?? '')
  })
}

// The sums of an order, as they hold for every order that clients of the real API checked.

const FREE_SHIPPING_FROM = 5000

/** Postage, fees, coupon and points of a generated order. */
export function chargeFields(dice: Seeded, { details }: SimOrder): Fields {
  const goods = sumOf(details, 'totalItemPrice')
  const room = Math.max(goods - 400, 1)
  return {
    postagePrice: goods >= FREE_SHIPPING_FROM ? '0' : '600',
    postagePriceTaxRate: '0.1',
    chargePrice: '0',
    chargePriceTaxRate: '0.1',
    totalItemOptionPrice: String(paidOptions(details)),
    totalItemOptionPriceTaxRate: '0.1',
    totalGiftWrappingPrice: String(sumOf(details, 'giftWrappingPrice')),
    totalGiftWrappingPriceTaxRate: '0.1',
    couponTotalPrice: dice.chance(0.25) ? '300' : '0',
    usePoint: '0',
    useAuPointPrice: dice.chance(0.3) ? String(dice.int(1, Math.min(500, room))) : '0',
  }
}

const paidOptions = (details: readonly SimDetail[]) =>
  details
    .flatMap((line) => line.paidOptions.flatMap((option) => option.answers))
    .reduce((total, { price }) => total + Number(price), 0)

/**
 * Everything that follows from lines and charges, but for what `given` states. Left alone when an amount is
 * no number, so that a test may break one.
 */
export function recalculate(order: SimOrder, given: Readonly<Record<string, unknown>> = {}): void {
  const { fields } = order
  const details = order.details.filter((line) => line.fields.itemCancelStatus !== 'C')
  const amount = (name: string) => Number(fields[name] || '0')
  const goods = details.map((line) => Number(line.fields.totalItemPrice))
  const reduced = details
    .filter((line) => line.fields.taxRate === '0.08')
    .reduce((total, line) => total + Number(line.fields.totalItemPrice), 0)
  const sale = goods.reduce((total, one) => total + one, 0)
  const total = sale + CHARGES.reduce((added, name) => added + amount(name), 0)
  const deducted = DEDUCTIONS.map((name) => ({ name, parts: parts(amount(name), reduced, total) }))
  const billed = total - DEDUCTIONS.reduce((taken, name) => taken + amount(name), 0)
  const billedReduced = deducted.reduce((left, { parts: [, part] }) => left - part, reduced)
  if (![sale, total, billed].every(Number.isFinite)) return
  const derived: Fields = {
    totalSalePrice: String(sale),
    ...partFields('totalSalePrice', [sale - reduced, reduced]),
    totalSaleUnit: String(sumOf(details, 'unit')),
    totalPrice: String(total),
    ...partFields('totalPrice', [total - reduced, reduced]),
    ...Object.assign({}, ...deducted.map(({ name, parts }) => partFields(name, parts))),
    useAuPoint: fields.useAuPointPrice ?? '0',
    requestPrice: String(billed),
    ...partFields('requestPrice', [billed - billedReduced, billedReduced]),
    ...partFields('requestTaxPrice', [
      Math.floor(((billed - billedReduced) * 10) / 110),
      Math.floor((billedReduced * 8) / 108),
    ]),
  }
  if (fields.pgOrderId) derived.pgRequestPrice = String(billed)
  for (const [name, value] of Object.entries(derived)) if (!(name in given)) fields[name] = value
}

const CHARGES = ['postagePrice', 'chargePrice', 'totalItemOptionPrice', 'totalGiftWrappingPrice']
const DEDUCTIONS = ['couponTotalPrice', 'usePoint', 'useAuPointPrice']

type Parts = [normal: number, reduced: number]

function parts(amount: number, reduced: number, total: number): Parts {
  const part = total === 0 ? 0 : Math.floor((amount * reduced) / total)
  return [amount - part, part]
}

const partFields = (name: string, [normal, reduced]: Parts): Fields => ({
  [`${name}NormalTax`]: String(normal),
  [`${name}ReducedTax`]: String(reduced),
  [`${name}NoTax`]: '0',
})

const sumOf = (details: readonly SimDetail[], name: string) =>
  details.reduce((total, line) => total + Number(line.fields[name] || '0'), 0)
