import { z } from 'zod'
import {
  amount,
  code,
  flag,
  id,
  int32,
  laterAmount,
  laterRate,
  listOf,
  objectOr,
  rate,
  text,
} from './wire-fields.ts'

/**
 * OrderModel of getOrder, versions 3 to 10: a field that only newer versions have may be absent. Unknown fields are kept.
 */

const address = {
  zipCode1: text,
  zipCode2: text,
  prefecture: text,
  city: text,
  subAddress: text,
  familyName: text,
  firstName: text,
  familyNameKana: text,
  firstNameKana: text,
  phoneNumber1: text,
  phoneNumber2: text,
  phoneNumber3: text,
}

const WireOrderer = z.looseObject({ ...address, emailAddress: text })
const WireSender = z.looseObject({ ...address, isolatedIslandFlag: flag })

const WireSettlement = z.looseObject({
  settlementMethodCode: code,
  settlementMethod: text,
  cardName: text,
  cardNumber: text,
  cardPayType: code,
  cardInstallmentDesc: text,
})

const WireWrapping = z.looseObject({
  title: code,
  name: text,
  price: amount.nullish(),
  includeTaxFlag: flag,
  deleteWrappingFlag: flag,
  taxPrice: laterAmount,
})

const WireSku = z.looseObject({ variantId: text, merchantDefinedSkuId: text, skuInfo: text })

const WireItem = z.looseObject({
  itemDetailId: id,
  itemName: z.string(),
  itemId: text,
  itemNumber: text,
  manageNumber: text,
  price: amount,
  units: int32,
  includeTaxFlag: flag,
  selectedChoice: text,
  delvdateInfo: text,
  deleteItemFlag: flag,
  taxRate: laterRate,
  priceTaxIncl: amount,
  SkuModelList: listOf(WireSku),
})

const WireShipping = z.looseObject({
  shippingDetailId: text,
  shippingNumber: text,
  deliveryCompany: text,
  deliveryCompanyName: text,
  shippingDate: text,
})

const WireCvs = z.looseObject({
  cvsCode: text,
  storeCode: text,
  storeName: text,
  storeZip: text,
  storePrefecture: text,
  storeAddress: text,
})

const WireSocialGift = z.looseObject({ inputDueDate: text, inputFlag: code })

const WirePackage = z.looseObject({
  basketId: id,
  postagePrice: amount,
  deliveryPrice: amount,
  goodsPrice: amount,
  totalPrice: amount,
  noshi: text,
  packageDeleteFlag: flag,
  SenderModel: WireSender,
  ItemModelList: z.array(WireItem),
  ShippingModelList: listOf(WireShipping),
  DeliveryCvsModel: objectOr(WireCvs),
  dropOffFlag: flag,
  dropOffLocation: text,
  SocialGiftModel: objectOr(WireSocialGift),
})

const WireCoupon = z.looseObject({
  couponCode: text,
  couponName: text,
  couponCapitalCode: code,
  couponTotalPrice: amount,
  itemDetailId: text,
})

const WireChangeReason = z.looseObject({
  changeType: code,
  changeTypeDetail: code,
  changeReason: code,
  changeReasonDetail: code,
  changeApplyDatetime: text,
})

const WireTaxSummary = z.looseObject({
  taxRate: rate,
  reqPrice: amount.nullish(),
  reqPriceTax: amount.nullish(),
  totalPrice: amount.nullish(),
  paymentCharge: amount.nullish(),
  couponPrice: amount.nullish(),
  point: amount.nullish(),
})

const WireDueDate = z.looseObject({ dueDateType: code, dueDate: text })

export const WireOrder = z.looseObject({
  orderNumber: z.string().min(1),
  orderProgress: z.int(),
  subStatusId: text,
  subStatusName: text,
  orderDatetime: z.string(),
  shopOrderCfmDatetime: text,
  orderFixDatetime: text,
  shippingInstDatetime: text,
  shippingCmplRptDatetime: text,
  cancelDueDate: text,
  deliveryDate: text,
  shippingTerm: code,
  remarks: text,
  giftCheckFlag: flag,
  socialGiftFlag: flag,
  severalSenderFlag: flag,
  isolatedIslandFlag: flag,
  carrierCode: code,
  orderType: code,
  reserveNumber: text,
  reserveDeliveryCount: code,
  cautionDisplayType: code,
  cautionDisplayDetailType: code,
  rakutenConfirmFlag: flag,
  goodsPrice: amount,
  postagePrice: amount,
  deliveryPrice: amount,
  paymentCharge: laterAmount,
  totalPrice: amount,
  requestPrice: amount,
  couponAllTotalPrice: laterAmount,
  couponShopPrice: laterAmount,
  couponOtherPrice: laterAmount,
  additionalFeeOccurAmountToUser: laterAmount,
  asurakuFlag: flag,
  drugFlag: flag,
  dealFlag: flag,
  memo: text,
  operator: text,
  mailPlugSentence: text,
  modifyFlag: flag,
  deliveryCertPrgFlag: flag,
  oneDayOperationFlag: flag,
  OrdererModel: WireOrderer,
  SettlementModel: objectOr(WireSettlement),
  DeliveryModel: objectOr(z.looseObject({ deliveryName: text, deliveryClass: code })),
  PointModel: objectOr(z.looseObject({ usedPoint: amount })),
  WrappingModel1: objectOr(WireWrapping),
  WrappingModel2: objectOr(WireWrapping),
  PackageModelList: z.array(WirePackage).min(1),
  CouponModelList: listOf(WireCoupon),
  ChangeReasonModelList: listOf(WireChangeReason),
  TaxSummaryModelList: listOf(WireTaxSummary),
  DueDateModelList: listOf(WireDueDate),
})

export type WireOrder = z.infer<typeof WireOrder>
export type WirePackage = z.infer<typeof WirePackage>
export type WireItem = z.infer<typeof WireItem>
export type WireWrapping = z.infer<typeof WireWrapping>
