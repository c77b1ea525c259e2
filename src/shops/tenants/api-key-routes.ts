import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App, Routes } from '../../http/app-types.ts'
import { operatorOf, tenantOf } from '../../http/auth.ts'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { Id, IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import {
  ApiKeyAnswer,
  type ApiKeyTools,
  apiKeyAnswer,
  CreatedApiKey,
  createApiKey,
  NewApiKey,
  NewTenantKey,
  Rotation,
  revokeApiKey,
  rotateApiKey,
  type Whose,
} from './api-keys.ts'

/** Any tenant's keys, under /v1/admin/api-keys. */
export const apiKeyRoutes =
  (tools: ApiKeyTools): Routes =>
  (app) => {
    app.post(
      '/api-keys',
      {
        schema: {
          tags: ['operator'],
          operationId: 'createApiKey',
          summary: 'Make a key for a tenant (API キーの発行)',
          description: 'The key is in this answer and nowhere else: only its SHA-256 is stored.',
          body: NewTenantKey.meta({
            examples: [{ tenantId: '0199c0de-0000-7000-8000-000000000001', name: '受注管理ソフト' }],
          }),
          response: { 201: CreatedApiKey },
        },
      },
      async (request, reply) => {
        const { tenantId, ...input } = request.body
        reply.code(201)
        return createApiKey(tools, operatorOf(request), tenantId, input)
      },
    )
    const query = {
      tenantId: Id.optional().describe('Only keys of this tenant (契約店)'),
      ...pageQuery(),
    }
    const { read, change } = keyRoutes(tools, 'operator', 'ApiKey', () => ({}))
    read(app, query)
    change(app)
  }

/** A tenant's own keys, for its owners, under /v1/api-keys. */
export const ownKeyRoutes =
  (tools: ApiKeyTools): Routes =>
  (app) => {
    app.post(
      '/api-keys',
      {
        schema: {
          tags: ['staff'],
          operationId: 'createOwnApiKey',
          summary: 'Make a key for a program (API キーの発行)',
          description: 'The key is in this answer and nowhere else: only its SHA-256 is stored.',
          body: NewApiKey.meta({ examples: [{ name: '受注管理ソフト', role: 'staff' }] }),
          response: { 201: CreatedApiKey },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return createApiKey(tools, operatorOf(request), tenantOf(request), request.body)
      },
    )
    const whose = (request: FastifyRequest) => ({ tenantId: tenantOf(request) })
    const { read, change } = keyRoutes(tools, 'staff', 'OwnApiKey', whose)
    read(app, pageQuery())
    change(app)
  }

function keyRoutes(
  tools: ApiKeyTools,
  tag: string,
  name: 'ApiKey' | 'OwnApiKey',
  whose: (request: FastifyRequest) => Whose,
) {
  const tags = [tag]
  function read(
    app: App,
    query: ReturnType<typeof pageQuery> & { tenantId?: z.ZodOptional<typeof Id> },
  ): void {
    app.get(
      '/api-keys',
      {
        schema: {
          tags,
          operationId: `list${name}s`,
          summary: 'Keys (API キーの一覧)',
          description: 'Oldest first, revoked ones too.',
          querystring: z.strictObject(query),
          response: { 200: z.object({ apiKeys: z.array(ApiKeyAnswer), nextCursor: NextCursor }) },
        },
      },
      async (request) => {
        const { tenantId, cursor, limit } = request.query as {
          tenantId?: string
          cursor?: string
          limit: number
        }
        const [after] = cursor === undefined ? [] : decodeCursor(cursor, z.tuple([z.uuid()]))
        const rows = await tools.db.apiKey.findMany({
          omit: { hash: true },
          where: {
            ...(tenantId === undefined ? {} : { tenantId }),
            ...whose(request),
            ...(after === undefined ? {} : { id: { gt: after } }),
          },
          orderBy: { id: 'asc' },
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [row.id])
        return { apiKeys: page.rows.map(apiKeyAnswer), nextCursor: page.nextCursor }
      },
    )
  }

  function change(app: App): void {
    app.post(
      '/api-keys/:id/rotate',
      {
        schema: {
          tags,
          operationId: `rotate${name}`,
          summary: 'A new key in the place of one (API キーの更新)',
          description:
            'With the same rights; the old one ends after `overlapHours`, or at its own end if that is sooner.',
          params: IdParams,
          body: Rotation.meta({ examples: [{ overlapHours: 24 }] }),
          response: { 201: CreatedApiKey },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return rotateApiKey(tools, operatorOf(request), whose(request), request.params.id, request.body)
      },
    )

    app.delete(
      '/api-keys/:id',
      {
        schema: {
          tags,
          operationId: `revoke${name}`,
          summary: 'Revoke a key (API キーの取消)',
          description: 'It stops working within five seconds. Revoking twice is harmless.',
          params: IdParams,
          response: { 204: z.undefined().describe('Revoked (取消済)') },
        },
      },
      async (request, reply) => {
        await revokeApiKey(tools, operatorOf(request), whose(request), request.params.id)
        return reply.code(204).send()
      },
    )
  }
  return { read, change }
}
