import { z } from 'zod'
import { toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { factsOf } from '../../platform/narrow.ts'
import { each, id, int32, isRaw, listOf, orNull, type Raw, text } from '../kit/wire.ts'
import type { OrderRecipient } from '../port/order.ts'

/** Answers of 楽天ペイ受注API (RakutenPayOrderAPI 2.0). */

/** Not yet fixed (金額未確定), for any amount. */
export const PENDING_AMOUNT = -9999

const amount = int32
/** Fields that older versions lack: absent is 0, but a present one must be an amount. */
const laterAmount = int32.nullish().transform((value) => value ?? 0)
const rate = z.number().min(0).max(1)
const laterRate = orNull(rate)
/** A code or a flag: a whole number, given as number or as digits; anything else counts as absent. */
const code = z
  .unknown()
  .optional()
  .transform((value): number | null => {
    if (value === null || value === undefined || value === '') return null
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : null
  })
const flag = code.transform((value) => value === 1)

export const WireMessage = z.looseObject({
  messageType: text,
  messageCode: text,
  message: text,
  orderNumber: text,
  /** Shipping calls: position of the record in the request, from 1, and the record's new or old id. */
  dataNumber: code,
  shippingDetailId: text,
  /** updateOrderShippingAsync: the id for fetching its result. */
  requestId: text,
})
export type WireMessage = z.infer<typeof WireMessage>

/** The frame of every answer of the order service; a gateway's error has no MessageModelList. */
export const WireFrame = z.looseObject({ MessageModelList: z.array(WireMessage) })
export type WireFrame = z.infer<typeof WireFrame>

export const WireSearchAnswer = z.looseObject({
  orderNumberList: listOf(z.unknown()),
  PaginationResponseModel: z
    .looseObject({
      totalRecordsAmount: z.int().nonnegative().nullish(),
      totalPages: z.int().nonnegative().nullish(),
      requestPage: z.int().nullish(),
    })
    .nullish(),
})

export const WireExpiry = z.looseObject({ expiryDate: z.string() })

/** getSubStatusList: by orderProgress, in the shop's own order. */
export const WireSubStatuses = z.looseObject({
  StatusModelList: z.array(
    z.looseObject({
      orderProgress: z.int(),
      SubStatusModelList: z
        .array(z.looseObject({ subStatusId: z.int(), subStatusName: text, orderby: z.number().nullish() }))
        .nullish(),
    }),
  ),
})

/** getResultUpdateOrderShippingAsync: each order's messages; without an order number: no result (yet). */
export const WireShippingResults = z.looseObject({
  ResultShippingModelList: z.array(
    z.looseObject({ orderNumber: text, MessageModelList: z.array(WireMessage) }),
  ),
})

// OrderModel of getOrder, versions 3 to 10: a field that only newer versions have may be absent. Unknown
// fields are kept.

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
  DeliveryCvsModel: orNull(
    z.looseObject(each(text, 'cvsCode storeCode storeName storeZip storePrefecture storeAddress')),
  ),
  SocialGiftModel: orNull(z.looseObject({ inputDueDate: text, inputFlag: code })),
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
  SettlementModel: orNull(
    z.looseObject({
      ...each(text, 'settlementMethod cardName cardNumber cardInstallmentDesc'),
      ...each(code, 'settlementMethodCode cardPayType'),
    }),
  ),
  DeliveryModel: orNull(z.looseObject({ deliveryName: text, deliveryClass: code })),
  PointModel: orNull(z.looseObject({ usedPoint: amount })),
  ...each(orNull(WireWrapping), 'WrappingModel1 WrappingModel2'),
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

/** Returns all fields but the named ones, including unknown ones. */
export function without(raw: Raw, mapped: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !mapped.has(key)))
}

/** Returns the unmapped part of a nested model under the model's name; empty when nothing is left. */
export function leftover(raw: Raw, key: string, mapped: ReadonlySet<string>): Record<string, unknown> {
  const rest = without(factsOf(raw[key]), mapped)
  return Object.keys(rest).length === 0 ? {} : { [key]: rest }
}

/** Lists the paths of all amounts that are not fixed yet (-9999). */
export function pendingAmounts(value: unknown, path = ''): string[] {
  if (value === PENDING_AMOUNT) return [path]
  if (Array.isArray(value)) return value.flatMap((entry, index) => pendingAmounts(entry, `${path}[${index}]`))
  if (!isRaw(value)) return []
  return Object.entries(value).flatMap(([key, entry]) =>
    pendingAmounts(entry, path === '' ? key : `${path}.${key}`),
  )
}

/** 0 for an open amount, where the normalised order needs a number; the order then has a hold. */
export const fixed = (amount: number): number => (amount === PENDING_AMOUNT ? 0 : amount)

export const fixedOrNull = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined || amount === PENDING_AMOUNT ? null : amount

/** Converts Rakuten's decimal rate (0.08) into whole percent. */
export const percent = (rate: number | null): number | null => (rate === null ? null : Math.round(rate * 100))

