import type { Lifetime, LifetimeFacts } from '../../port/credentials.ts'
import { type AmazonCredentials, timeOf } from './credentials.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Public applications must be authorised again each year (SP-API, Renew authorization). */
const CONSENT_DAYS = 365
/** LWA client secrets must be rotated (SP-API, Rotate your application client secret). */
const SECRET_DAYS = 180

export function amazonLifetimes({ credentials, setAt }: LifetimeFacts<AmazonCredentials>): Lifetime[] {
  const consented = dateOf(credentials.consentedAt)
  const issued = dateOf(credentials.secretIssuedAt)
  const secretSince = issued ?? setAt.clientSecret ?? null
  return [
    {
      key: 'consent',
      label: 'アプリの認可（リフレッシュトークン）',
      startsAt: consented,
      endsAt: after(consented, CONSENT_DAYS),
      // Only a public application's consent ends, and only its users note the date; a private one's does not
      // end.
      certain: consented !== null,
      action:
        'セラーセントラル ＞ アプリとサービス でアプリを認可し直してください（公開アプリのみ。店舗設定の「同意」から行えます）。',
    },
    {
      key: 'clientSecret',
      label: 'LWA クライアントシークレット',
      startsAt: secretSince,
      endsAt: after(secretSince, SECRET_DAYS),
      certain: issued !== null,
      action:
        'セラーセントラル ＞ アプリとサービス ＞ アプリの開発 の「LWA認証情報」でシークレットを更新し、店舗設定に登録してください。リフレッシュトークンはそのまま使えます。',
    },
  ]
}

function dateOf(text: string | undefined): Date | null {
  const time = timeOf(text)
  return time === null ? null : new Date(time)
}

const after = (start: Date | null, days: number): Date | null =>
  start && new Date(start.getTime() + days * DAY_MS)
