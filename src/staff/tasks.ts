import { deleteOldAudit, linkAudit } from '../shops/tenants/audit-chain.ts'
import { deleteOldFailures } from '../shops/tenants/door-failures.ts'
import { deleteOldApplications } from './contracts/applications.ts'
import { deleteEndedTenants, type EndTools } from './contracts/tenant-end.ts'
import { deleteOldInvitations } from './invitations.ts'
import { deleteOldSessions } from './sessions.ts'

export const staffTasks = (tools: EndTools) => [
  { name: 'audit chain', run: async () => void (await linkAudit(tools)), firstMs: 20_000, everyMs: 15_000 },
  { name: 'staff retention', run: () => deleteOldRows(tools), firstMs: 90_000, everyMs: 60 * 60_000 },
]

/** Sessions, locks, applications, invitations, resets and audit entries whose time is over. */
async function deleteOldRows(tools: EndTools): Promise<void> {
  await deleteOldSessions(tools)
  await deleteOldFailures(tools)
  await deleteOldApplications(tools)
  await deleteOldInvitations(tools)
  await deleteOldResets(tools)
  while ((await deleteOldAudit(tools)) > 0);
  await deleteEndedTenants(tools)
}

const DAY_MS = 24 * 60 * 60_000

/** Not before the day is over in which they are counted. */
async function deleteOldResets({ db, clock }: Pick<EndTools, 'db' | 'clock'>): Promise<void> {
  await db.passwordReset.deleteMany({ where: { createdAt: { lt: new Date(clock.now() - DAY_MS) } } })
}
