import type { Routes } from '../http/app-types.ts'
import type { OpenSession, WrongKey } from '../http/auth.ts'
import { createDoorFailures, networkOf } from '../shops/tenants/door-failures.ts'
import type { StaffTools } from './accounts.ts'
import { type FirstTools, firstRoutes } from './first-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { createOpenSession } from './sessions.ts'
import { invitationRoutes, operatorStaffRoutes, staffRoutes } from './staff-routes.ts'

export interface StaffArea {
  openSession: OpenSession
  wrongKey: WrongKey
  clientRoutes: Routes[]
  operatorRoutes: Routes[]
  /** Full paths, for whoever is not signed in yet. */
  publicRoutes: Routes[]
}

/** Enough for any typing mistake, and as much as an attacker gets. */
const MOST_BY_KEY = 20

/** People: their accounts, how they sign in, and what they may do. */
export function staffArea(tools: StaffTools & Pick<FirstTools, 'operatorKey' | 'demoTenant'>): StaffArea {
  const failures = createDoorFailures(tools)
  const openSession = createOpenSession(tools)
  const all = { ...tools, failures, openSession }
  return {
    openSession,
    // The key's beginning tells which one was tried; all of it is never kept.
    wrongKey: (key, address) =>
      failures.note([{ name: `key:${key.slice(0, 12)}:${networkOf(address)}`, most: MOST_BY_KEY }]),
    clientRoutes: [staffRoutes(all)],
    operatorRoutes: [operatorStaffRoutes(all)],
    publicRoutes: [sessionRoutes(all), firstRoutes(all), invitationRoutes(all)],
  }
}
