import { auditing } from '../http/audited.ts'
import { operatorOf } from '../http/auth.ts'
import type { ViewRecorder } from '../http/server.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { besideReport } from '../platform/db/tenant-scope.ts'
import type { NewId } from '../platform/ids.ts'
import { auditAll } from '../shops/tenants/audit.ts'

/** Kept before the answer leaves: data seen and not logged would be worse than an error. */
export const createViewRecorder =
  (tools: { db: Db; clock: Clock; newId: NewId }): ViewRecorder =>
  async (request, payload) => {
    const { seen, audit = [] } = request.routeOptions.config
    const found = seen?.(payload, request) ?? []
    if (found.length === 0) return
    const { auth } = request
    const who = { tenantId: auth.kind === 'client' ? auth.tenantId : null, ...operatorOf(request) }
    const notes = found.map((one) => ({ ...who, ...one }))
    await auditing(audit, () => besideReport('who saw it is kept', () => auditAll(tools.db, tools, notes)))
  }
