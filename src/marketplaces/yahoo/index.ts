import { malformed, rejectedCall } from '../kit/http-failures.ts'
import { names } from '../kit/names.ts'
import { unknownCode, unknownsOf } from '../kit/unknown-fields.ts'
import { elementsAt, textAt } from '../kit/xml.ts'
import type { Lifetime, LifetimeFacts } from '../port/credentials.ts'
import type { Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { CredentialCheck } from '../port/session.ts'
import { yahooConsent } from './auth/consent.ts'
import {
  type YahooCredentials,
  yahooCredentialFields,
  yahooCredentials,
  yahooShopCode,
} from './auth/credentials.ts'
import { createAccess } from './auth/tokens.ts'
import { yahooChangeCalls, yahooChanges } from './changes/index.ts'
import { createYahooClient, type YahooClient } from './client.ts'
import { isKnownPayMethod, ORDER_STATUS } from './codes.ts'
import { YAHOO } from './facts.ts'
import { createForbiddenBackoff } from './failures.ts'
import { recogniseYahooMail, yahooMailRules } from './mail.ts'
import { fetchOrders } from './orders/fetch-orders.ts'
import { ALL_FIELDS, createRefusedFields, FIELD_GROUPS } from './orders/fields.ts'
import { createOrderLister, LIST_WINDOW_DAYS } from './orders/list-orders.ts'
import { settingsOf, YAHOO_WITH_SETTINGS } from './shop-settings.ts'

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
      ...{ fetchBatch: 1, ordersPerMinute: 60 * options.requestsPerSecond },
      ...{ listWindowDays: LIST_WINDOW_DAYS, historyDays: HISTORY_DAYS, freshBy: 'list' },
    },
    lifetimes: yahooLifetimes,
    consent: yahooConsent(options.authUrl),
    mailRules: yahooMailRules,
    recognise: recogniseYahooMail,
    ...YAHOO_UNKNOWNS,
    changes: yahooChanges,
    open(shop, tools) {
      const { shopCode, credentials } = shop
      const client = createYahooClient({
        apiUrl: apiUrlOf(options.apiUrl, shopCode),
        shop,
        tools,
        access: createAccess(options.authUrl, credentials, tools),
        requestsPerSecond: options.requestsPerSecond,
        forbidden,
      })
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
  if (answer.kind === 'refused') throw rejectedCall(YAHOO, answer.error, answer.status, answer.raw)
  const [count] = elementsAt(answer.document.content, 'Result', 'Count')
  if (!count) throw malformed(YAHOO, '注文件数', answer.raw)
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
  const consented = consentedAt === undefined ? Number.NaN : Date.parse(consentedAt)
  if (Number.isNaN(consented)) return []
  const consent = {
    what: '同意（リフレッシュトークン）',
    at: new Date(consented + CONSENT_MS),
    certain: true,
  }
  if (authorised) return [consent]
  return [
    { what: '注文APIの利用時間（公開鍵認証なし）', at: new Date(consented + SESSION_MS), certain: true },
    consent,
  ]
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** 同意から4週間: the refresh token's life, which use does not extend. */
const CONSENT_MS = 28 * DAY_MS
/** Session of the order API without a working public key. */
const SESSION_MS = 12 * HOUR_MS
/** ストア向け公開鍵: a year from its issue. */
const PUBLIC_KEY_MS = 365 * DAY_MS

const KEY_ACTION =
  'ストアクリエイターProの「設定 > 暗号鍵管理」で公開鍵を発行し、公開鍵とバージョンを店舗設定に登録してください。'
const CONSENT_ACTION =
  'ストアの注文管理権限を持つYahoo! JAPAN IDで同意し直してください（店舗設定の「同意」から行えます）。'

/** Lifetimes of Yahoo! ID連携 and ストア向け公開鍵認証 (開発者ネットワーク). */
export function yahooLifetimes(facts: LifetimeFacts<YahooCredentials>): Lifetime[] {
  const { publicKey } = facts.credentials
  const consented = consentOf(facts)
  return [
    ...(keyFails(facts) ? [session(consented)] : []),
    {
      key: 'consent',
      label: '同意（リフレッシュトークン）',
      startsAt: consented.at,
      endsAt: after(consented.at, CONSENT_MS),
      certain: consented.certain,
      action: CONSENT_ACTION,
    },
    ...(publicKey === undefined ? [] : [publicKeyLife(facts.setAt.publicKey ?? null)]),
  ]
}

interface ConsentTime {
  at: Date | null
  certain: boolean
}

/**
 * Returns the time of the consent. When none was entered, uses the time at which the token was pasted, which
 * is later: the real end can only be earlier.
 */
function consentOf({ credentials, setAt }: LifetimeFacts<YahooCredentials>): ConsentTime {
  const noted = credentials.consentedAt === undefined ? Number.NaN : Date.parse(credentials.consentedAt)
  if (!Number.isNaN(noted)) return { at: new Date(noted), certain: true }
  return { at: setAt.refreshToken ?? null, certain: false }
}

/**
 * True when the key check fails: without a key, or while Yahoo! reports (X-SWS-Authorize-Status) that it
 * rejects the key.
 */
function keyFails({ credentials, notices }: LifetimeFacts<YahooCredentials>): boolean {
  return credentials.publicKey === undefined || notices.some((code) => code.startsWith('YAHOO_KEY_'))
}

const session = (consented: ConsentTime): Lifetime => ({
  key: 'session',
  label: '注文APIの利用時間（公開鍵認証なし）',
  startsAt: consented.at,
  endsAt: after(consented.at, SESSION_MS),
  certain: consented.certain,
  action: `${KEY_ACTION}公開鍵認証が有効になるまで、12時間ごとに同意し直す必要があります。`,
  tellAtOnce: true,
})

/** Yahoo! does not tell when the key was issued; it was before it was pasted here. */
const publicKeyLife = (setAt: Date | null): Lifetime => ({
  key: 'publicKey',
  label: '公開鍵',
  startsAt: setAt,
  endsAt: after(setAt, PUBLIC_KEY_MS),
  certain: false,
  action: `${KEY_ACTION}正確な期限は暗号鍵管理に表示されます。`,
})

const after = (start: Date | null, ms: number): Date | null => start && new Date(start.getTime() + ms)
