import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { CursorTime, Id, iso, NextCursor, pageQuery, Time } from '../../http/schemas.ts'
import type { Db } from '../../platform/db/database.ts'

const Entry = z
  .object({
    id: Id,
    tenantId: Id.nullable().describe('Tenant concerned (契約店)'),
    at: Time.describe('When (日時)'),
    actor: z.string().describe('`operator`, or `key:<api key id>` (操作者)'),
    action: z.string().describe('For example `shop.updated` (操作)'),
    target: z.string().describe('Id of what was changed (対象)'),
    data: z.record(z.string(), z.unknown()).describe('What changed, without secrets (内容)'),
  })
  .describe('One change of settings (監査記録)')

const Position = z.tuple([CursorTime, z.uuid()])

export const auditRoutes =
  ({ db }: { db: Db }): Routes =>
  (app) => {
    app.get(
      '/audit',
      {
        schema: {
          tags: ['operator'],
          operationId: 'listAudit',
          summary: 'Who changed which setting (監査記録)',
          description: 'Newest first. Secrets are never in it, only that they were changed.',
          querystring: z.strictObject({
            tenantId: Id.optional().describe('Only this tenant (契約店)'),
            action: z
              .string()
              .max(100)
              .optional()
              .describe('Only this action, for example `shop.updated` (操作)'),
            target: z.string().max(100).optional().describe('Only changes of this id (対象)'),
            ...pageQuery(),
          }),
          response: { 200: z.object({ audit: z.array(Entry), nextCursor: NextCursor }) },
        },
      },
      async (request) => {
        const { tenantId, action, target, cursor, limit } = request.query
        const rows = await db.auditEntry.findMany({
          where: {
            ...(tenantId === undefined ? {} : { tenantId }),
            ...(action === undefined ? {} : { action }),
            ...(target === undefined ? {} : { target }),
            ...(cursor === undefined ? {} : before(decodeCursor(cursor, Position))),
          },
          orderBy: [{ at: 'desc' }, { id: 'desc' }],
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [iso(row.at), row.id])
        const entries = page.rows.map((row) => ({
          ...row,
          at: iso(row.at),
          data: row.data as Record<string, unknown>,
        }))
        return { audit: entries, nextCursor: page.nextCursor }
      },
    )
  }

const before = ([at, id]: [string, string]) => ({
  OR: [{ at: { lt: new Date(at) } }, { at: new Date(at), id: { lt: id } }],
})
