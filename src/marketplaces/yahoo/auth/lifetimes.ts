import type { Lifetime, LifetimeFacts } from '../../port/credentials.ts'
import type { YahooCredentials } from './credentials.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** 同意から4週間: the refresh token's life, which use does not extend. */
export const CONSENT_MS = 28 * DAY_MS
/** Session of the order API without a working public key. */
export const SESSION_MS = 12 * HOUR_MS
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
