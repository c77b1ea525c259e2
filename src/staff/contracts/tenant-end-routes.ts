import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { operatorOf } from '../../http/auth.ts'
import { CutLater, IdParams } from '../../http/schemas.ts'
import {
  DeletionAnswer,
  deletionAnswer,
  type EndTools,
  endTenant,
  TenantEnd,
  TenantEnding,
} from './tenant-end.ts'

/** Under /v1/admin. */
export const tenantEndRoutes =
  (tools: EndTools): Routes =>
  (app) => {
    app.post(
      '/tenants/:id/end',
      {
        schema: {
          tags: ['operator'],
          operationId: 'endTenant',
          summary: 'End a contract (契約の終了)',
          description:
            'Imports stop, keys and sessions are refused at once. After `deleteAfterDays` everything is deleted, and a signed record says what; the audit stays for its twelve months.',
          params: IdParams,
          body: TenantEnd.meta({ examples: [{ deleteAfterDays: 30 }] }),
          response: { 200: TenantEnding },
        },
      },
      (request) => endTenant(tools, operatorOf(request), request.params.id, request.body),
    )

    app.get(
      '/tenant-deletions',
      {
        schema: {
          tags: ['operator'],
          operationId: 'listTenantDeletions',
          summary: 'What was deleted of ended contracts (削除の証明)',
          description: 'The last 1,000, newest first.',
          response: { 200: z.object({ deletions: z.array(DeletionAnswer), nextCursor: CutLater }) },
        },
      },
      async () => {
        const rows = await tools.db.tenantDeletion.findMany({ orderBy: { deletedAt: 'desc' }, take: 1_000 })
        return { deletions: rows.map((row) => deletionAnswer(tools, row)), nextCursor: null }
      },
    )
  }
