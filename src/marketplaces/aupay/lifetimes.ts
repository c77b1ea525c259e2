import type { Lifetime, LifetimeFacts } from '../marketplace.ts'
import { type AupayCredentials, keyExpiry } from './credentials.ts'

const KEY_MS = 90 * 24 * 60 * 60 * 1000

/** Wow!manager alone knows the day; what stands here was read off its screen or follows from the 90 days. */
export function aupayLifetimes({ credentials, setAt }: LifetimeFacts<AupayCredentials>): Lifetime[] {
  const endsAt = keyExpiry(credentials, setAt.apiKey ?? null)
  return [
    {
      key: 'apiKey',
      label: 'APIキー',
      startsAt: endsAt && new Date(endsAt.getTime() - KEY_MS),
      endsAt,
      // Read off the mall's own screen by a person.
      certain: credentials.keyExpiresOn !== undefined,
      action:
        'Wow!manager ＞ 各種お申し込み ＞ API利用申請 でAPIキーを再発行し、新しいキーと有効期限を店舗設定に登録してください。',
    },
  ]
}
