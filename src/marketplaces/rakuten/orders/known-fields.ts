import { fieldNames, unknownCode, unknownFields } from '../../kit/unknown-fields.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { UnknownField } from '../../port/session.ts'
import { PAYMENTS, PROGRESS } from '../codes.ts'

/** OrderModel of getOrder, versions 3 to 10, by model. */
export const RAKUTEN_ORDER_NAMES = fieldNames(`
  orderNumber orderProgress subStatusId subStatusName orderDatetime shopOrderCfmDatetime orderFixDatetime
  shippingInstDatetime shippingCmplRptDatetime cancelDueDate deliveryDate shippingTerm remarks giftCheckFlag socialGiftFlag
  severalSenderFlag equalSenderFlag isolatedIslandFlag rakutenMemberFlag carrierCode emailCarrierCode orderType
  reserveNumber reserveDeliveryCount cautionDisplayType cautionDisplayDetailType rakutenConfirmFlag goodsPrice goodsTax
  postagePrice deliveryPrice paymentCharge paymentChargeTaxRate totalPrice requestPrice couponAllTotalPrice couponShopPrice
  couponOtherPrice additionalFeeOccurAmountToUser additionalFeeOccurAmountToShop asurakuFlag drugFlag dealFlag
  membershipType memo operator mailPlugSentence modifyFlag isTaxRecalc receiptIssueCount receiptIssueHistoryList
  deliveryCertPrgFlag oneDayOperationFlag OrdererModel SettlementModel DeliveryModel PointModel WrappingModel1 WrappingModel2
  PackageModelList CouponModelList ChangeReasonModelList TaxSummaryModelList DueDateModelList

  zipCode1 zipCode2 prefecture city subAddress familyName firstName familyNameKana firstNameKana phoneNumber1 phoneNumber2
  phoneNumber3 emailAddress sex birthYear birthMonth birthDay

  settlementMethodCode settlementMethod rpaySettlementFlag cardName cardNumber cardOwner cardYm cardPayType cardInstallmentDesc

  deliveryName deliveryClass usedPoint
  title name price includeTaxFlag deleteWrappingFlag taxRate taxPrice

  basketId postageTaxRate deliveryTaxRate noshi packageDeleteFlag SenderModel ItemModelList ShippingModelList DeliveryCvsModel
  defaultDeliveryCompanyCode dropOffFlag dropOffLocation SocialGiftModel

  itemDetailId itemName itemId itemNumber manageNumber units includePostageFlag includeCashOnDeliveryPostageFlag selectedChoice
  pointRate pointType inventoryType delvdateInfo restoreInventoryFlag deleteItemFlag priceTaxIncl isSingleItemShipping
  SkuModelList variantId merchantDefinedSkuId skuInfo

  shippingDetailId shippingNumber deliveryCompany deliveryCompanyName shippingDate

  cvsCode storeGenreCode storeCode storeName storeZip storePrefecture storeAddress areaCode depo openTime closeTime cvsRemarks
  sgMngNumber inputDueDate inputFlag inputCompDatetime receiverEmailAddress

  couponCode couponName couponSummary couponCapital couponCapitalCode expiryDate couponPrice couponUnit couponTotalPrice

  changeId changeType changeTypeDetail changeReason changeReasonDetail changeApplyDatetime changeFixDatetime changeCmplDatetime
  reqPrice reqPriceTax point dueDateType dueDate
`)

const has = (table: object) => (code: string) => Object.hasOwn(table, code)

export const rakutenUnknowns = (order: NormalisedOrder): UnknownField[] => [
  ...unknownFields(order, { names: RAKUTEN_ORDER_NAMES }),
  ...unknownCode('orderProgress', order.mallStatus.code, has(PROGRESS)),
  ...unknownCode('settlementMethodCode', order.payment.code, has(PAYMENTS)),
]
