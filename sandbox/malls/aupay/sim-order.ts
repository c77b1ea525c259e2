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
