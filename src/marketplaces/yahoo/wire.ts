import { isRealDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import type { MallError } from '../kit/failures.ts'
import { type FieldReader, readElement } from '../kit/field-reader.ts'
import type { XmlElement } from '../kit/xml.ts'

/**
 * All fields of an order in 注文詳細API (orderInfo), by the group in which the answer has them. Requests name
 * them bare, without the group; together they stay well below the 10,000 bytes that `Field` may have.
 */

const names = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Fields by their group in the answer; OrderInfo has those without a group. */
export const FIELD_GROUPS = {
  OrderInfo: names(`
  OrderId Version ParentOrderId ChildOrderId DeviceType MobileCarrierName IsSeen IsSplit IsRoyalty IsRoyaltyFix IsSeller
  IsAffiliate IsRatingB2s NeedSnl OrderTime LastUpdateTime RoyaltyFixTime SendConfirmTime SendPayTime PrintSlipTime
  PrintDeliveryTime PrintBillTime OrderStatus CancelReason CancelReasonDetail StoreStatus Suspect SuspectMessage
  BuyerComments SellerComments Notes OperationUser Referer EntryPoint UsageId HistoryId UseCouponData TotalCouponDiscount
  ShippingCouponFlg ShippingCouponDiscount CampaignPoints IsMultiShip MultiShipId IsReadOnly FraudHoldStatus
  PublicationTime IsFirstClassDrugIncludes IsFirstClassDrugAgreement IsWelcomeGiftIncludes YamatoCoopStatus
  IsYahooAuctionOrder YahooAuctionMerchantId YahooAuctionId IsYahooAuctionDeferred YahooAuctionCategoryType
  YahooAuctionBidType YahooAuctionBundleType IsLineGiftOrder LineGiftOrderId ImmediateBonus SlowlyShipPoint
  SlowlyShipPointFixDate IsSlowlyShipPointFix CampaignGiftCards OverlapOrderResult FirstOrderDoneDate DonationId SocialGiftType IsVip InsuranceStatus AffiliateType
  IsLineCommerceTabOrder XshoppingStoreType OptionPartnerType GoodStoreStatus CurrentGoodStoreBenefitApply
  CurrentPromoPkgApply
`),
  Pay: names(`
  PayStatus SettleStatus PayType PayKind PayMethod PayMethodName CombinedPayType CombinedPayKind CombinedPayMethod
  CombinedPayMethodName PayActionTime PayDate PayNotes SettleId SellerHandlingCharge CardBrand CardNumber CardNumberLast4
  CardExpireYear CardExpireMonth CardPayType CardPayCount CardHolderName CardBirthDay UseYahooCard UseWallet IsApplePay
  NeedBillSlip NeedDetailedSlip NeedReceipt AgeConfirmField AgeConfirmValue AgeConfirmCheck BillAddressFrom BillFirstName
  BillFirstNameKana BillLastName BillLastNameKana BillZipCode BillPrefecture BillPrefectureKana BillCity BillCityKana
  BillAddress1 BillAddress1Kana BillAddress2 BillAddress2Kana BillPhoneNumber BillEmgPhoneNumber BillMailAddress
  BillSection1Field BillSection1Value BillSection2Field BillSection2Value PayNo PayNoIssueDate ConfirmNumber PaymentTerm
  PayMethodChangeDeadline PayMethodChangeDoneDate IsPayMethodChangePossible LineGiftPayMethodName
`),
  Ship: names(`
  ShipStatus ShipMethod ShipMethodName ShipRequestDate ShipRequestTime ShipRequestTimeZoneCode ShipCompanyCode
  ShipInvoiceNumber1 ShipInvoiceNumber2 ShipInvoiceNumberEmptyReason ShipUrl ShipDate ArrivalDate ShipNotes ArriveType
  ExcellentDelivery NeedGiftWrap GiftWrapCode GiftWrapType GiftWrapMessage NeedGiftWrapPaper GiftWrapPaperType
  GiftWrapName Option1Field Option1Type Option1Value Option2Field Option2Type Option2Value ShipFirstName
  ShipFirstNameKana ShipLastName ShipLastNameKana ShipZipCode ShipPrefecture ShipPrefectureKana ShipCity ShipCityKana
  ShipAddress1 ShipAddress1Kana ShipAddress2 ShipAddress2Kana ShipPhoneNumber ShipEmgPhoneNumber ShipSection1Field
  ShipSection1Value ShipSection2Field ShipSection2Value ReceiveShopCode ReceiveShopType ReceiveShopName
  ReceiveSatelliteType ReceiveSatelliteSettleMethod ReceiveSatelliteMethod ReceiveSatelliteCompanyName
  ReceiveSatelliteShopCode ReceiveSatelliteShopName ReceiveSatelliteShipKind ReceiveSatelliteYahooCode
  ReceiveSatelliteCertificationNumber CollectionDate CashOnDeliveryTax NumberUnitsShipped ShipInstructType
  ShipInstructStatus IsEazy EazyDeliveryCode EazyDeliveryName IsMallContactlessDelivery IsSubscription SubscriptionId
  SubscriptionContinueCount SubscriptionCycleType SubscriptionCycleDate IsLineGiftShippable ShippingDeadline
  UseGiftCardData DeliveryStatus RemoteAreaShippingType MallContactlessDeliveryStatus YamatoInputDate SagawaInputDate
  JapanPostInputDate FirstArrivalDateTime DeliveryDate DeliveryTimeZone ShipCompanyMethodCode ShipCompanyReceivedDatetime
  ShipContactlessDeliveryCode
`),
  Detail: names(`
  PayCharge ShipCharge GiftWrapCharge Discount Adjustments SettleAmount UsePoint GiftCardDiscount TotalPrice
  TotalMallCouponDiscount IsGetPointFixAll IsGetStoreBonusFixAll LineGiftCharge TotalImmediateBonusAmount
  TotalImmediateBonusRatio PayMethodAmount CombinedPayMethodAmount UsePaypayPoint SettlePayAmount
`),
  Item: names(`
  LineId ItemId Title SubCode SubCodeOption ItemOption Inscription IsUsed ImageId IsTaxable ItemTaxRatio Jan ProductId
  CategoryId AffiliateRatio UnitPrice NonTaxUnitPrice Quantity PointAvailQuantity ReleaseDate PointFspCode PointRatioY
  PointRatioSeller UnitGetPoint IsGetPointFix GetPointFixDate CouponData CouponDiscount CouponUseNum OriginalPrice
  OriginalNum LeadTimeText LeadTimeStart LeadTimeEnd PriceType PickAndDeliveryCode PickAndDeliveryTransportRuleType
  StoreBonusRatioSeller UnitGetStoreBonus IsGetStoreBonusFix GetStoreBonusFixDate ItemYahooAucId ItemYahooAucMerchantId
  PointBaseUnitPrice MallCouponData YourTimesaleDiscount SubscriptionPointRatio IsAffiliateItem
  YamatoUndeliverableReason ChannelGoodsPlanId ChannelGoodsPlanName
`),
  Seller: names('SellerId LineGiftAccount'),
  Buyer: names('IsLogin FspLicenseCode FspLicenseName GuestAuthId'),
} as const

export const ALL_FIELDS: readonly string[] = Object.values(FIELD_GROUPS).flat()

/** Without these an order cannot be understood, so a refusal of one of them is final. */
const ESSENTIAL_FIELDS: ReadonlySet<string> = new Set(
  names('OrderId OrderTime OrderStatus TotalPrice LineId UnitPrice Quantity'),
)

/** Yahoo!'s limit for the comma list in `Field`. */
export const FIELD_LIST_MAX_BYTES = 10_000

export type RefusedFields = ReturnType<typeof createRefusedFields>

const FORGET_MS = 24 * 60 * 60 * 1000

/**
 * Fields that each store may not request. Yahoo! refuses the whole call for one name that is unknown or not
 * for this store (od90101), so a withdrawn field would stop every order. It is omitted for a day instead.
 */
export function createRefusedFields() {
  /** shop code → field → when it was refused. */
  const refused = new Map<string, Map<string, number>>()

  function current(shopCode: string, now: number): Map<string, number> {
    const fields = refused.get(shopCode) ?? new Map<string, number>()
    for (const [field, at] of fields) if (now - at >= FORGET_MS) fields.delete(field)
    refused.set(shopCode, fields)
    return fields
  }

  return {
    /** Lists the names to request at `now` (milliseconds). */
    allowed(shopCode: string, now: number): string[] {
      const without = current(shopCode, now)
      return ALL_FIELDS.filter((field) => !without.has(field))
    },
    /**
     * Omits refused names from now on.
     * @returns the omitted names; empty when the error names no optional field
     */
    refuse(shopCode: string, error: MallError, now: number): string[] {
      const known = current(shopCode, now)
      const fields = refusedIn(error).filter((field) => canGo(field) && !known.has(field))
      for (const field of fields) known.set(field, now)
      return fields
    },
  }
}

const canGo = (field: string) => ALL_FIELDS.includes(field) && !ESSENTIAL_FIELDS.has(field)

/** The names after the colon of `Request Parameter Error : IsGift`. */
export function refusedIn(error: MallError): string[] {
  if (error.code !== 'od90101') return []
  const [, list = ''] = /:([^:]*)$/.exec(error.message) ?? []
  return list.split(/[\s,]+/).filter((name) => /^[A-Za-z][A-Za-z0-9]*$/.test(name))
}

// Yahoo!'s dates. Requests: digits, Japan's time; answers: RFC 3339 or YYYY-MM-DD (注文検索API).

/**
 * Parses a date-time of an answer. The documents show the list without a zone in one place and with +09:00 in
 * another, and payment terms have a blank instead of the T. All are accepted; without a zone it is Japan's
 * time. Null when it is no date-time.
 */
export function parseTime(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  )
  if (!match) return null
  const [, day, time, zone] = match
  const date = new Date(`${day}T${time}${withColon(zone ?? '+09:00')}`)
  if (Number.isNaN(date.getTime())) return null
  return isRealDay(day ?? '') ? date : null
}

