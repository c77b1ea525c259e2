import { japaneseDayStart } from '../../platform/japan-time.ts'
import { daysAfter } from '../kit/credentials.ts'
import { malformedList, rejected } from '../kit/failures.ts'
import { fieldNames, unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import { buildXml, elementsAt, parseXml, textAt, XmlError } from '../kit/xml.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type {
  Lifetime,
  LifetimeFacts,
  MallPush,
  Marketplace,
  OptionsOf,
  PushedOrder,
} from '../port/marketplace.ts'
import type {
  CredentialCheck,
  MarketplaceSession,
  MarketplaceTools,
  ShopContext,
  SubStatus,
} from '../port/session.ts'
import { purchaseApplications } from './applications.ts'
import { credentialFields, credentials, type RakutenCredentials, shopCode } from './auth.ts'
import { rakutenChangeCalls, rakutenChanges } from './changes/index.ts'
import { createClient, type RakutenClient } from './client.ts'
import { PAYMENTS, PROGRESS } from './codes.ts'
import { RAKUTEN, shopCodeOf } from './facts.ts'
import { refused } from './failures.ts'
import { rakutenMailRules, recogniseRakutenMail } from './mail.ts'
import { BATCH, createVersionChoice, fetchOrders, NEWEST_VERSION } from './orders/fetch-orders.ts'
import { foundIn, HISTORY_DAYS, listOrders, WINDOW_DAYS } from './orders/list-orders.ts'
import { toRfc3339, toWireDatetime, WireSubStatuses } from './wire.ts'

export type RakutenOptions = OptionsOf<typeof RAKUTEN.settings> & { getOrderVersion?: number }

/** 楽天市場 through 楽天ペイ受注API (RakutenPayOrderAPI 2.0). */
export function createRakuten(options: RakutenOptions): Marketplace<RakutenCredentials> {
  const versions = createVersionChoice(options.getOrderVersion ?? NEWEST_VERSION)

  function open(shop: ShopContext<RakutenCredentials>, tools: MarketplaceTools): MarketplaceSession {
    const { requestsPerSecond: perSecond } = options
    const quota = { key: `rakuten:shop:${shop.shopCode}`, perSecond, burst: perSecond }
    const client = createClient(options.apiUrl, shop, tools, quota)
    return {
      changes: rakutenChangeCalls(client, tools),
      fetchOrders: (numbers, signal, hints) =>
        fetchOrders({ client, versions, tools }, shop.shopCode, numbers, signal, hints),
      listOrders: (window, page, signal) => listOrders(client, tools, window, page, signal),
      subStatuses: (signal) => subStatuses(client, signal),
      purchaseApplications: (search, signal) => purchaseApplications(client, search, signal),
      checkCredentials: (signal) => checkCredentials(client, tools, shop.shopCode, signal),
    }
  }

  return {
    ...RAKUTEN,
    shopCode,
    credentials,
    credentialFields,
    limits: {
      fetchBatch: BATCH,
      ordersPerMinute: 60 * BATCH * options.requestsPerSecond,
      listWindowDays: WINDOW_DAYS,
      historyDays: HISTORY_DAYS,
      freshBy: 'reading',
    },
    lifetimes: rakutenLifetimes,
    mailRules: rakutenMailRules,
    recognise: recogniseRakutenMail,
    ...RAKUTEN_UNKNOWNS,
    push: rakutenPush,
    changes: rakutenChanges,
    open,
  }
}

export const rakuten = { ...RAKUTEN, create: createRakuten }

/** getSubStatusList: statuses that the shop defined in RMS, each for one 注文ステータス. */
async function subStatuses(client: RakutenClient, signal: AbortSignal): Promise<SubStatus[]> {
  const { frame, text } = await client.order('getSubStatusList', undefined, signal)
  const error = frame.MessageModelList.find(({ messageType }) => messageType === 'ERROR')
  if (error) throw refused(error.messageCode, error.message, text, 'shop')
  const parsed = WireSubStatuses.safeParse(frame)
  if (!parsed.success) throw malformedList(RAKUTEN, 'サブステータスの一覧', text)
  return parsed.data.StatusModelList.flatMap(({ orderProgress, SubStatusModelList }) =>
    (SubStatusModelList ?? [])
      .toSorted((a, b) => (a.orderby ?? 0) - (b.orderby ?? 0))
      .map(({ subStatusId, subStatusName }) => ({
        code: String(subStatusId),
        label: subStatusName ?? '',
        mallStatus: { code: String(orderProgress), name: PROGRESS[orderProgress]?.name ?? null },
      })),
  )
}

const KEY_DAYS = 90

/** Key's name in the result of checkCredentials. */
const LICENCE_KEY = 'licenseKey'

