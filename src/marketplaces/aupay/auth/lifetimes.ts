import type { Lifetime, LifetimeFacts } from '../../port/credentials.ts'
import { type AupayCredentials, keyExpiry } from './credentials.ts'

const KEY_MS = 90 * 24 * 60 * 60 * 1000

const CONSOLE = 'Wow!manager ＞ 各種お申し込み ＞ API利用申請'
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
      startsAt: endsAt && new Date(endsAt.getTime() - KEY_MS),
      endsAt,
      // Read off the mall's own screen by a person.
      certain: credentials.keyExpiresOn !== undefined,
      action: dated ? RENEW : `${NOTE_THE_DAY}期限が近い場合は、${RENEW}`,
      // Warnings that count from the latest day it can be may all come after the real one.
      ...(dated ? {} : { tellAtOnce: true }),
    },
  ]
}
