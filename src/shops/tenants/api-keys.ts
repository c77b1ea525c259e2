import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiKey } from '../../generated/prisma/client.ts'
import { OWNERS, operator, operators, type Side } from '../../http/access.ts'
import { type App, CLIENT_ROLES, type Routes } from '../../http/app-types.ts'
import { operatorOf, tenantOf } from '../../http/auth.ts'
import { json, operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { Id, IdParams, iso, isoOrNull, NextCursor, pageQuery, Time } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { given, present } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import { isStorableTime, STORABLE_TIME } from '../../platform/storable.ts'
import { MadeBy, readMakers } from './actor-names.ts'
import { audit, noteOf, type OperatorCaller } from './audit.ts'
import { newApiKey, roleOfKey } from './authenticate.ts'
import { endInvitationsOf, needGiver } from './doors.ts'
import { needRoom, type PerTenant } from './tenants.ts'

export interface ApiKeyTools {
  db: Db
  clock: Clock
  newId: NewId
  random: Random
  /** A key was revoked: what is remembered of keys is to be dropped. */
  onKeyRevoked: () => void
  /** Limits on what a tenant may register. */
  perTenant?: PerTenant
  sealer: Pick<Sealer, 'of'>
}

const Role = z.enum(CLIENT_ROLES).describe('owner 管理者, staff 担当者, read_only 閲覧のみ (権限)')
const ShopIds = z.array(Id).max(200).describe('Only these shops; empty: all of the tenant (対象店舗)')

export const NewApiKey = z.strictObject({
  name: z.string().trim().min(1).max(100).describe('What it is for (用途)'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine(isStorableTime, STORABLE_TIME)
    .optional()
    .describe('When it ends; without it the key lives until it is revoked (有効期限)'),
  role: Role.default('owner'),
  shopIds: ShopIds.default([]),
})

const NewTenantKey = NewApiKey.extend({ tenantId: Id.describe('Whose key (契約店)') })

const Rotation = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(24 * 30)
    .default(24)
    .describe('How long the old key still works beside the new one (併用時間)'),
})

const ApiKeyAnswer = z
  .object({
    id: Id,
    tenantId: Id.describe('契約店'),
    name: z.string().describe('What it is for (用途)'),
    prefix: z.string().describe('First characters, to tell keys apart (先頭文字)'),
    createdAt: Time.describe('発行日時'),
    expiresAt: Time.nullable().describe('有効期限'),
    revokedAt: Time.nullable().describe('取消日時'),
    role: Role,
    shopIds: ShopIds,
    successorId: Id.nullable().describe('The key that took its place (後継の API キー)'),
    lastUsedAt: Time.nullable().describe('To the minute (最終利用日時)'),
    createdBy: MadeBy.nullable().describe('Null: made longer ago than the audit goes back (発行者)'),
  })
  .meta({ id: 'ApiKey', description: 'A key of a tenant, without the key itself (API キー)' })

const CreatedApiKey = ApiKeyAnswer.extend({
  key: z.string().describe('The key. Shown this once; it cannot be read again (API キー本体)'),
}).describe('A new key (発行した API キー)')

const apiKeyAnswer = (
  key: Omit<ApiKey, 'hash'>,
  createdBy: z.infer<typeof MadeBy> | null,
): z.infer<typeof ApiKeyAnswer> => ({
  id: key.id,
  tenantId: key.tenantId,
  name: key.name,
  prefix: key.prefix,
  createdAt: iso(key.createdAt),
  expiresAt: isoOrNull(key.expiresAt),
  revokedAt: isoOrNull(key.revokedAt),
  role: roleOfKey(key.role),
  shopIds: key.shopIds,
  successorId: key.successorId,
  lastUsedAt: isoOrNull(key.lastUsedAt),
  createdBy,
})

async function apiKeyAnswers(
  tools: ApiKeyTools,
  { auth }: Pick<FastifyRequest, 'auth'>,
  keys: readonly Omit<ApiKey, 'hash'>[],
): Promise<z.infer<typeof ApiKeyAnswer>[]> {
  const makerOf = await readMakers(tools, auth, keys)
  return keys.map((key) => apiKeyAnswer(key, makerOf(key.createdBy)))
}

async function createdAnswer(
  tools: ApiKeyTools,
  request: Pick<FastifyRequest, 'auth'>,
  { key, ...row }: ApiKey & { key: string },
): Promise<z.infer<typeof CreatedApiKey>> {
  return { ...present((await apiKeyAnswers(tools, request, [row]))[0]), key }
}

