import { deleteOldAudit, linkAudit } from '../shops/tenants/audit-chain.ts'
import { LOCK_MS, WINDOW_MS } from '../shops/tenants/door-failures.ts'
import { deleteOldRequests } from '../shops/tenants/request-log.ts'
import { type DeleteTools, deleteEndedTenants } from './contracts/delete-tenant.ts'

export const staffTasks = (tools: DeleteTools) => [
  { name: 'audit chain', run: async () => void (await linkAudit(tools)), firstMs: 20_000, everyMs: 15_000 },
  { name: 'request log', run: () => deleteOldRequests(tools), firstMs: 120_000, everyMs: 60 * 60_000 },
  { name: 'staff retention', run: () => deleteOldRows(tools), firstMs: 90_000, everyMs: 60 * 60_000 },
]

const DAY_MS = 24 * 60 * 60_000
/** A refused application names a person who is no customer; an approved one lives on as a tenant. */
const APPLICATIONS_KEPT_MS = 90 * DAY_MS

/** Sessions, locks, applications, invitations, resets and audit entries whose time is over. */
export async function deleteOldRows(tools: DeleteTools): Promise<void> {
  const { db, clock } = tools
  const before = (ms: number) => ({ lt: new Date(clock.now() - ms) })
  await db.staffSession.deleteMany({ where: { expiresAt: before(0) } })
  await db.passkeyChallenge.deleteMany({ where: { expiresAt: before(0) } })
  await db.doorFailure.deleteMany({ where: { since: before(WINDOW_MS + LOCK_MS) } })
  await db.application.deleteMany({ where: { decidedAt: before(APPLICATIONS_KEPT_MS) } })
  // Those of no use any more hold the address of somebody, who may have no account or none by now.
  await db.staffInvitation.deleteMany({
    where: { OR: [{ acceptedAt: { not: null } }, { expiresAt: before(0) }] },
  })
  // Not before the day is over in which they are counted.
  await db.passwordReset.deleteMany({ where: { createdAt: before(DAY_MS) } })
  while ((await deleteOldAudit(tools)) > 0);
  await deleteEndedTenants(tools)
}
