import { daysAfter, notedAt } from '../kit/credentials.ts'
import { malformedList, rejectedCall } from '../kit/failures.ts'
import { unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import { names } from '../kit/wire.ts'
import { elementsAt, textAt } from '../kit/xml.ts'
import type { Lifetime, LifetimeFacts, Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { CredentialCheck } from '../port/session.ts'
import {
  createAccess,
  type YahooCredentials,
  yahooConsent,
  yahooCredentialFields,
  yahooCredentials,
  yahooShopCode,
} from './auth.ts'
import { yahooChangeCalls, yahooChanges } from './changes/index.ts'
import { createYahooClient, type YahooClient } from './client.ts'
import { isKnownPayMethod, ORDER_STATUS } from './codes.ts'
import { YAHOO } from './facts.ts'
import { createForbiddenBackoff } from './failures.ts'
import { recogniseYahooMail, yahooMailRules } from './mail.ts'
import { fetchOrders } from './orders/fetch-orders.ts'
import { createOrderLister, LIST_WINDOW_DAYS } from './orders/list-orders.ts'
import { settingsOf, YAHOO_WITH_SETTINGS } from './shop-settings.ts'
import { ALL_FIELDS, createRefusedFields, FIELD_GROUPS } from './wire.ts'

export type YahooOptions = OptionsOf<typeof YAHOO.settings>

/** Yahoo!ショッピング: ストアクリエイターPro's order API with YConnect v2. */
export function createYahoo(options: YahooOptions): Marketplace<YahooCredentials> {
  const forbidden = createForbiddenBackoff()
  const refusedFields = createRefusedFields()
  return {
    ...YAHOO_WITH_SETTINGS,
    shopCode: yahooShopCode,
    credentials: yahooCredentials,
    credentialFields: yahooCredentialFields,
    limits: {
      fetchBatch: 1,
      ordersPerMinute: 60 * options.requestsPerSecond,
      listWindowDays: LIST_WINDOW_DAYS,
      historyDays: HISTORY_DAYS,
      freshBy: 'list',
    },
    lifetimes: yahooLifetimes,
    consent: yahooConsent(options.authUrl),
    mailRules: yahooMailRules,
    recognise: recogniseYahooMail,
    ...YAHOO_UNKNOWNS,
    changes: yahooChanges,
    open(shop, tools) {
      const { shopCode, credentials } = shop
      const apiUrl = apiUrlOf(options.apiUrl, shopCode)
      const access = createAccess(options.authUrl, credentials, tools)
      const client = createYahooClient(apiUrl, shop, tools, access, options.requestsPerSecond, forbidden)
      return {
        changes: yahooChangeCalls(client, settingsOf(shop.settings)),
        fetchOrders: (numbers, signal, hints) =>
          fetchOrders(numbers, { shopCode, client, tools, refusedFields }, signal, hints),
        listOrders: createOrderLister(client, tools),
        checkCredentials: (signal) => checkCredentials(client, credentials, signal),
      }
    },
  }
}

/** Yahoo! states no limit; orders half a year old were shipped long ago. */
const HISTORY_DAYS = 180

const REAL_HOST = YAHOO.settings.apiUrl.byDefault
const TEST_HOST = 'https://test.circus.shopping.yahooapis.jp'

/** Yahoo!'s own test stores (`snbx-…`) live on another host with the same paths. */
function apiUrlOf(apiUrl: string, shopCode: string): string {
  return apiUrl === REAL_HOST && shopCode.startsWith('snbx-') ? TEST_HOST : apiUrl
}

export const yahoo = { ...YAHOO_WITH_SETTINGS, create: createYahoo }

const YAHOO_UNKNOWNS = unknownsOf({
  names: new Set([...ALL_FIELDS, ...Object.keys(FIELD_GROUPS)]),
  /** JSON or lists of Yahoo!'s own, which nothing here reads. */
  opaque: new Set<string>([
    ...names('CampaignGiftCards MallCouponData CouponData UseCouponData UseGiftCardData'),
    ...names('ItemOption SubCodeOption Inscription'),
  ]),
  codes: ({ mallStatus, payment }) => [
    ...unknownCode('OrderStatus', mallStatus.code, (code) => Object.hasOwn(ORDER_STATUS, code)),
    ...unknownCode('PayMethod', payment.code, isKnownPayMethod),
  ],
})

const COUNT_MAX_BYTES = 256 * 1024

/** One 注文ステータス別件数参照API (orderCount) call: cheap, harmless, and refused for all the reasons the others are. */
async function checkCredentials(
  client: YahooClient,
  credentials: YahooCredentials,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const answer = await client.call({ operation: 'orderCount', maxBytes: COUNT_MAX_BYTES }, signal)
  if (answer.kind === 'refused') throw rejectedCall(YAHOO, answer, 'shop')
  const [count] = elementsAt(answer.document.content, 'Result', 'Count')
  if (!count) throw malformedList(YAHOO, '注文件数', answer.raw)
  const messages = [
    `Yahoo!ショッピングの注文APIに接続できました（新規注文 ${textAt(count, 'NewOrder') || '0'}件、新規予約 ${textAt(count, 'NewReserve') || '0'}件）。`,
    keyMessage(credentials, client.key.authorised()),
  ]
  return { messages, expiries: expiries(credentials, client.key.authorised()) }
}

function keyMessage({ publicKey, publicKeyVersion }: YahooCredentials, authorised: boolean): string {
  if (authorised) return `公開鍵認証は有効です（バージョン ${publicKeyVersion ?? ''}）。`
  return publicKey
    ? '公開鍵認証が認められていません。公開鍵とバージョンを確認してください。このままでは同意から12時間で使えなくなります。'
    : '公開鍵が設定されていません。このままでは同意から12時間で使えなくなります。'
}

/** Certain only as the latest end: a changed password or a withdrawn consent ends both earlier. */
function expiries({ consentedAt }: YahooCredentials, authorised: boolean): CredentialCheck['expiries'] {
  const consented = notedAt(consentedAt)
  if (consented === null) return []
  const end = (what: string, days: number) => ({ what, at: daysAfter(consented, days), certain: true })
  return [...(authorised ? [] : [end(SESSION, SESSION_DAYS)]), end(CONSENT, CONSENT_DAYS)]
}

const CONSENT = '同意（リフレッシュトークン）'
const SESSION = '注文APIの利用時間（公開鍵認証なし）'
/** 同意から4週間: the refresh token's life, which use does not extend. */
const CONSENT_DAYS = 28
/** Session of the order API without a working public key: twelve hours. */
const SESSION_DAYS = 0.5
/** ストア向け公開鍵: a year from its issue. */
const PUBLIC_KEY_DAYS = 365

const KEY_ACTION =
  'ストアクリエイターProの「設定 > 暗号鍵管理」で公開鍵を発行し、公開鍵とバージョンを店舗設定に登録してください。'
const CONSENT_ACTION =
  'ストアの注文管理権限を持つYahoo! JAPAN IDで同意し直してください（店舗設定の「同意」から行えます）。'

/** Lifetimes of Yahoo! ID連携 and ストア向け公開鍵認証 (開発者ネットワーク). */
export function yahooLifetimes(facts: LifetimeFacts<YahooCredentials>): Lifetime[] {
  const { credentials, setAt } = facts
  const noted = notedAt(credentials.consentedAt)
  // Without a noted time, count from the pasting of the token, which is later: the real end can only be
  // earlier.
  const startsAt = noted ?? setAt.refreshToken ?? null
  const keyAt = setAt.publicKey ?? null
  const consent: Lifetime = {
    key: 'consent',
    label: CONSENT,
    startsAt,
    certain: noted !== null,
    action: CONSENT_ACTION,
    endsAt: startsAt && daysAfter(startsAt, CONSENT_DAYS),
  }
  const session: Lifetime = {
    key: 'session',
    label: SESSION,
    startsAt,
    certain: noted !== null,
    tellAtOnce: true,
    endsAt: startsAt && daysAfter(startsAt, SESSION_DAYS),
    action: `${KEY_ACTION}公開鍵認証が有効になるまで、12時間ごとに同意し直す必要があります。`,
  }
  // Yahoo! does not tell when the key was issued; it was before it was pasted here.
  const publicKey: Lifetime = {
    key: 'publicKey',
    label: '公開鍵',
    startsAt: keyAt,
    certain: false,
    endsAt: keyAt && daysAfter(keyAt, PUBLIC_KEY_DAYS),
    action: `${KEY_ACTION}正確な期限は暗号鍵管理に表示されます。`,
  }
  const hasKey = credentials.publicKey !== undefined
  return [...(keyFails(facts) ? [session] : []), consent, ...(hasKey ? [publicKey] : [])]
}

/**
 * True when the key check fails: without a key, or while Yahoo! reports (X-SWS-Authorize-Status) that it
 * rejects the key.
 */
const keyFails = ({ credentials, notices }: LifetimeFacts<YahooCredentials>): boolean =>
  credentials.publicKey === undefined || notices.some((code) => code.startsWith('YAHOO_KEY_'))
