import type { Marketplaces } from '../../marketplaces/index.ts'
import { isUnreadable } from '../../marketplaces/kit/mail-recogniser.ts'
import type { MailKind } from '../../marketplaces/port/mail-rules.ts'
import { noShopReason, shopsFor } from './shops.ts'
import type { MailboxShop, SeenMail } from './types.ts'

/** What is done about one mail. */
export interface MailDecision {
  state: 'recognised' | 'unreadable'
  reason: string | null
  requests: { shopId: string; orderNumber: string; purpose: 'import' | 'refresh' }[]
}

/**
 * What each kind of mail asks for. A mail of unknown kind may be a new order in a new layout. A shipping mail tells the
 * shop what it did itself, and a notice is about no order.
 */
const PURPOSE: Record<MailKind, 'import' | 'refresh' | null> = {
  new_order: 'import',
  unknown: 'import',
  cancelled: 'refresh',
  payment: 'refresh',
  changed: 'refresh',
  shipped: null,
  notice: null,
}

/** Pure. A number that no shop can own makes the mail one to be shown; its other numbers are asked for all the same. */
export function decideMail(mail: SeenMail, shops: readonly MailboxShop[], malls: Marketplaces): MailDecision {
  const { marketplace, kind, orderNumbers, reason } = mail.recognition
  if (isUnreadable(mail.recognition))
    return { state: 'unreadable', reason: reason ?? NOTHING_FOUND, requests: [] }
  const purpose = PURPOSE[kind]
  if (purpose === null) return { state: 'recognised', reason, requests: [] }
  const owned = orderNumbers.map((orderNumber) => ({
    orderNumber,
    owners: shopsFor(orderNumber, marketplace, shops, malls),
  }))
  const requests = owned.flatMap(({ orderNumber, owners }) =>
    owners.map((shop) => ({ shopId: shop.id, orderNumber, purpose })),
  )
  if (owned.every(({ owners }) => owners.length > 0)) return { state: 'recognised', reason, requests }
  return { state: 'unreadable', reason: noShopReason(marketplace, shops, malls), requests }
}

const NOTHING_FOUND = 'メールから注文番号を読み取れませんでした。モールの管理画面で注文を確認してください。'
