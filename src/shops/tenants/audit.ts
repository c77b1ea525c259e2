import { type AuditAction, checkAction } from '../../http/audited.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { DbOrTx } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import { given } from '../../platform/narrow.ts'

export interface AuditNote {
  tenantId: string | null
  /** `operator`, `key:<api key id>`, `staff:<account id>`, or `ops`: somebody at the machine itself. */
  actor: string
  /** Address that it came from; left out where the service itself did it. */
  source?: string
  action: AuditAction
  /** Id of what was changed. */
  target: string
  /** Names and plain values; of secrets only that they were changed. */
  data: Record<string, string | number | boolean | null | string[]>
  /** Whose personal data was seen. */
  orderIds?: string[]
}

/** A tenant's client that changes something. */
export interface Caller {
  tenantId: string
  /** `key:<api key id>` or `staff:<account id>` */
  actor: string
  /** Address that the request came from. */
  source?: string
  /** Session in which a person asks: a way in for others is given only while it is there. */
  sessionId?: string
}

/** One of the operator's people, or the operator key. */
export type OperatorCaller = Omit<Caller, 'tenantId'>

/** @param by who and from where; a caller may carry more than that */
export const noteOf = (
  { tenantId, actor, source }: OperatorCaller & Pick<AuditNote, 'tenantId'>,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'] = {},
): AuditNote => ({ tenantId, actor, ...given({ source }), action, target, data })

/**
 * Writes one entry in the transaction of the change itself, so that neither exists alone.
 * @throws where the record of the operation at work does not name the action
 */
export async function audit(
  db: DbOrTx,
  tools: { clock: Clock; newId: NewId },
  note: AuditNote,
): Promise<void> {
  checkAction(note.action)
  await db.auditEntry.create({ data: { ...columnsOf(note), id: tools.newId(), at: dateNow(tools.clock) } })
}

/** A note is often made from a caller, who carries more than the audit keeps. */
const columnsOf = ({ tenantId, actor, source, action, target, data, orderIds }: AuditNote) => ({
  tenantId,
  actor,
  action,
  target,
  data,
  ...given({ source, orderIds }),
})

/** Several in one insert. */
export async function auditAll(
  db: DbOrTx,
  tools: { clock: Clock; newId: NewId },
  notes: readonly AuditNote[],
): Promise<void> {
  for (const { action } of notes) checkAction(action)
  const at = dateNow(tools.clock)
  await db.auditEntry.createMany({
    data: notes.map((note) => ({ ...columnsOf(note), id: tools.newId(), at })),
  })
}
