import type { SandboxEvent } from '../../kit/types.ts'
import type { MailContent } from '../../mails/mail-content.ts'

const SUBJECTS = {
  placed: 'ご注文がありました',
  cancelled: 'ご注文がキャンセルされました',
  paid: 'ご入金がありました',
  changed: 'ご注文が変更されました',
} as const

/** A cart's mail to its shop: each shop writes from its own domain. */
export function connectorContent({ type, order }: SandboxEvent): MailContent {
  const { shopCode, shopName, orderNumber, buyerName } = order
  return {
    fromName: shopName,
    from: `order@${shopCode}.example`,
    subject: `【${shopName}】${SUBJECTS[type]}`,
    text: `${shopName}です。\n${SUBJECTS[type]}。\n\n注文番号: ${orderNumber}\nお名前: ${buyerName} 様\n`,
    link: `https://${shopCode}.example/admin/orders/${orderNumber}`,
  }
}
