/**
 * OrderModel of getOrder, version 10, as Rakuten's reference has it: n number, s text, dt time, d day, `?`
 * may be null, `[]` a list; a name in capitals is a model. What only versions up to 7 have is left out.
 */
export const ORDER_MODEL: Readonly<Record<string, string>> = {
  OrderModel: `orderNumber s, orderProgress n, subStatusId n?, subStatusName s?, orderDatetime dt, shopOrderCfmDatetime dt?,
    orderFixDatetime dt?, shippingInstDatetime dt?, shippingCmplRptDatetime dt?, cancelDueDate d?, deliveryDate d?, shippingTerm n?,
    remarks s?, giftCheckFlag n, socialGiftFlag n, severalSenderFlag n, equalSenderFlag n, isolatedIslandFlag n, rakutenMemberFlag n,
    carrierCode n, emailCarrierCode n, orderType n, reserveNumber s?, reserveDeliveryCount n?, cautionDisplayType n,
    cautionDisplayDetailType n?, rakutenConfirmFlag n, goodsPrice n, postagePrice n, deliveryPrice n, paymentCharge n,
    paymentChargeTaxRate n, totalPrice n, requestPrice n, couponAllTotalPrice n, couponShopPrice n, couponOtherPrice n,
    additionalFeeOccurAmountToUser n, additionalFeeOccurAmountToShop n, asurakuFlag n, drugFlag n, dealFlag n, membershipType n,
    memo s?, operator s?, mailPlugSentence s?, modifyFlag n, receiptIssueCount n, receiptIssueHistoryList dt[], deliveryCertPrgFlag n,
    oneDayOperationFlag n, OrdererModel OrdererModel, SettlementModel SettlementModel?, DeliveryModel DeliveryModel,
    PointModel PointModel?, WrappingModel1 WrappingModel?, WrappingModel2 WrappingModel?, PackageModelList PackageModel[],
    CouponModelList CouponModel[]?, ChangeReasonModelList ChangeReasonModel[]?, TaxSummaryModelList TaxSummaryModel[]?,
    DueDateModelList DueDateModel[]?`,
  OrdererModel: `zipCode1 s, zipCode2 s, prefecture s, city s, subAddress s, familyName s, firstName s, familyNameKana s?, firstNameKana s?,
    phoneNumber1 s?, phoneNumber2 s?, phoneNumber3 s?, emailAddress s, sex s?, birthYear n?, birthMonth n?, birthDay n?`,
  SettlementModel: `settlementMethodCode n, settlementMethod s, rpaySettlementFlag n, cardName s?, cardNumber s?, cardOwner s?, cardYm s?,
    cardPayType n?, cardInstallmentDesc s?`,
  DeliveryModel: 'deliveryName s, deliveryClass n?',
  PointModel: 'usedPoint n',
  WrappingModel: 'title n, name s, price n?, includeTaxFlag n, deleteWrappingFlag n, taxRate n, taxPrice n',
  PackageModel: `basketId n, postagePrice n, postageTaxRate n, deliveryPrice n, deliveryTaxRate n, goodsPrice n, totalPrice n, noshi s?,
    packageDeleteFlag n, SenderModel SenderModel, ItemModelList ItemModel[], ShippingModelList ShippingModel[]?,
    DeliveryCvsModel DeliveryCvsModel?, defaultDeliveryCompanyCode s, dropOffFlag n, dropOffLocation s?, SocialGiftModel SocialGiftModel?`,
  SenderModel: `zipCode1 s, zipCode2 s, prefecture s, city s, subAddress s, familyName s, firstName s?, familyNameKana s?, firstNameKana s?,
    phoneNumber1 s?, phoneNumber2 s?, phoneNumber3 s?, isolatedIslandFlag n`,
  ItemModel: `itemDetailId n, itemName s, itemId n, itemNumber s?, manageNumber s, price n, units n, includePostageFlag n, includeTaxFlag n,
    includeCashOnDeliveryPostageFlag n, selectedChoice s?, pointRate n, pointType n, inventoryType n, delvdateInfo s?,
    restoreInventoryFlag n, dealFlag n, drugFlag n, deleteItemFlag n, taxRate n, priceTaxIncl n, isSingleItemShipping n,
    SkuModelList SkuModel[]`,
  SkuModel: 'variantId s, merchantDefinedSkuId s?, skuInfo s?',
  ShippingModel:
    'shippingDetailId n, shippingNumber s?, deliveryCompany s?, deliveryCompanyName s?, shippingDate d?',
  DeliveryCvsModel: `cvsCode n?, storeGenreCode s?, storeCode s?, storeName s?, storeZip s?, storePrefecture s?, storeAddress s?, areaCode s?,
    depo s?, openTime s?, closeTime s?, cvsRemarks s?`,
  SocialGiftModel:
    'sgMngNumber s, inputDueDate d, inputFlag n, inputCompDatetime dt?, receiverEmailAddress s?',
  CouponModel: `couponCode s, itemId n, couponName s, couponSummary s, couponCapital s, couponCapitalCode n, expiryDate d, couponPrice n,
    couponUnit n, couponTotalPrice n, itemDetailId n`,
  ChangeReasonModel: `changeId n, changeType n?, changeTypeDetail n?, changeReason n?, changeReasonDetail n?, changeApplyDatetime dt?,
    changeFixDatetime dt?, changeCmplDatetime dt?`,
  TaxSummaryModel:
    'taxRate n, reqPrice n, reqPriceTax n, totalPrice n, paymentCharge n, couponPrice n, point n',
  DueDateModel: 'dueDateType n, dueDate d',
}
