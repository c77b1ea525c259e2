import { AsyncLocalStorage } from 'node:async_hooks'

/** Everything that may stand in the audit. */
export type AuditAction =
  | 'tenant.created'
  | 'tenant.updated'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'shop.created'
  | 'shop.updated'
  | 'shop.deleted'
  | 'shop.consent_begun'
  | 'shop.consent_ended'
  | 'shop.push_secret_set'
  | 'shop.rehearsal_begun'
  | 'shop.rehearsal_ended'
  | 'mailbox.created'
  | 'mailbox.updated'
  | 'mailbox.deleted'
  | 'mailbox.consent_begun'
  | 'mailbox.consent_ended'
  | 'mailbox.secret_rotated'
  | 'buyer.erased'
  | 'webhook.created'
  | 'webhook.updated'
  | 'webhook.deleted'
  | 'webhook.secret_rotated'
  | 'notice_channel.created'
  | 'notice_channel.updated'
  | 'notice_channel.deleted'
  | 'label_settings.updated'
  | 'items.imported'
  | 'shop.papers_updated'
  | 'order_file.received'
  | 'labels.exported'
  | 'orders.exported'
  | 'api_key.rotated'
  | 'staff.invited'
  | 'staff.invitation_withdrawn'
  | 'staff.joined'
  | 'staff.updated'
  | 'staff.deleted'
  | 'staff.password_changed'
  | 'staff.password_reset_asked'
  | 'staff.second_factor_set'
  | 'staff.second_factor_removed'
  | 'staff.recovery_codes_made'
  | 'staff.identity_bound'
  | 'staff.identity_removed'
  | 'staff.passkey_added'
  | 'staff.passkey_removed'
  | 'staff.unlocked'
  | 'keys.rotated'
  | 'backup.restored'
  | 'session.begun'
  | 'session.refused'
  | 'session.ended'
  | 'application.received'
  | 'application.approved'
  | 'application.refused'
  | 'tenant.ended'
  | 'tenant.deleted'
  | 'tenant.left'
  | 'tenant.kept'
  | 'tenant.moved'
  | 'tenant.arrived'
  | 'tenant.started'
  | 'tenant.dropped'
  | 'audit.exported'
  | 'order.viewed'
  | 'orders.listed'
  | 'orders.pulled'
  | 'desk.begun'
  | 'desk.history_begun'
  | 'desk.put_back'
  | 'desk.closed'
  | 'desk.reopened'
  | 'mails.viewed'
  | 'applications.viewed'
  | 'notifications.viewed'
  | 'blocked_buyers.viewed'
  | 'blocked_buyer.created'
  | 'blocked_buyer.deleted'
  | 'mark_rules.updated'
  | 'move_rules.updated'
  | 'assistant.called'

/** Whose personal data, or which mails and applications, an answer showed. */
export interface Seen {
  action: AuditAction
  /** Id of what was seen. */
  target: string
  data: Record<string, string> | Record<string, number>
  orderIds?: string[]
  /** Left out: the caller's. */
  tenantId?: string
}

const allowed = new AsyncLocalStorage<readonly AuditAction[]>()

/** Runs the handler of an operation, whose record names what it may write into the audit. */
export const auditing = <T>(actions: readonly AuditAction[], work: () => T): T => allowed.run(actions, work)

/**
 * Holds the audit to the records, from which docs/access.txt is made.
 * @throws within a request of an operation whose record does not name the action
 */
export function checkAction(action: AuditAction): void {
  const actions = allowed.getStore()
  if (actions?.includes(action) === false) throw new Error(`no record says that it writes ${action}`)
}
