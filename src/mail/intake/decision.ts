import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { MailKind } from '../../marketplaces/port/mail-rules.ts'
import { noShopReason, shopsFor } from './shops.ts'
import type { MailboxShop, SeenMail } from './types.ts'

/** Outcome of one mail. */
export interface MailDecision {
  state: 'recognised' | 'unreadable'
  reason: string | null
  /** `further`: true for all requests of the mail but its first. */
  requests: { shopId: string; orderNumber: string; purpose: 'import' | 'refresh'; further?: true }[]
  /** True when the mall's list must be read soon, because not every number in the mail is requested. */
  compare: boolean
}

/**
 * Purpose of the requests that each kind of mail causes. A mail of unknown kind is shown to staff, and the
 * mall's list tells whether there is a new order. A shipping mail reports the shop's own action, and a notice
 * concerns no order.
 */
const PURPOSE: Record<MailKind, 'import' | 'refresh' | null> = {
  new_order: 'import',
  unknown: null,
  cancelled: 'refresh',
  payment: 'refresh',
  changed: 'refresh',
  shipped: null,
  notice: null,
}

/** Most numbers requested from one mail of a trusted sender; a digest names several. */
export const MOST_OF_BELIEVED = 20

/**
 * Pure. A number that no shop can own makes the mail one to show to staff; its other numbers are still
 * requested.
 */
export function decideMail(
  mail: SeenMail,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
): MailDecision {
  const { marketplace, kind, orderNumbers, reason } = mail.recognition
  if (isUnreadable(mail.recognition))
    return { state: 'unreadable', reason: reason ?? NOTHING_FOUND, requests: [], compare: true }
  const purpose = PURPOSE[kind]
  if (purpose === null) return { state: 'recognised', reason, requests: [], compare: false }
  const most =
    mail.trust === 'unknown' ? (malls.get(marketplace)?.mailRules?.ordersPerMail ?? 1) : MOST_OF_BELIEVED
  const compare = mail.recognition.cut === true || orderNumbers.length > most
  const owned = orderNumbers.slice(0, most).map((orderNumber) => ({
    orderNumber,
    owners: shopsFor(orderNumber, marketplace, shops, malls),
  }))
  const requests = owned.flatMap(({ orderNumber, owners }, index) =>
    owners.map((shop) => ({
      shopId: shop.id,
      orderNumber,
      purpose,
      ...(index > 0 ? { further: true as const } : {}),
    })),
  )
  if (!owned.every(({ owners }) => owners.length > 0))
    return { state: 'unreadable', reason: noShopReason(marketplace, shops, malls), requests, compare: true }
  return { state: 'recognised', reason: compare ? tooMany(most) : reason, requests, compare }
}

const tooMany = (most: number): string =>
  `注文番号が多いため、先頭の${most}件だけを番号で取り込みます。残りはモールの注文一覧との照合で取り込まれます。`

const NOTHING_FOUND = 'メールから注文番号を読み取れませんでした。モールの管理画面で注文を確認してください。'
