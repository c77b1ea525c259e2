import { fieldNames, unknownCode, unknownFields } from '../../kit/unknown-fields.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { UnknownField } from '../../port/session.ts'
import { CARRIERS } from '../codes.ts'

const byRate = (names: readonly string[]): string =>
  names.flatMap((name) => ['NormalTax', 'ReducedTax', 'NoTax'].map((rate) => `${name}${rate}`)).join(' ')

/** orderInfo of 受注情報取得API, as public clients have seen it. */
const NAMES = fieldNames(`
  orderId orderDate sellMethodSegment releaseDate siteAndDevice crossBorderEcTradeKbn mailAddress rawMailAddress ordererName
  ordererKana ordererZipCode ordererAddress ordererPhoneNumber1 ordererPhoneNumber2 nickname senderName senderKana senderZipCode
  senderAddress senderPhoneNumber1 senderPhoneNumber2 senderShopCd senderShopCD orderOption settlementName secureSegment userComment
  tradeRemarks memo orderStatus contactStatus contactDate authorizationStatus authorizationDate paymentStatus paymentDate shipStatus
  shipDate printStatus printDate cancelStatus cancelReason cancelComment cancelDate totalSalePrice totalSaleUnit postagePrice
  postagePriceTaxRate chargePrice chargePriceTaxRate totalItemOptionPrice totalItemOptionPriceTaxRate totalGiftWrappingPrice
  totalGiftWrappingPriceTaxRate totalPrice premiumMember premiumType premiumIssuePrice premiumMallPrice premiumShopPrice
  pontapassCampaignApplyFlg couponTotalPrice usePoint usePointCancel useAuPointPrice useAuPoint useAuPointCancel requestPrice
  pointFixedDate pointFixedStatus settleStatus authoriTimelimitDate pgResult pgResponseCode pgResponseDetail pgOrderId
  pgRequestPrice couponType couponKey cardJadgement deliveryName deliveryMethodId deliveryId elecReceiptIssueStatus
  elecReceiptIssueTimes deliveryRequestDay deliveryRequestTime shippingDate shippingCarrier shippingNumber yamatoLnkMgtNo detail
  ${byRate(['totalSalePrice', 'totalPrice', 'couponTotalPrice', 'usePoint', 'useAuPointPrice', 'requestPrice'])}
  ${byRate(['requestTaxPrice', 'pgRequestPrice'])}
  orderDetailId itemManagementId itemCode lotnumber itemName itemOption itemOptionCommissions itemOptionCommissionTitle
  itemOptionCommissionVal itemOptionCommission itemOptionCommissionPrice itemOptionPrice giftWrappingType giftWrappingPrice giftMessage
  noshiType noshiPresenterName1 noshiPresenterName2 noshiPresenterName3 itemCancelStatus itemCancelDate beforeDiscount discount
  itemPrice unit totalItemPrice totalItemChargePrice taxType reducedTax taxRate giftPoint shippingDayDispText shippingTimelimitDate
`)

/** orderStatus is not in the list: shops make statuses of their own. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  cancelStatus: ['N', 'C', 'Y'],
  shipStatus: ['N', 'Y'],
  paymentStatus: ['N', 'Y'],
}

export const aupayUnknowns = (order: NormalisedOrder): UnknownField[] => [
  ...unknownFields(order, { names: NAMES }),
  ...Object.entries(CODES).flatMap(([field, known]) =>
    unknownCode(field, order.mallStatuses[field], (code) => known.includes(code)),
  ),
  ...order.recipients.flatMap(({ parcels }) =>
    parcels.flatMap(({ carrierCode }) =>
      unknownCode('shippingCarrier', carrierCode, (code) => Object.hasOwn(CARRIERS.names, code)),
    ),
  ),
]
