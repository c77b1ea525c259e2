import type { Clock } from '../../platform/clock.ts'
import { dateNow } from '../../platform/clock.ts'
import type { DbOrTx } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'

export interface AuditNote {
  tenantId: string | null
  /** `operator`, or `key:<api key id>`. */
  actor: string
  action:
    | 'tenant.created'
    | 'tenant.updated'
    | 'api_key.created'
    | 'api_key.revoked'
    | 'shop.created'
    | 'shop.updated'
    | 'shop.deleted'
    | 'shop.consent_begun'
    | 'shop.consent_ended'
    | 'mailbox.created'
    | 'mailbox.updated'
    | 'mailbox.deleted'
    | 'buyer.erased'
    | 'webhook.created'
    | 'webhook.updated'
    | 'webhook.deleted'
    | 'webhook.secret_rotated'
  /** Id of what was changed. */
  target: string
  /** Names and plain values; of secrets only that they were changed. */
  data: Record<string, string | number | boolean | null | string[]>
}

/** A tenant's client that changes something. */
export interface Caller {
  tenantId: string
  /** `key:<api key id>` */
  actor: string
}

export const noteOf = (
  caller: Caller,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'],
): AuditNote => ({ ...caller, action, target, data })

/** Writes one entry; inside the transaction of the change itself, so that there is never one without the other. */
export async function audit(
  db: DbOrTx,
  tools: { clock: Clock; newId: NewId },
  note: AuditNote,
): Promise<void> {
  await db.auditEntry.create({ data: { ...note, id: tools.newId(), at: dateNow(tools.clock) } })
}