const withColon = (zone: string) => zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')

/** RFC 3339 with Japan's offset, to the second. */
export const toRfc3339 = (date: Date): string => toJapaneseRfc3339(date.getTime())

/** Converts a date-time of an answer into RFC 3339; null when the text is none. */
export const timeIn = (text: string | null): string | null => {
  const date = parseTime(text ?? '')
  return date && toRfc3339(date)
}

/** YYYY-MM-DD for a real day with hyphens, slashes or as eight digits; null otherwise. */
export function parseDay(text: string): string | null {
  const match = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})$/.exec(text.trim())
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  return isRealDay(day) ? day : null
}

/** LastUpdateTime as the list and the order both give it; null when it is no date-time. */
export const revisionOf = (text: string | null | undefined): string | null =>
  parseTime(text ?? '')?.toISOString() ?? null

/** Fields in which Yahoo! sends JSON as text. */
const JSON_FIELDS: ReadonlySet<string> = new Set(['CampaignGiftCards', 'MallCouponData'])

/** Reads one group of an order from 注文詳細API (orderInfo). `path` prefixes the names in errors. */
export const readFields = (element: XmlElement, path = ''): FieldReader =>
  readElement(element, { time: (text) => timeIn(text) ?? text, day: parseDay, json: JSON_FIELDS }, path)