/**
 * Uses the licence API's date where it answered; else 23:59:59 of the 90th day after the key was pasted here,
 * the latest possible end.
 */
export function rakutenLifetimes({ setAt, check }: LifetimeFacts<RakutenCredentials>): Lifetime[] {
  const said = check?.expiries.find((expiry) => expiry.what === LICENCE_KEY)
  const entered = setAt.licenseKey ?? null
  return [
    {
      key: LICENCE_KEY,
      label: 'licenseKey',
      startsAt: said ? daysAfter(said.at, -KEY_DAYS) : entered,
      endsAt: said?.at ?? (entered && new Date(japaneseDayStart(entered.getTime(), -KEY_DAYS - 1) - 1000)),
      certain: said?.certain ?? false,
      action:
        'RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定 で新しいlicenseKeyを発行し、店舗設定に登録してください。発行すると古いキーはすぐに使えなくなります。',
    },
  ]
}

// システムイベント通知: RMS posts new orders to a URL that the developing company applied for. Only what says which
// order it is is read; the order itself comes from the API, as with a mail.

const MOST_ORDERS = 100

function readPushed(text: string): { key: string; orders: PushedOrder[] } | null {
  try {
    const { name, content } = parseXml(text)
    const key = textAt(content, 'authModel', 'authKey')
    if (name !== 'orderNotifyModel' || !key) return null
    const orders = elementsAt(content, 'orderInfoNotifyModel').slice(0, MOST_ORDERS)
    const read = orders.map((order) => ({
      orderNumber: textAt(order, 'orderNumber') ?? '',
      id: textAt(order, 'seqId') ?? '',
    }))
    // Skips a malformed number; the others count.
    return { key, orders: read.filter(({ orderNumber }) => shopCodeOf(orderNumber) !== null) }
  } catch (error) {
    if (error instanceof XmlError) return null
    throw error
  }
}

const rakutenPush: MallPush = {
  xml: {
    read: readPushed,
    answers: { taken: answer('N-000-000'), unreadable: answer('E-400-100'), refused: answer('E-400-101') },
  },
}

function answer(resultCode: string) {
  return { type: 'text/xml; charset=utf-8', body: buildXml('responseModel', { resultCode }) }
}

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

const RAKUTEN_UNKNOWNS = unknownsOf({
  names: RAKUTEN_ORDER_NAMES,
  codes: ({ mallStatus, payment }) => [
    ...unknownCode('orderProgress', mallStatus.code, has(PROGRESS)),
    ...unknownCode('settlementMethodCode', payment.code, has(PAYMENTS)),
  ],
})

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

/** Searches one order of the last week, compares its shop id, then fetches the end of the licence key. */
async function checkCredentials(
  client: RakutenClient,
  tools: MarketplaceTools,
  shopCode: string,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const now = tools.clock.now()
  const search = {
    dateType: 1,
    startDatetime: toWireDatetime(now - WEEK_MS),
    endDatetime: toWireDatetime(now),
    PaginationRequestModel: { requestRecordsAmount: 1, requestPage: 1 },
  }
  const found = foundIn(await client.order('searchOrder', search, signal), 1)
  const owner = shopCodeOf(String(found.entries[0] ?? ''))
  if (owner !== null && owner !== shopCode) throw otherShop(owner)
  const messages = [`楽天の受注APIに接続できました。直近7日間の注文は${found.total}件です。`]
  if (owner === null) messages.push('直近7日間に注文がないため、店舗IDの一致は確認できませんでした。')
  const expiry = await keyExpiry(client, signal)
  if (expiry instanceof Date) {
    messages.push(`licenseKeyの有効期限は ${toWireDatetime(expiry.getTime()).slice(0, 10)} です。`)
    return { messages, expiries: [{ what: 'licenseKey', at: expiry, certain: true }] }
  }
  return { messages: [...messages, expiry], expiries: [] }
}

/** The order API works with this key, so a failing expiry call is reported, not thrown. */
async function keyExpiry(client: RakutenClient, signal: AbortSignal): Promise<Date | string> {
  try {
    const text = await client.keyExpiry(signal)
    const expiry = toRfc3339(text)
    return expiry === null ? 'licenseKeyの有効期限を読み取れませんでした。' : new Date(expiry)
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return error.kind === 'unauthorised'
      ? 'licenseKeyの有効期限を確認できません。RMSの利用設定で「license.expiryDate.get」を利用中にすると確認できます。'
      : 'licenseKeyの有効期限を確認できませんでした。時間をおいて再度お試しください。'
  }
}

const otherShop = (owner: string) =>
  rejected(
    'RAKUTEN_OTHER_SHOP',
    `このキーは別の店舗（店舗ID ${owner}）のものです。店舗IDまたはキーを確認してください。`,
  )()
