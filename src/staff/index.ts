import type { Pool } from 'pg'
import type { HeavyReads } from '../platform/db/heavy-reads.ts'
import { createDoorFailures } from '../shops/tenants/door-failures.ts'
import type { StaffTools } from './accounts.ts'
import { applicationRoutes, operatorApplicationRoutes } from './contracts/applications.ts'
import { type EndTools, tenantEndRoutes } from './contracts/tenant-end.ts'
import { type FirstTools, firstRoutes } from './first-routes.ts'
import { createIdentityProvider, type OidcSettings } from './identities.ts'
import { invitationRoutes } from './invitations.ts'
import { oidcRoutes } from './oidc-routes.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { passwordResetRoutes } from './password-resets.ts'
import { sessionRoutes } from './session-routes.ts'
import { createOpenSession } from './sessions.ts'
import { createSignIns } from './sign-in.ts'
import { operatorStaffRoutes, type PeopleTools, staffRoutes } from './staff.ts'

type StaffAreaTools = StaffTools &
  Pick<FirstTools, 'operatorKey' | 'demoTenant'> & {
    pool: Pool
    heavyReads: Pick<HeavyReads, 'shortFirst'>
    onTenantChanged: EndTools['onTenantChanged']
    onKeyRevoked: PeopleTools['onKeyRevoked']
    operatorKeyIn: string
    /** Null, and without a public address: nobody signs in by an identity provider. */
    oidc: OidcSettings | null
    takesApplications: boolean
  }

/**
 * People: their accounts, how they sign in, and what they may do. Public routes are full paths, for those who
 * are not signed in yet.
 */
export function staffArea(tools: StaffAreaTools) {
  const failures = createDoorFailures(tools)
  const openSession = createOpenSession(tools)
  const all = { ...tools, failures, openSession, signIns: createSignIns(tools.heavyReads.shortFirst) }
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
    clientRoutes: [staffRoutes(all)],
    operatorRoutes: [operatorStaffRoutes(all), operatorApplicationRoutes(all), tenantEndRoutes(all)],
    publicRoutes: [
      ...[sessionRoutes, passkeyRoutes, firstRoutes, invitationRoutes, passwordResetRoutes].map((routes) =>
        routes(all),
      ),
      applicationRoutes(all),
      oidcRoutes({ ...all, oidc }),
    ],
  }
}