/** @throws AppError VALIDATION_FAILED for an unknown tenant and for a time that is over already */
export async function createApiKey(
  tools: ApiKeyTools,
  by: OperatorCaller,
  tenantId: string,
  input: z.infer<typeof NewApiKey>,
): Promise<ApiKey & { key: string }> {
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt && expiresAt.getTime() <= tools.clock.now()) {
    throw invalid([{ field: 'expiresAt', message: '未来の日時を指定してください。', code: 'in_the_past' }])
  }
  const { key, prefix, hash } = newApiKey(tools.random)
  const { name, role, shopIds } = input
  const row = await tools.db.$transaction(async (tx) => {
    await needGiver(tx, by, dateNow(tools.clock))
    const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })
    if (!tenant)
      throw invalid([
        {
          field: 'tenantId',
          message: '契約店が見つかりません。契約店の一覧で ID を確認してください。',
          code: 'not_found',
        },
      ])
    await needOwnShops(tx, tenantId, shopIds)
    await needRoom(tx, tenantId, 'api_key', dateNow(tools.clock), tools.perTenant)
    const created = await tx.apiKey.create({
      data: {
        id: tools.newId(),
        tenantId,
        name,
        role,
        shopIds: [...new Set(shopIds)],
        prefix,
        hash,
        createdAt: dateNow(tools.clock),
        createdBy: by.actor,
        expiresAt,
      },
    })
    const data = { name, prefix, role, shopIds, expiresAt: isoOrNull(expiresAt) }
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'api_key.created', created.id, data))
    return created
  })
  return { ...row, key }
}

/** Revokes a key; twice is harmless. The row stays, as timelines name it. @throws AppError NOT_FOUND */
export async function revokeApiKey(
  tools: ApiKeyTools,
  by: OperatorCaller,
  whose: Whose,
  id: string,
): Promise<void> {
  await tools.db.$transaction((tx) => revokeKey(tx, tools, by, { ...whose, id }))
  tools.onKeyRevoked()
}

/**
 * Revokes in the transaction of what it belongs to. `onKeyRevoked` follows its commit.
 * @throws AppError NOT_FOUND
 */
export async function revokeKey(
  tx: Tx,
  tools: Pick<ApiKeyTools, 'clock' | 'newId'>,
  by: OperatorCaller,
  where: Whose & { id: string },
): Promise<void> {
  const { id } = where
  const [key] = await tx.apiKey.updateManyAndReturn({
    where: { ...where, revokedAt: null },
    data: { revokedAt: dateNow(tools.clock) },
  })
  if (!key) {
    if (await tx.apiKey.findFirst({ where, select: { id: true } })) return
    throw keyNotFound()
  }
  const { tenantId, name, prefix } = key
  await endInvitationsOf(tx, `key:${id}`)
  await audit(tx, tools, noteOf({ ...by, tenantId }, 'api_key.revoked', id, { name, prefix }))
}

/** Of one tenant, or of any: the operator's view. */
export type Whose = { tenantId?: string }

const keyNotFound = () => new AppError('NOT_FOUND', 'API キーが見つかりません。ID を確認してください。')

async function needOwnShops(tx: Tx, tenantId: string, shopIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(shopIds)]
  const there = await tx.shop.count({ where: { tenantId, id: { in: wanted } } })
  if (there < wanted.length)
    throw invalid([
      {
        field: 'shopIds',
        message: '契約店の店舗ではない ID があります。店舗の一覧で確認してください。',
        code: 'not_found',
      },
    ])
}

/**
 * A new key with the same rights; the old one works for a while longer, so that no client stands still
 * between the two.
 * @throws AppError NOT_FOUND, CONFLICT for a key that is revoked, over or rotated already
 */
async function rotateApiKey(
  tools: ApiKeyTools,
  by: OperatorCaller,
  whose: Whose,
  id: string,
  { overlapHours }: z.infer<typeof Rotation>,
): Promise<ApiKey & { key: string }> {
  const { key, prefix, hash } = newApiKey(tools.random)
  const now = tools.clock.now()
  const row = await tools.db.$transaction(async (tx) => {
    await needGiver(tx, by, new Date(now))
    const successorId = tools.newId()
    const [old] = await tx.apiKey.updateManyAndReturn({
      where: {
        ...whose,
        id,
        revokedAt: null,
        successorId: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }],
      },
      data: { successorId },
    })
    if (!old) {
      if (!(await tx.apiKey.findFirst({ where: { ...whose, id } }))) throw keyNotFound()
      throw new AppError('CONFLICT', 'この API キーは取消済みか、期限切れか、すでに更新されています。')
    }
    // Both work for a while.
    await needRoom(tx, old.tenantId, 'api_key', new Date(now), tools.perTenant, 2)
    const end = Math.min(old.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY, now + overlapHours * 3_600_000)
    await tx.apiKey.update({ where: { id }, data: { expiresAt: new Date(end) } })
    const { tenantId, name, role, shopIds } = old
    // As long a life as the one before had: with the same end the rotation of a key that ends soon gave none.
    const life = old.expiresAt === null ? null : old.expiresAt.getTime() - old.createdAt.getTime()
    const expiresAt = life === null ? null : new Date(now + life)
    const created = await tx.apiKey.create({
      data: {
        id: successorId,
        tenantId,
        name,
        role,
        shopIds,
        expiresAt,
        prefix,
        hash,
        createdAt: new Date(now),
        createdBy: by.actor,
      },
    })
    const data = { name, prefix, successorId, endsAt: iso(new Date(end)) }
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'api_key.rotated', id, data))
    return created
  })
  // Its new end is to be read again.
  tools.onKeyRevoked()
  return { ...row, key }
}

