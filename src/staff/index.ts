import type { Pool } from 'pg'
import type { Routes } from '../http/app-types.ts'
import type { OpenSession, WrongKey } from '../http/auth.ts'
import { forgetOldAudit, linkAudit } from '../shops/tenants/audit-chain.ts'
import { createDoorFailures, forgetOldFailures, networkOf } from '../shops/tenants/door-failures.ts'
import type { StaffTools } from './accounts.ts'
import { applicationRoutes, operatorApplicationRoutes } from './application-routes.ts'
import { forgetOldApplications } from './applications.ts'
import { type FirstTools, firstRoutes } from './first-routes.ts'
import { createIdentityProvider, type OidcSettings } from './identity-provider.ts'
import { forgetOldInvitations } from './invitations.ts'
import { oidcRoutes } from './oidc-routes.ts'
import { forgetOldResets, passwordResetRoutes } from './password-resets.ts'
import { sessionRoutes } from './session-routes.ts'
import { createOpenSession, forgetOldSessions } from './sessions.ts'
import { invitationRoutes, operatorStaffRoutes, staffRoutes } from './staff-routes.ts'
import { deleteEndedTenants, type EndTools } from './tenant-end.ts'
import { tenantEndRoutes } from './tenant-end-routes.ts'

export interface StaffArea {
  openSession: OpenSession
  wrongKey: WrongKey
  clientRoutes: Routes[]
  operatorRoutes: Routes[]
  /** Full paths, for whoever is not signed in yet. */
  publicRoutes: Routes[]
  /** Run now and then, in the role `worker`. */
  tasks: { name: string; run: () => Promise<void>; firstMs: number; everyMs: number }[]
}

type StaffAreaTools = StaffTools &
  Pick<FirstTools, 'operatorKey' | 'demoTenant'> & {
    pool: Pool
    onTenantChanged: EndTools['onTenantChanged']
    /** Null, and without a public address: nobody signs in by an identity provider. */
    oidc: OidcSettings | null
  }

/** Enough for any typing mistake, and as much as an attacker gets. */
const MOST_BY_KEY = 20

/** People: their accounts, how they sign in, and what they may do. */
export function staffArea(tools: StaffAreaTools): StaffArea {
  const failures = createDoorFailures(tools)
  const openSession = createOpenSession(tools)
  const all = { ...tools, failures, openSession }
  const { oidc: settings, publicUrl } = tools
  const oidc =
    settings === null || publicUrl === null
      ? null
      : {
          label: settings.label,
          provider: createIdentityProvider(settings, `${publicUrl}/v1/session/oidc/callback`),
        }
  return {
    openSession,
    // The key's beginning tells which one was tried; all of it is never kept.
    wrongKey: (key, address) =>
      failures.note([{ name: `key:${key.slice(0, 12)}:${networkOf(address)}`, most: MOST_BY_KEY }]),
    clientRoutes: [staffRoutes(all)],
    operatorRoutes: [operatorStaffRoutes(all), operatorApplicationRoutes(all), tenantEndRoutes(all)],
    publicRoutes: [
      ...[sessionRoutes, firstRoutes, invitationRoutes, passwordResetRoutes].map((routes) => routes(all)),
      applicationRoutes(all),
      oidcRoutes({ ...all, oidc }),
    ],
    tasks: [
      {
        name: 'audit chain',
        run: async () => void (await linkAudit(tools)),
        firstMs: 20_000,
        everyMs: 15_000,
      },
      { name: 'staff retention', run: () => forgetOld(tools), firstMs: 90_000, everyMs: 60 * 60_000 },
    ],
  }
}

/** Sessions, locks, applications, invitations, resets and audit entries whose time is over. */
async function forgetOld(tools: StaffAreaTools): Promise<void> {
  await forgetOldSessions(tools)
  await forgetOldFailures(tools)
  await forgetOldApplications(tools)
  await forgetOldInvitations(tools)
  await forgetOldResets(tools)
  while ((await forgetOldAudit(tools)) > 0);
  await deleteEndedTenants(tools)
}
