import type { Pool } from 'pg'
import type { TenantDeletion } from '../../generated/prisma/client.ts'
import { iso } from '../../http/schemas.ts'
import { dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { audit, noteOf } from '../../shops/tenants/audit.ts'
import type { StaffTools } from '../accounts.ts'
import { stored } from '../secrets.ts'
import { countRows, DELETE_EVENTS, deleteRows, LIST_TENANT_TABLES } from '../statements.ts'

/** Deletes the tenants whose contract is over, with a proof of what went. */

export type DeleteTools = Pick<StaffTools, 'db' | 'clock' | 'log' | 'newId' | 'sealer'> & {
  pool: Pool
  /** Its keys, sessions and mailboxes are to be looked at anew. */
  onTenantChanged: (tenantId: string) => Promise<void> | void
}

/** Kept on purpose: who saw and did what, for twelve months, where the tenant moved, and the proof itself. */
const KEPT = ['audit_entries', 'tenant_deletions', 'tenant_moves', 'tenants']
const BATCH = 1_000

/** After the last moment at which it could be taken back, by any process's clock. */
const BREATH_MS = 5 * 60_000

/**
 * Deletes what is due; how many tenants. A run that breaks off goes on with the next: what is gone is counted
 * by what is left. One that cannot be deleted keeps no other.
 */
export async function deleteEndedTenants(tools: DeleteTools): Promise<number> {
  const due = await tools.db.tenant.findMany({
    where: { status: 'suspended', deleteAt: { lte: new Date(tools.clock.now() - BREATH_MS) } },
    select: { id: true, deleteAt: true },
  })
  let deleted = 0
  for (const { id, deleteAt } of due) {
    try {
      await deleteTenant(tools, id, deleteAt ?? dateNow(tools.clock))
      deleted += 1
    } catch (err) {
      tools.log.error(
        { err, tenantId: id },
        'an ended tenant could not be deleted; tried again with the next run',
      )
    }
  }
  return deleted
}

async function deleteTenant(tools: DeleteTools, tenantId: string, endedAt: Date): Promise<void> {
  const { db, clock, sealer } = tools
  const counts = await deleteRowsOf((work) => work(tools.pool), tenantId)
  const facts = { tenantId, endedAt, deletedAt: dateNow(clock), counts }
  await db.$transaction(async (tx) => {
    await tx.tenant.deleteMany({ where: { id: tenantId } })
    await tx.tenantDeletion.create({
      data: { ...facts, signature: stored(deletionSignatures(sealer, facts)) },
    })
    await audit(tx, tools, noteOf({ tenantId, actor: 'service' }, 'tenant.deleted', tenantId, counts))
  })
  await tools.onTenantChanged(tenantId)
}

/** Gives the queries to a step of it: those of a pool, or of a transaction each. */
type Step = <T>(work: (queries: Queries) => Promise<T>) => Promise<T>

/** All but the tenant itself and what is kept of it. @returns how many rows by table */
export async function deleteRowsOf(step: Step, tenantId: string): Promise<Record<string, number>> {
  const { rows: tables } = await step((queries) =>
    queries.query<{ name: string; hasId: boolean }>(LIST_TENANT_TABLES, [KEPT]),
  )
  // Counted first: deleting one table takes rows of others along.
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await step((queries) => queries.query<{ count: string }>(countRows(name), [tenantId]))
    counts[name] = Number(rows[0]?.count ?? 0)
  }
  for (const { name, hasId } of tables) {
    if (name === 'events') await deleteEvents(step, tenantId)
    else {
      const text = deleteRows(name, hasId ? 'id' : 'ctid')
      const some = () => step((queries) => queries.query(text, [tenantId, BATCH]))
      while (((await some()).rowCount ?? 0) > 0);
    }
  }
  return counts
}

/** Rows of all tenants in one statement: no index finds those of one. */
const EVENTS = 20_000

async function deleteEvents(step: Step, tenantId: string): Promise<void> {
  let from = { afterXid: '-1', after: '-1' }
  for (;;) {
    const some = DELETE_EVENTS({ tenant: tenantId, limit: EVENTS, ...from })
    const { rows } = await step((queries) => queries.query<{ xid: string; id: string }>(some))
    if (!rows[0]) return
    from = { afterXid: rows[0].xid, after: rows[0].id }
  }
}

/** Signs with each key, the first in front; `ops keys rotate` signs anew what one of them signed. */
export function deletionSignatures(
  sealer: Pick<Sealer, 'fingerprints'>,
  {
    tenantId,
    endedAt,
    deletedAt,
    counts,
  }: Pick<TenantDeletion, 'tenantId' | 'endedAt' | 'deletedAt' | 'counts'>,
): Uint8Array<ArrayBuffer>[] {
  const sorted = Object.entries(counts as Record<string, number>).sort(([a], [b]) => (a < b ? -1 : 1))
  const facts = JSON.stringify([tenantId, iso(endedAt), iso(deletedAt), sorted])
  return [...sealer.fingerprints('tenant-deletion', facts)]
}