/** Any tenant's keys, under /v1/admin/api-keys. */
export const apiKeyRoutes =
  (tools: ApiKeyTools): Routes =>
  (app) => {
    operation(app, {
      id: 'createApiKey',
      at: 'POST /v1/admin/api-keys',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['api_key.created'],
      summary: 'Make a key for a tenant (API キーの発行)',
      description: 'The key is in this answer and nowhere else: only its SHA-256 is stored.',
      body: json(
        NewTenantKey.meta({
          examples: [{ tenantId: '0199c0de-0000-7000-8000-000000000001', name: '受注管理ソフト' }],
        }),
        '64 KiB',
      ),
      repeat: { key: 'no answer kept' },
      answers: { 201: CreatedApiKey },
      run: async (request) => {
        const { tenantId, ...input } = request.body
        return createdAnswer(tools, request, await createApiKey(tools, operatorOf(request), tenantId, input))
      },
    })
    const query = {
      tenantId: Id.optional().describe('Only keys of this tenant (契約店)'),
      ...pageQuery(),
    }
    const { read, change } = keyRoutes(tools, operators('report'), 'ApiKey', () => ({}))
    read(app, query)
    change(app)
  }

/** A tenant's own keys, for its owners, under /v1/api-keys. */
export const ownKeyRoutes =
  (tools: ApiKeyTools): Routes =>
  (app) => {
    operation(app, {
      id: 'createOwnApiKey',
      at: 'POST /v1/api-keys',
      since: '1.0.0',
      tag: 'staff',
      who: OWNERS.changes,
      cost: 'light',
      audit: ['api_key.created'],
      summary: 'Make a key for a program (API キーの発行)',
      description: 'The key is in this answer and nowhere else: only its SHA-256 is stored.',
      body: json(NewApiKey.meta({ examples: [{ name: '受注管理ソフト', role: 'staff' }] }), '64 KiB'),
      repeat: { key: 'no answer kept' },
      answers: { 201: CreatedApiKey },
      run: async (request) => {
        const by = operatorOf(request)
        return createdAnswer(tools, request, await createApiKey(tools, by, tenantOf(request), request.body))
      },
    })
    const whose = (request: FastifyRequest) => ({ tenantId: tenantOf(request) })
    const { read, change } = keyRoutes(tools, OWNERS, 'OwnApiKey', whose)
    read(app, pageQuery())
    change(app)
  }

function keyRoutes(
  tools: ApiKeyTools,
  side: Side,
  name: 'ApiKey' | 'OwnApiKey',
  whose: (request: FastifyRequest) => Whose,
) {
  function read(
    app: App,
    query: ReturnType<typeof pageQuery> & { tenantId?: z.ZodOptional<typeof Id> },
  ): void {
    operation(app, {
      id: `list${name}s`,
      at: `GET ${side.under}/api-keys`,
      since: '1.0.0',
      tag: side.tag,
      who: side.reads,
      cost: 'light',
      summary: 'Keys (API キーの一覧)',
      description: 'Oldest first, revoked ones too.',
      query: z.strictObject(query),
      answers: { 200: z.object({ apiKeys: z.array(ApiKeyAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { tenantId, ...page } = request.query as {
          tenantId?: string
          cursor?: string
          limit: number
        }
        const { rows, nextCursor } = await pageById('asc', page, ({ id, orderBy, take }) =>
          tools.db.apiKey.findMany({
            omit: { hash: true },
            where: { ...given({ tenantId }), ...whose(request), id },
            orderBy,
            take,
          }),
        )
        return { apiKeys: await apiKeyAnswers(tools, request, rows), nextCursor }
      },
    })
  }

  function change(app: App): void {
    operation(app, {
      id: `rotate${name}`,
      at: `POST ${side.under}/api-keys/:id/rotate`,
      since: '1.0.0',
      tag: side.tag,
      who: side.changes,
      cost: 'light',
      audit: ['api_key.rotated'],
      summary: 'A new key in the place of one (API キーの更新)',
      description:
        'With the same rights; the old one ends after `overlapHours`, or at its own end if that is sooner.',
      params: IdParams,
      body: json(Rotation.meta({ examples: [{ overlapHours: 24 }] }), '64 KiB'),
      repeat: { key: 'no answer kept' },
      answers: { 201: CreatedApiKey },
      run: async (request) => {
        const [by, whoses] = [operatorOf(request), whose(request)]
        const made = await rotateApiKey(tools, by, whoses, request.params.id, request.body)
        return createdAnswer(tools, request, made)
      },
    })

    operation(app, {
      id: `revoke${name}`,
      at: `DELETE ${side.under}/api-keys/:id`,
      since: '1.0.0',
      tag: side.tag,
      who: side.changes,
      cost: 'light',
      audit: ['api_key.revoked'],
      summary: 'Revoke a key (API キーの取消)',
      description: 'It stops working within five seconds. Revoking twice is harmless.',
      params: IdParams,
      answers: { 204: z.undefined().describe('Revoked (取消済)') },
      run: async (request) => {
        await revokeApiKey(tools, operatorOf(request), whose(request), request.params.id)
      },
    })
  }
  return { read, change }
}
