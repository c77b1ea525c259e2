import { z } from 'zod'
import { each } from '../../kit/names.ts'
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
  ...each(text, 'zipCode1 zipCode2 prefecture city subAddress phoneNumber1 phoneNumber2 phoneNumber3'),
  ...each(text, 'familyName firstName familyNameKana firstNameKana'),
}

const WireWrapping = z.looseObject({
  ...each(flag, 'includeTaxFlag deleteWrappingFlag'),
  title: code,
  name: text,
  price: amount.nullish(),
  taxPrice: laterAmount,
})

const WireItem = z.looseObject({
  itemDetailId: id,
  itemName: z.string(),
  ...each(text, 'itemId itemNumber manageNumber selectedChoice delvdateInfo'),
  ...each(amount, 'price priceTaxIncl'),
  ...each(flag, 'includeTaxFlag deleteItemFlag'),
  units: int32,
  taxRate: laterRate,
  SkuModelList: listOf(z.looseObject(each(text, 'variantId merchantDefinedSkuId skuInfo'))),
})

const WirePackage = z.looseObject({
  basketId: id,
  ...each(amount, 'postagePrice deliveryPrice goodsPrice totalPrice'),
  ...each(text, 'noshi dropOffLocation'),
  ...each(flag, 'packageDeleteFlag dropOffFlag'),
  SenderModel: z.looseObject({ ...address, isolatedIslandFlag: flag }),
  ItemModelList: z.array(WireItem),
  ShippingModelList: listOf(
    z.looseObject(
      each(text, 'shippingDetailId shippingNumber deliveryCompany deliveryCompanyName shippingDate'),
    ),
  ),
  DeliveryCvsModel: objectOr(
    z.looseObject(each(text, 'cvsCode storeCode storeName storeZip storePrefecture storeAddress')),
  ),
  SocialGiftModel: objectOr(z.looseObject({ inputDueDate: text, inputFlag: code })),
})

export const WireOrder = z.looseObject({
  orderNumber: z.string().min(1),
  orderProgress: z.int(),
  orderDatetime: z.string(),
  ...each(text, 'subStatusId subStatusName shopOrderCfmDatetime orderFixDatetime shippingInstDatetime'),
  ...each(text, 'shippingCmplRptDatetime cancelDueDate deliveryDate remarks reserveNumber memo operator'),
  mailPlugSentence: text,
  ...each(code, 'shippingTerm carrierCode orderType reserveDeliveryCount cautionDisplayType'),
  cautionDisplayDetailType: code,
  ...each(flag, 'giftCheckFlag socialGiftFlag severalSenderFlag isolatedIslandFlag rakutenConfirmFlag'),
  ...each(flag, 'asurakuFlag drugFlag dealFlag modifyFlag deliveryCertPrgFlag oneDayOperationFlag'),
  ...each(amount, 'goodsPrice postagePrice deliveryPrice totalPrice requestPrice'),
  ...each(laterAmount, 'paymentCharge couponAllTotalPrice couponShopPrice couponOtherPrice'),
  additionalFeeOccurAmountToUser: laterAmount,
  OrdererModel: z.looseObject({ ...address, emailAddress: text }),
  SettlementModel: objectOr(
    z.looseObject({
      ...each(text, 'settlementMethod cardName cardNumber cardInstallmentDesc'),
      ...each(code, 'settlementMethodCode cardPayType'),
    }),
  ),
  DeliveryModel: objectOr(z.looseObject({ deliveryName: text, deliveryClass: code })),
  PointModel: objectOr(z.looseObject({ usedPoint: amount })),
  ...each(objectOr(WireWrapping), 'WrappingModel1 WrappingModel2'),
  PackageModelList: z.array(WirePackage).min(1),
  CouponModelList: listOf(
    z.looseObject({
      ...each(text, 'couponCode couponName itemDetailId'),
      couponCapitalCode: code,
      couponTotalPrice: amount,
    }),
  ),
  ChangeReasonModelList: listOf(
    z.looseObject({
      ...each(code, 'changeType changeTypeDetail changeReason changeReasonDetail'),
      changeApplyDatetime: text,
    }),
  ),
  TaxSummaryModelList: listOf(
    z.looseObject({
      taxRate: rate,
      ...each(amount.nullish(), 'reqPrice reqPriceTax totalPrice paymentCharge couponPrice point'),
    }),
  ),
  DueDateModelList: listOf(z.looseObject({ dueDateType: code, dueDate: text })),
})

export type WireOrder = z.infer<typeof WireOrder>
export type WirePackage = z.infer<typeof WirePackage>
export type WireItem = z.infer<typeof WireItem>
export type WireWrapping = z.infer<typeof WireWrapping>