// 購入申込API (ReserveAPI, reserve.infoList.get). Orderer and sender are not read: a person's data comes with the
// order and not before. Amounts that are not fixed are -9999.

const pendingAmount = orNull(int32)

const WireDelivery = z.looseObject({
  detailId: int32,
  ...each(text, 'shippingDate commitDate releaseDate itemDetailName'),
  earlyFlag: flag,
  totalAmount: pendingAmount,
  reserveSettlement: z.looseObject({ settlementName: text }).nullish(),
  reserveAmount: z.looseObject(each(pendingAmount, 'postageAmount codFeeAmount')).nullish(),
})

const WireApplication = z.looseObject({
  reserveNumber: z.string().min(1),
  ...each(code, 'reserveStatus reserveType'),
  ...each(text, 'reserveStatusName shippingCycle reserveDatetime'),
  reserveItem: z.looseObject({
    itemId: id,
    itemName: z.string(),
    ...each(text, 'itemNumber selectedChoice variantId merchantDefinedSkuId skuInfo'),
    price: amount,
    units: int32,
    includeTaxFlag: flag,
    taxRate: laterRate,
  }),
  reserveOrderer: z.looseObject({ deliveryName: text }).nullish(),
  reserveSender: z.looseObject({ isolatedIslandFlag: flag }).nullish(),
  reserveDetails: listOf(WireDelivery),
})
export type WireApplication = z.infer<typeof WireApplication>

/** Errors come with HTTP 200: N00-000 found, N00-001 none, E… refused. */
export const WireApplications = z.looseObject({
  resultCode: z.string(),
  resultMessage: text,
  totalCount: int32.nullish().transform((value) => value ?? 0),
  publicReserveModelList: listOf(WireApplication),
})
export type WireApplications = z.infer<typeof WireApplications>

// Rakuten's times are `2026-05-19T21:04:11+0900`, always JST; our offset has a colon (RFC 3339).

const DATETIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/** RFC 3339, or null when absent or unreadable. No zone means JST (the licence service gives none). */
export function toRfc3339(text: string | null): string | null {
  const [, day, time, zone = '+09:00'] = DATETIME.exec(text ?? '') ?? []
  if (!day || !time) return null
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  const result = `${day}T${time}${offset}`
  return Number.isNaN(Date.parse(result)) ? null : result
}

/** `YYYY-MM-DDThh:mm:ss+0900`; parts of a second are dropped. */
export const toWireDatetime = (ms: number): string => toJapaneseRfc3339(ms).replace('+09:00', '+0900')

type Wish = Pick<OrderRecipient['wish'], 'date' | 'timeFrom' | 'timeTo' | 'timeText'>

/**
 * Reads the delivery wish of an order: deliveryDate and shippingTerm; when empty, the buyer's comment under
 * `[配送日時指定:]`.
 */
export function wishOf(
  deliveryDate: string | null,
  shippingTerm: number | null,
  remarks: string | null,
): Wish {
  const written = writtenWish(remarks)
  const band = bandOf(shippingTerm) ?? bandOfText(written.time)
  return { date: deliveryDate || written.date, ...band }
}

type Band = Pick<Wish, 'timeFrom' | 'timeTo' | 'timeText'>

/** shippingTerm: 0 none, 1 午前, 2 午後, 9 other, else `h1h2`: 708 is 7–8 o'clock, 1416 is 14–16. */
function bandOf(term: number | null): Band | null {
  if (term === null || term === 0 || term === 9) return null
  if (term === 1) return { timeFrom: null, timeTo: '12:00', timeText: '午前中' }
  if (term === 2) return { timeFrom: '12:00', timeTo: null, timeText: '午後' }
  const from = Math.floor(term / 100)
  const to = term % 100
  if (term < 100 || from >= to || to > 24) return { timeFrom: null, timeTo: null, timeText: String(term) }
  return { timeFrom: clock(from), timeTo: clock(to), timeText: `${from}時～${to}時` }
}

function bandOfText(text: string | null): Band {
  const [, from, to] = /^(\d{1,2}:\d{2})\s*[-~～〜]\s*(\d{1,2}:\d{2})$/.exec(text ?? '') ?? []
  return { timeFrom: from?.padStart(5, '0') ?? null, timeTo: to?.padStart(5, '0') ?? null, timeText: text }
}

function writtenWish(remarks: string | null): { date: string | null; time: string | null } {
  const [, block = ''] = /^\s*\[配送日時指定:\][^\S\n]*\r?\n?((?:.+\r?\n?)*)/.exec(remarks ?? '') ?? []
  const lines = block
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const date = lines.map((line) => /^\d{4}-\d{2}-\d{2}/.exec(line)?.[0]).find((found) => found !== undefined)
  const time = lines.find((line) => /^(\d{1,2}:\d{2}\s*[-~～〜]|午前|午後)/.test(line))
  return { date: date ?? null, time: time ?? null }
}

const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`
