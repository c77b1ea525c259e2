import { z } from 'zod'
import type { TenantDeletion } from '../../generated/prisma/client.ts'
import { operator } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { operatorOf } from '../../http/auth.ts'
import { json, operation } from '../../http/operation.ts'
import { CutLater, Id, IdParams, iso, Time } from '../../http/schemas.ts'
import { audit, noteOf, type OperatorCaller } from '../../shops/tenants/audit.ts'
import { goneOrGoing, notGoing, refuseMoving } from '../../shops/tenants/tenants.ts'
import type { StaffTools } from '../accounts.ts'
import { type DeleteTools, deletionSignatures } from './delete-tenant.ts'

const DAY_MS = 24 * 60 * 60_000

export type EndTools = StaffTools & Pick<DeleteTools, 'onTenantChanged'>

export const TenantEnd = z.strictObject({
  deleteAfterDays: z
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('When everything is deleted; until then PATCH with `active` takes it back (削除までの日数)'),
})

export const TenantEnding = z.object({
  id: Id,
  deleteAt: Time.describe('From then on everything of the tenant is deleted (削除予定日時)'),
})

export const DeletionAnswer = z
  .object({
    tenantId: Id.describe('契約店'),
    endedAt: Time.describe('When everything was to go (削除予定日時)'),
    deletedAt: Time.describe('削除日時'),
    counts: z.record(z.string(), z.int()).describe('Rows by table (テーブルごとの件数)'),
    signature: z.string().describe('Keyed SHA-256 of the rest, hexadecimal (署名)'),
    signatureValid: z.boolean().describe('Whether it is what this service signed (署名の検証)'),
  })
  .meta({
    id: 'TenantDeletion',
    description: 'What was deleted of a tenant whose contract ended (削除の証明)',
  })

/**
 * Stops at once and deletes later: what was ended by mistake can be taken back until then.
 * @throws AppError NOT_FOUND, and CONFLICT for one that is being deleted or moves
 */
export async function endTenant(
  tools: EndTools,
  by: OperatorCaller,
  id: string,
  { deleteAfterDays }: z.infer<typeof TenantEnd>,
): Promise<z.infer<typeof TenantEnding>> {
  const now = tools.clock.now()
  const deleteAt = new Date(now + deleteAfterDays * DAY_MS)
  await tools.db.$transaction(async (tx) => {
    // The rows of a tenant that has moved away are deleted this way.
    await refuseMoving(tx, id, ['leaving', 'arrived', 'dropping'])
    const ended = await tx.tenant.updateMany({
      where: notGoing(id, new Date(now)),
      data: { status: 'suspended', deleteAt, updatedAt: new Date(now) },
    })
    if (ended.count === 0) throw await goneOrGoing(tx, id)
    const data = { deleteAt: iso(deleteAt) }
    await audit(tx, tools, noteOf({ ...by, tenantId: id }, 'tenant.ended', id, data))
  })
  await tools.onTenantChanged(id)
  return { id, deleteAt: iso(deleteAt) }
}

export function deletionAnswer({ sealer }: EndTools, row: TenantDeletion): z.infer<typeof DeletionAnswer> {
  const signature = Buffer.from(row.signature)
  return {
    tenantId: row.tenantId,
    endedAt: iso(row.endedAt),
    deletedAt: iso(row.deletedAt),
    counts: row.counts as Record<string, number>,
    signature: signature.toString('hex'),
    signatureValid: deletionSignatures(sealer, row).some((one) => signature.equals(one)),
  }
}

/** Under /v1/admin. */
export const tenantEndRoutes =
  (tools: EndTools): Routes =>
  (app) => {
    operation(app, {
      id: 'endTenant',
      at: 'POST /v1/admin/tenants/:id/end',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['tenant.ended'],
      summary: 'End a contract (契約の終了)',
      description:
        'Imports stop, keys and sessions are refused at once. After `deleteAfterDays` everything is deleted, and a signed record says what; the audit stays for its twelve months.',
      params: IdParams,
      body: json(TenantEnd.meta({ examples: [{ deleteAfterDays: 30 }] }), '64 KiB'),
      repeat: { key: 'same answer' },
      answers: { 200: TenantEnding },
      run: (request) => endTenant(tools, operatorOf(request), request.params.id, request.body),
    })

    operation(app, {
      id: 'listTenantDeletions',
      at: 'GET /v1/admin/tenant-deletions',
      since: '1.0.0',
      tag: 'operator',
      who: operator('no personal data'),
      cost: 'light',
      summary: 'What was deleted of ended contracts (削除の証明)',
      description: 'The last 1,000, newest first.',
      answers: { 200: z.object({ deletions: z.array(DeletionAnswer), nextCursor: CutLater }) },
      run: async () => {
        const rows = await tools.db.tenantDeletion.findMany({ orderBy: { deletedAt: 'desc' }, take: 1_000 })
        return { deletions: rows.map((row) => deletionAnswer(tools, row)), nextCursor: null }
      },
    })
  }
