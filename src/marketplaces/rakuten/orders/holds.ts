import type { NormalisedOrder, OrderHold, OrderRecipient } from '../../port/order.ts'
import { PROGRESS } from '../codes.ts'
import { isPrepaid } from './to-payment.ts'
import type { WireOrder } from './wire-order.ts'

/** Why an order must not ship yet. None once it is shipped or cancelled: then there is nothing left to hold. */
export function holdsOf(
  order: WireOrder,
  recipients: readonly OrderRecipient[],
  pending: readonly string[],
): OrderHold[] {
  const progress = PROGRESS[order.orderProgress]
  if (progress && progress.state !== 'open') return []
  return [
    ...(order.rakutenConfirmFlag
      ? [hold('fraud_check', '楽天確認中です。確認が終わるまで出荷しないでください。')]
      : []),
    ...progressHold(order),
    ...(recipients.some((recipient) => recipient.addressPending) ? [addressHold(order)] : []),
    ...(pending.length > 0 ? [hold('amount_pending', '未確定の金額があります。')] : []),
  ]
}

const RESERVATION = 6

function progressHold(order: WireOrder): OrderHold[] {
  switch (order.orderProgress) {
    case 100:
    case 200: {
      if (!isPrepaid(order)) return [hold('mall_processing', `${PROGRESS[order.orderProgress]?.name}です。`)]
      const due = order.DueDateModelList.find((entry) => entry.dueDateType === 0)?.dueDate
      return [hold('unpaid', '前払いの入金待ちです。', due ? `${due}T23:59:59+09:00` : null)]
    }
    case 300:
      return []
    case 400:
      return [hold('change_pending', '変更確定待ちです。')]
    default:
      return [
        hold('mall_processing', `未知のステータス（${order.orderProgress}）です。RMSで確認してください。`),
      ]
  }
}

function addressHold(order: WireOrder): OrderHold {
  const due = order.PackageModelList.map((basket) => basket.SocialGiftModel?.inputDueDate).find(Boolean)
  const until = due ? `${due}T23:59:59+09:00` : null
  return hold('address_pending', 'ソーシャルギフトの受取情報の入力待ちです。', until)
}

const hold = (kind: OrderHold['kind'], note: string, until: string | null = null): OrderHold => ({
  kind,
  until,
  note,
})

/** Marks for lists. */
export function flagsOf(
  order: WireOrder,
  gift: NormalisedOrder['gift'],
  to: readonly OrderRecipient[],
): string[] {
  const marks: Record<string, boolean> = {
    cancelled_at_mall: PROGRESS[order.orderProgress]?.state === 'cancelled',
    cancel_pending: order.orderProgress === 800,
    changed_at_mall: order.modifyFlag,
    unknown_status: PROGRESS[order.orderProgress] === undefined,
    caution: order.cautionDisplayType === 1,
    caution_cancelled: order.cautionDisplayType === 2,
    drug: order.drugFlag,
    gift: gift.requested || to.some((recipient) => recipient.gift.requested),
    social_gift: order.socialGiftFlag,
    multi_recipient: order.severalSenderFlag || to.length > 1,
    remote_area: order.isolatedIslandFlag || to.some((recipient) => recipient.remoteArea),
    express: order.asurakuFlag || order.deliveryCertPrgFlag,
    deal: order.dealFlag,
    // A reservation has an order number only once it is 確定: it needs no hold, and staff see its type.
    reservation: order.orderType === RESERVATION,
  }
  return Object.keys(marks).filter((mark) => marks[mark])
}
