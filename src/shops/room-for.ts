import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'

/** Limits on what a tenant may register, by settings. */
export interface PerTenant {
  shops: number
  mailboxes: number
  webhooks: number
}

export const MOST_PER_TENANT: PerTenant = { shops: 200, mailboxes: 200, webhooks: 10 }

const WORDS = {
  shop: ['店舗', 'SHOPS_PER_TENANT'],
  mailbox: ['受信箱', 'MAILBOXES_PER_TENANT'],
  webhook: ['Webhook ', 'WEBHOOKS_PER_TENANT'],
} as const

/** Two requests at once count one after the other. @throws AppError CONFLICT */
export async function needRoom(
  tx: Tx,
  tenantId: string,
  what: keyof typeof WORDS,
  most: number,
): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${what}:${tenantId}`}, 0))`
  const where = { tenantId }
  const counts = {
    shop: () => tx.shop.count({ where }),
    mailbox: () => tx.mailbox.count({ where }),
    webhook: () => tx.webhook.count({ where }),
  }
  const there = await counts[what]()
  if (there < most) return
  const [word, setting] = WORDS[what]
  throw new AppError(
    'CONFLICT',
    `${word}は ${most} 件まで登録できます。使わないものを削除するか、運営者に上限（${setting}）の変更を依頼してください。`,
    { details: { reason: 'too_many', most } },
  )
}
