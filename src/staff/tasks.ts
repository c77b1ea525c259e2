import { forgetOldAudit, linkAudit } from '../shops/tenants/audit-chain.ts'
import { forgetOldFailures } from '../shops/tenants/door-failures.ts'
import { forgetOldApplications } from './contracts/applications.ts'
import { deleteEndedTenants, type EndTools } from './contracts/tenant-end.ts'
import { forgetOldInvitations } from './invitations.ts'
import { forgetOldSessions } from './sessions.ts'

export const staffTasks = (tools: EndTools) => [
  { name: 'audit chain', run: async () => void (await linkAudit(tools)), firstMs: 20_000, everyMs: 15_000 },
  { name: 'staff retention', run: () => forgetOld(tools), firstMs: 90_000, everyMs: 60 * 60_000 },
]

/** Sessions, locks, applications, invitations, resets and audit entries whose time is over. */
async function forgetOld(tools: EndTools): Promise<void> {
  await forgetOldSessions(tools)
  await forgetOldFailures(tools)
  await forgetOldApplications(tools)
  await forgetOldInvitations(tools)
  await forgetOldResets(tools)
  while ((await forgetOldAudit(tools)) > 0);
  await deleteEndedTenants(tools)
}

const DAY_MS = 24 * 60 * 60_000

/** Not before the day is over in which they are counted. */
async function forgetOldResets({ db, clock }: Pick<EndTools, 'db' | 'clock'>): Promise<void> {
  await db.passwordReset.deleteMany({ where: { createdAt: { lt: new Date(clock.now() - DAY_MS) } } })
}
