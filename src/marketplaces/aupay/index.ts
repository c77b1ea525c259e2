import { japaneseDay } from '../../platform/japan-time.ts'
import { daysAfter } from '../kit/credentials.ts'
import { fieldNames, unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { Lifetime, LifetimeFacts, Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { CredentialCheck, MarketplaceTools } from '../port/session.ts'
import {
  type AupayCredentials,
  aupayCredentialFields,
  aupayCredentials,
  aupayShopCode,
  KEY_DAYS,
  keyExpiry,
} from './auth.ts'
import { aupayChangeCalls, aupayChanges } from './changes/index.ts'
import { type AupayClient, createAupayClient, searchPage } from './client.ts'
import { CARRIERS } from './codes.ts'
import { AUPAY, CONSOLE } from './facts.ts'
import { failureOfCheck } from './failures.ts'
import { aupayMailRules, recogniseAupayMail } from './mail.ts'
import { createSearchMemory, fetchOrders, LISTED_A_CALL, type SearchMemory } from './orders/fetch-orders.ts'
import { LIST_WINDOW_DAYS, listOrders } from './orders/list-orders.ts'
import { CANCELLED } from './orders/to-amounts.ts'
import { ordersIn } from './wire.ts'

export type AupayOptions = OptionsOf<typeof AUPAY.settings>

/** au PAY マーケット through the Wow! manager API (受注情報取得API). */
export function createAupay(options: AupayOptions): Marketplace<AupayCredentials> {
  const memories = new Map<string, Record<'believed' | 'doubtful', SearchMemory>>()
  return {
    ...AUPAY,
    shopCode: aupayShopCode,
    credentials: aupayCredentials,
    credentialFields: aupayCredentialFields,
    limits: {
      fetchBatch: 1,
      fetchAtOnce: FETCH_AT_ONCE,
      ordersPerMinute: 60 * LISTED_A_CALL * options.requestsPerSecond,
      freshBy: 'list',
      listWindowDays: LIST_WINDOW_DAYS,
      historyDays: HISTORY_DAYS,
    },
    lifetimes: aupayLifetimes,
    mailRules: aupayMailRules,
    recognise: recogniseAupayMail,
    ...AUPAY_UNKNOWNS,
    changes: aupayChanges,
    open(shop, tools) {
      const { shopId, shopCode, credentials } = shop
      const { requestsPerSecond: perSecond } = options
      const quota = { key: `aupay:shop:${shopCode}`, perSecond, burst: perSecond }
      const client = createAupayClient(options.apiUrl, shop, tools, quota)
      // Two memories: a search in vain for unverified senders' numbers must not leave a sale's to single
      // calls.
      const memory = memories.get(shopId) ?? {
        believed: createSearchMemory(),
        doubtful: createSearchMemory(),
      }
      memories.set(shopId, memory)
      return {
        changes: aupayChangeCalls(client),
        fetchOrders(numbers, signal, hints) {
          const searches = hints?.doubtful ? memory.doubtful : memory.believed
          return fetchOrders(numbers, { shopCode, client, tools, searches }, signal, hints)
        },
        listOrders: (window, page, signal) => listOrders(client, tools, window, page, signal),
        checkCredentials: (signal) => checkCredentials(client, credentials, tools, signal),
      }
    },
  }
}

/**
 * Count of numbers from which the list replaces single calls. It exceeds the orders on a turn's pages, so
 * that nearly all orders on them are wanted, and none must be fetched singly afterwards.
 */
const FETCH_AT_ONCE = 1_000
/** Days that orders stay readable: not public, but a year worked. */
const HISTORY_DAYS = 365

export const aupay = { ...AUPAY, create: createAupay }

const RENEW = `${CONSOLE} でAPIキーを再発行し、新しいキーと有効期限を店舗設定に登録してください。`
const NOTE_THE_DAY = `有効期限も発行日も登録されていないため、キーを登録した日から90日後を、最も遅い場合の期限としています。キーの発行が登録より前であれば、実際にはこれより早く使えなくなります。${CONSOLE} に表示される有効期限（わからない場合は発行日）を店舗設定に登録してください。`

/** Only Wow!manager knows the day; the value here was read off its screen or follows from the 90 days. */
export function aupayLifetimes({ credentials, setAt }: LifetimeFacts<AupayCredentials>): Lifetime[] {
  const endsAt = keyExpiry(credentials, setAt.apiKey ?? null)
  const dated = credentials.keyExpiresOn !== undefined || credentials.keyIssuedOn !== undefined
  return [
    {
      key: 'apiKey',
      label: 'APIキー',
      startsAt: endsAt && daysAfter(endsAt, -KEY_DAYS),
      endsAt,
      // Read off the mall's own screen by a person.
      certain: credentials.keyExpiresOn !== undefined,
      action: dated ? RENEW : `${NOTE_THE_DAY}期限が近い場合は、${RENEW}`,
      // Warnings that count from the latest day it can be may all come after the real one.
      ...(dated ? {} : { tellAtOnce: true }),
    },
  ]
}

const byRate = (fields: readonly string[]): string =>
  fields.flatMap((field) => ['NormalTax', 'ReducedTax', 'NoTax'].map((rate) => `${field}${rate}`)).join(' ')

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

/** Codes of an order and its lines. orderStatus is not among them: shops make statuses of their own. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  cancelStatus: ['N', 'C', 'Y'],
  shipStatus: ['N', 'Y'],
  paymentStatus: ['N', 'Y'],
  sellMethodSegment: ['1', '2'],
  itemCancelStatus: ['N', ...CANCELLED],
  shippingCarrier: Object.keys(CARRIERS.names),
}

const AUPAY_UNKNOWNS = unknownsOf({
  names: NAMES,
  codes: ({ mallStatuses, mallFields, items }) =>
    [mallStatuses, mallFields, ...items.map((item) => item.mallFields)].flatMap((fields) =>
      Object.entries(CODES).flatMap(([field, known]) =>
        unknownCode(field, fields[field], (code) => known.includes(code)),
      ),
    ),
})

/** Fetches one row of the last day's order list, as the import does, so that its rights are tested too. */
async function checkCredentials(
  client: AupayClient,
  credentials: AupayCredentials,
  { clock }: Pick<MarketplaceTools, 'clock'>,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const end = new Date(clock.now())
  const span = { start: daysAfter(end, -1), end }
  const request = { method: 'searchTradeInfoListProc', ...span, startCount: 1, rows: 1 } as const
  const { response } = await searchPage(client, request, signal).catch((error: unknown) => {
    throw error instanceof MarketplaceFailure ? failureOfCheck(error) : error
  })
  const recent = ordersIn(response).length > 0 ? 'あり' : 'なし'
  const expiry = keyExpiry(credentials)
  const certain = credentials.keyExpiresOn !== undefined
  return {
    messages: [
      `au PAY マーケットの受注APIに接続できました（直近24時間の注文:${recent}）。`,
      expiry ? expiryMessage(expiry, end.getTime()) : NO_DAY,
    ],
    expiries: expiry ? [{ what: 'APIキー', at: expiry, certain }] : [],
  }
}

function expiryMessage(end: Date, now: number): string {
  const day = japaneseDay(end.getTime())
  return end.getTime() < now
    ? `登録されたAPIキーの有効期限（${day}）は過ぎていますが、キーは使えています。Wow!managerで有効期限を確認し、登録し直してください。`
    : `APIキーは${day}に期限を迎えます（登録された日付による目安）。`
}

const NO_DAY = `APIキーの有効期限が登録されていません。${CONSOLE} に表示される日付を登録すると、期限が近づいたことを知らせます。`
