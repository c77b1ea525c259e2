import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { Id, IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import {
  ApiKeyAnswer,
  type ApiKeyTools,
  apiKeyAnswer,
  CreatedApiKey,
  createApiKey,
  NewApiKey,
  revokeApiKey,
} from './api-keys.ts'

const tags = ['operator']

export const apiKeyRoutes =
  (tools: ApiKeyTools): Routes =>
  (app) => {
    app.post(
      '/api-keys',
      {
        schema: {
          tags,
          operationId: 'createApiKey',
          summary: 'Make a key for a tenant (API キーの発行)',
          description: 'The key is in this answer and nowhere else: only its SHA-256 is stored.',
          body: NewApiKey.meta({
            examples: [{ tenantId: '0199c0de-0000-7000-8000-000000000001', name: '受注管理ソフト' }],
          }),
          response: { 201: CreatedApiKey },
        },
      },
      async (request, reply) => {
        reply.code(201).header('cache-control', 'no-store')
        return createApiKey(tools, request.body)
      },
    )

    app.get(
      '/api-keys',
      {
        schema: {
          tags,
          operationId: 'listApiKeys',
          summary: 'Keys (API キーの一覧)',
          description: 'Oldest first, revoked ones too.',
          querystring: z.strictObject({
            tenantId: Id.optional().describe('Only keys of this tenant (契約店)'),
            ...pageQuery(),
          }),
          response: { 200: z.object({ apiKeys: z.array(ApiKeyAnswer), nextCursor: NextCursor }) },
        },
      },
      async (request) => {
        const { tenantId, cursor, limit } = request.query
        const [after] = cursor === undefined ? [] : decodeCursor(cursor, z.tuple([z.uuid()]))
        const rows = await tools.db.apiKey.findMany({
          where: {
            ...(tenantId === undefined ? {} : { tenantId }),
            ...(after === undefined ? {} : { id: { gt: after } }),
          },
          orderBy: { id: 'asc' },
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [row.id])
        return { apiKeys: page.rows.map(apiKeyAnswer), nextCursor: page.nextCursor }
      },
    )

    app.delete(
      '/api-keys/:id',
      {
        schema: {
          tags,
          operationId: 'revokeApiKey',
          summary: 'Revoke a key (API キーの取消)',
          description: 'It stops working within five seconds. Revoking twice is harmless.',
          params: IdParams,
          response: { 204: z.undefined().describe('Revoked (取消済)') },
        },
      },
      async (request, reply) => {
        await revokeApiKey(tools, request.params.id)
        return reply.code(204).send()
      },
    )
  }
