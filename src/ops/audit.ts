import { type AuditNote, audit, noteOf } from '../shops/tenants/audit.ts'
import { verifyAudit } from '../shops/tenants/audit-chain.ts'
import { type Ops, Usage } from './tools.ts'

/**
 * Actor of manual actions outside the service, which are audited too. The login of the machine is not used:
 * it proves nothing.
 */
export const OPS_ACTOR = 'ops'

export async function auditOps(
  ops: Ops,
  action: AuditNote['action'],
  target: string,
  data: AuditNote['data'] = {},
): Promise<void> {
  const { db } = await ops.database()
  await audit(db, ops, noteOf({ tenantId: null, actor: OPS_ACTOR }, action, target, data))
}

/** Verifies the audit chain. Exit code 1 when it does not hold, so that a script can check. */
export async function checkAudit(ops: Ops, args: readonly string[]): Promise<number> {
  const [noted, ...more] = args
  if (more.length > 0 || (noted !== undefined && !/^[0-9a-f]{64}$/.test(noted)))
    throw new Usage('a head is 64 hexadecimal digits, and nothing more is expected')
  const { pool } = await ops.database()
  const { ok, entries, unlinked, head, fault } = await verifyAudit({ pool }, noted)
  ops.print(`${entries} entries checked, ${unlinked} added meanwhile`)
  if (head !== null) ops.print(`head ${head}`)
  if (ok) {
    ops.print(
      'done: nothing was changed, removed or inserted; note the head elsewhere, and "audit verify <head>" proves that later too',
    )
    return 0
  }
  const at = [fault?.seq && `link ${fault.seq}`, fault?.entryId && `entry ${fault.entryId}`].filter(Boolean)
  ops.print(`changed since it was written: ${[...at, fault && KINDS[fault.kind]].join(', ')}`)
  return 1
}

const KINDS = {
  changed: 'its content was changed (changed)',
  missing: 'the entry was taken out (missing)',
  gap: 'links were taken out before it (gap)',
  cut: 'what came behind it was taken out (cut)',
  rewritten: 'the chain was made anew before it or from it on (rewritten)',
  put_in: 'it was put in later, with a time long past (put_in)',
  head: 'the head that was noted is not in the chain: it was made anew, or the head is older than twelve months (head)',
} as const
