import { type AuditNote, audit } from '../shops/tenants/audit.ts'
import { verifyAudit } from '../shops/tenants/audit-chain.ts'
import { type Ops, Usage } from './tools.ts'

/** What is done by hand beside the service stands in the audit as well; the login of the machine is nothing that can be believed. */
export const OPS_ACTOR = 'ops'

export async function auditOps(
  ops: Ops,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'] = {},
): Promise<void> {
  const { db } = await ops.database()
  await audit(db, ops, { tenantId: null, actor: OPS_ACTOR, action, target, data })
}

/** Exit code 1 when the chain does not hold, so that a script can ask. */
export async function checkAudit(ops: Ops, args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new Usage('nothing more is expected')
  const { pool } = await ops.database()
  const { ok, entries, unlinked, head, fault } = await verifyAudit({ pool })
  ops.print(`${entries} entries checked, ${unlinked} that came meanwhile`)
  if (head !== null) ops.print(`head ${head}`)
  if (ok) {
    ops.print(
      'done: nothing was changed, taken out or put in; note the head elsewhere, and it proves that later too',
    )
    return 0
  }
  ops.print(`not as it was written: link ${fault?.seq}, entry ${fault?.entryId} (${fault?.kind})`)
  return 1
}
