import { MarketplaceFailure } from '../../port/failures.ts'
import type { AmazonAnswer } from '../client.ts'
import { clockWords } from '../failures.ts'

type Refused = Extract<AmazonAnswer, { kind: 'refused' }>

/** What a refused confirmShipment means. Codes are few and general, so its words decide. */
export function refusedShipment({ status, facts, clockOffMs = 0 }: Refused): MarketplaceFailure {
  const words = facts.mallMessage ?? ''
  const meaning =
    BY_STATUS[status] ?? BY_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? general(status)
  const clock = meaning.code === 'AMAZON_SHIP_DATE_REFUSED' ? clockWords(clockOffMs) : ''
  return new MarketplaceFailure({ ...facts, kind: 'rejected', ...meaning, message: meaning.message + clock })
}

interface Meaning {
  code: string
  message: string
}

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  403: {
    code: 'AMAZON_SHIP_FORBIDDEN',
    message:
      'Amazonがこの注文の出荷通知を許可しません。アプリのロール（Inventory and Order Tracking、Direct-to-Consumer Shipping）と注文番号を確認してください。',
  },
  404: {
    code: 'AMAZON_ORDER_UNKNOWN',
    message: 'Amazonにこの注文がありません。セラーセントラルで注文番号を確認してください。',
  },
}

const BY_WORDS: readonly [words: RegExp, meaning: Meaning][] = [
  [
    /NonexistentOrderItem|Failed to find order item/i,
    {
      code: 'AMAZON_ORDER_CANCELLED',
      message:
        'Amazonで注文または商品がキャンセルされているため、出荷通知できませんでした。発送を止め、セラーセントラルで注文を確認してください。',
    },
  ],
  [
    /InvalidPackageVersion|maximum number of allowed updates/i,
    {
      code: 'AMAZON_TOO_MANY_EDITS',
      message:
        'この個口の出荷通知はAmazonが認める回数まで訂正されているため、これ以上変更できません。セラーセントラルで確認してください。',
    },
  ],
  [
    /PackageToUpdateNotFound|already fulfilled/i,
    {
      code: 'AMAZON_ALREADY_FULFILLED',
      message:
        'Amazonではすでに別の出荷通知で出荷済みか、未出荷の数量が足りません。セラーセントラルで出荷済みの個口を確認してください。',
    },
  ],
  [
    /ShipDate/i,
    {
      code: 'AMAZON_SHIP_DATE_REFUSED',
      message: 'Amazonが出荷日を受け付けませんでした。注文日以降、今日までの日付に直してください。',
    },
  ],
  [
    /Carrier/i,
    {
      code: 'AMAZON_CARRIER_REFUSED',
      message: 'Amazonが配送会社を受け付けませんでした。配送会社と配送会社名を確認してください。',
    },
  ],
  [
    /PackageReferenceId|invalid type \[/i,
    {
      code: 'AMAZON_FORMAT_REFUSED',
      message: 'Amazonが出荷通知の形式を受け付けませんでした。運営者へ連絡してください。',
    },
  ],
]

const general = (status: number): Meaning => ({
  code: 'AMAZON_SHIP_REFUSED',
  message: `Amazonが出荷通知を受け付けませんでした（HTTP ${status}）。セラーセントラルで注文の状態を確認してください。`,
})

/** Not sent: Amazon refuses it, and tomorrow it may be right. */
export const shipDateInFuture = (shipDate: string): MarketplaceFailure =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'SHIP_DATE_IN_FUTURE',
    message: `出荷日がまだ来ていないため、Amazonに出荷通知を送信していません（${shipDate}）。その日になってから再実行するか、日付を直してください。`,
  })
