import { z } from 'zod'
import type { ApiKey } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Random } from '../../platform/random.ts'
import { isStorableTime, STORABLE_TIME } from '../../platform/storable-time.ts'
import { newApiKey } from './api-key.ts'
import { audit } from './audit.ts'

export interface ApiKeyTools {
  db: Db
  clock: Clock
  newId: NewId
  random: Random
  /** A key was revoked: what is remembered of keys is to be dropped. */
  onKeyRevoked: () => void
}

export const NewApiKey = z.strictObject({
  tenantId: Id.describe('Whose key (契約店)'),
  name: z.string().trim().min(1).max(100).describe('What it is for (用途)'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine(isStorableTime, STORABLE_TIME)
    .optional()
    .describe('When it ends; without it the key lives until it is revoked (有効期限)'),
})

export const ApiKeyAnswer = z
  .object({
    id: Id,
    tenantId: Id.describe('契約店'),
    name: z.string().describe('What it is for (用途)'),
    prefix: z.string().describe('First characters, to tell keys apart (先頭文字)'),
    createdAt: Time.describe('発行日時'),
    expiresAt: Time.nullable().describe('有効期限'),
    revokedAt: Time.nullable().describe('取消日時'),
    lastUsedAt: Time.nullable().describe('To the minute (最終利用日時)'),
  })
  .meta({ id: 'ApiKey', description: 'A key of a tenant, without the key itself (API キー)' })

export const CreatedApiKey = ApiKeyAnswer.extend({
  key: z.string().describe('The key. Shown this once; it cannot be read again (API キー本体)'),
}).describe('A new key (発行した API キー)')

export const apiKeyAnswer = (key: ApiKey): z.infer<typeof ApiKeyAnswer> => ({
  id: key.id,
  tenantId: key.tenantId,
  name: key.name,
  prefix: key.prefix,
  createdAt: iso(key.createdAt),
  expiresAt: isoOrNull(key.expiresAt),
  revokedAt: isoOrNull(key.revokedAt),
  lastUsedAt: isoOrNull(key.lastUsedAt),
})

/** Raises VALIDATION_FAILED for an unknown tenant and for a time that is over already. */
export async function createApiKey(
  tools: ApiKeyTools,
  input: z.infer<typeof NewApiKey>,
): Promise<z.infer<typeof CreatedApiKey>> {
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt && expiresAt.getTime() <= tools.clock.now()) {
    throw invalid([{ field: 'expiresAt', message: '未来の日時を指定してください。', code: 'in_the_past' }])
  }
  const { key, prefix, hash } = newApiKey(tools.random)
  const row = await tools.db.$transaction(async (tx) => {
    const tenant = await tx.tenant.findUnique({ where: { id: input.tenantId }, select: { id: true } })
    if (!tenant)
      throw invalid([
        {
          field: 'tenantId',
          message: '契約店が見つかりません。契約店の一覧で ID を確認してください。',
          code: 'not_found',
        },
      ])
    const created = await tx.apiKey.create({
      data: {
        id: tools.newId(),
        tenantId: input.tenantId,
        name: input.name,
        prefix,
        hash,
        createdAt: dateNow(tools.clock),
        expiresAt,
      },
    })
    await audit(tx, tools, {
      tenantId: input.tenantId,
      actor: 'operator',
      action: 'api_key.created',
      target: created.id,
      data: { name: input.name, prefix, expiresAt: isoOrNull(expiresAt) },
    })
    return created
  })
  return { ...apiKeyAnswer(row), key }
}

/** Revoking twice is harmless; raises NOT_FOUND. The row stays, as timelines name it. */
export async function revokeApiKey(tools: ApiKeyTools, id: string): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const revoked = await tx.apiKey.updateManyAndReturn({
      where: { id, revokedAt: null },
      data: { revokedAt: dateNow(tools.clock) },
    })
    const [key] = revoked
    if (!key) {
      if (await tx.apiKey.findUnique({ where: { id }, select: { id: true } })) return
      throw new AppError('NOT_FOUND', 'API キーが見つかりません。ID を確認してください。')
    }
    const note = {
      tenantId: key.tenantId,
      actor: 'operator',
      target: id,
      data: { name: key.name, prefix: key.prefix },
    }
    await audit(tx, tools, { ...note, action: 'api_key.revoked' })
  })
  tools.onKeyRevoked()
}
