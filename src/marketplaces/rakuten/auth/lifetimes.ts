import type { Lifetime, LifetimeFacts } from '../../port/credentials.ts'
import type { RakutenCredentials } from './credentials.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const JST_OFFSET_MS = 9 * 60 * 60 * 1000
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
      startsAt: said ? new Date(said.at.getTime() - KEY_DAYS * DAY_MS) : entered,
      endsAt: said?.at ?? (entered && endOfDay(entered.getTime() + KEY_DAYS * DAY_MS)),
      certain: said?.certain ?? false,
      action:
        'RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定 で新しいlicenseKeyを発行し、店舗設定に登録してください。発行すると古いキーはすぐに使えなくなります。',
    },
  ]
}

/** 23:59:59 in Japan of the day of `ms`. */
function endOfDay(ms: number): Date {
  const day = Math.floor((ms + JST_OFFSET_MS) / DAY_MS)
  return new Date((day + 1) * DAY_MS - JST_OFFSET_MS - 1000)
}
