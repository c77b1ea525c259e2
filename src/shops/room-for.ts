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
  shop: ['店舗', 'mostShops'],
  mailbox: ['受信箱', 'mostMailboxes'],
  webhook: ['Webhook ', 'mostWebhooks'],
} as const

const LIMITS = { mostShops: true, mostMailboxes: true, mostWebhooks: true } as const

/**
 * Two requests at once count one after the other.
 * @param ofInstallation the limit of a tenant whose plan has none of its own
 * @throws AppError CONFLICT
 */
export async function needRoom(
  tx: Tx,
  tenantId: string,
  what: keyof typeof WORDS,
  ofInstallation: number,
): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${what}:${tenantId}`}, 0))`
  const where = { tenantId }
  const counts = {
    shop: () => tx.shop.count({ where }),
    mailbox: () => tx.mailbox.count({ where }),
    webhook: () => tx.webhook.count({ where }),
  }
  const [word, column] = WORDS[what]
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: LIMITS })
  const most = tenant?.[column] ?? ofInstallation
  if ((await counts[what]()) < most) return
  throw new AppError(
    'CONFLICT',
    `${word}は ${most} 件まで登録できます。使わないものを削除するか、運営者に契約の上限の変更を依頼してください。`,
    { details: { reason: 'too_many', most } },
  )
}
