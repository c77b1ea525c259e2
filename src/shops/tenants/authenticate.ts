import { createHash } from 'node:crypto'
import type { ApiKey, Tenant } from '../../generated/prisma/client.ts'
import type { Auth, ClientRole } from '../../http/app-types.ts'
import { type Authenticate, sameSecret } from '../../http/auth.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { afterCommit } from '../../platform/db/tenant-scope.ts'
import { AppError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Random } from '../../platform/random.ts'
import { movedAway, movedTo } from './tenants.ts'

/** Longest time that a revoked key may still work in another process. */
const CACHE_MS = 5_000
const CACHE_ENTRIES = 10_000
const LAST_USED_MS = 60_000

/** A key's row; of its shops none stand for all. */
type KnownKey = ApiKey & { tenant: Pick<Tenant, 'status'>; movedTo: string | null; readAt: number }

export interface Authenticator {
  authenticate: Authenticate
  /** Drops what was read, so that a revocation made in this process holds at once. */
  forget(): void
}

export interface AuthenticatorTools {
  db: Db
  clock: Clock
  log: Logger
  /** Null where no operator key is set: then nobody is the operator. */
  operatorKey: string | null
}

export function createAuthenticator({ db, clock, log, operatorKey }: AuthenticatorTools): Authenticator {
  const cache = new Map<string, KnownKey>()
  /** Reads under way. A thousand requests of one key at a moment ask once, and note its use once. */
  const reading = new Map<string, Promise<KnownKey | null>>()

  function read(key: string): Promise<KnownKey | null> {
    const hash = hashApiKey(key)
    const name = Buffer.from(hash).toString('base64')
    const cached = cache.get(name)
    if (cached && clock.now() - cached.readAt < CACHE_MS) return Promise.resolve(cached)
    const shared = reading.get(name)
    if (shared) return shared
    const fresh = find(hash)
      .then((known) => {
        // Forgotten meanwhile, it may be what was there before a revocation.
        if (reading.get(name) === fresh) keep(name, known)
        return known
      })
      .finally(() => {
        if (reading.get(name) === fresh) reading.delete(name)
      })
    reading.set(name, fresh)
    return fresh
  }

  async function find(hash: Uint8Array<ArrayBuffer>): Promise<KnownKey | null> {
    const include = { tenant: { select: { status: true } } }
    const row = await db.apiKey.findUnique({ where: { hash }, include })
    if (row === null) return null
    const away = row.tenant.status === 'suspended' ? await movedTo(db, row.tenantId) : null
    return { ...row, movedTo: away, readAt: clock.now() }
  }

  function keep(name: string, known: KnownKey | null): void {
    cache.delete(name)
    if (cache.size >= CACHE_ENTRIES) cache.clear()
    if (known) cache.set(name, known)
  }

  function forget(): void {
    cache.clear()
    reading.clear()
  }

  async function noteUse(key: KnownKey): Promise<void> {
    const now = clock.now()
    if (key.lastUsedAt && now - key.lastUsedAt.getTime() < LAST_USED_MS) return
    key.lastUsedAt = new Date(now)
    // updateMany: the key may have been deleted with its tenant meanwhile.
    await db.apiKey
      .updateMany({ where: { id: key.id }, data: { lastUsedAt: key.lastUsedAt } })
      .catch((err: unknown) => log.warn({ err, apiKeyId: key.id }, 'last use of an API key was not noted'))
  }

  return {
    async authenticate(text): Promise<Auth> {
      if (operatorKey !== null && sameSecret(text, operatorKey))
        return { kind: 'operator', role: 'operator', accountId: null }
      const key = looksLikeApiKey(text) ? await read(text) : null
      refuseUnusable(key, clock.now())
      await noteUse(key)
      const { tenantId, shopIds } = key
      return {
        kind: 'client',
        tenantId,
        role: roleOfKey(key.role),
        apiKeyId: key.id,
        shopIds: shopIds.length > 0 ? shopIds : null,
      }
    },
    forget: () => void afterCommit(forget),
  }
}

function refuseUnusable(key: KnownKey | null, now: number): asserts key is KnownKey {
  if (!key) throw new AppError('UNAUTHENTICATED', 'API キーが正しくありません。キーを確認してください。')
  if (key.revokedAt) {
    throw new AppError(
      'UNAUTHENTICATED',
      'この API キーは取り消されています。新しいキーを運営者に依頼してください。',
    )
  }
  if (key.expiresAt && key.expiresAt.getTime() <= now) {
    throw new AppError(
      'UNAUTHENTICATED',
      'この API キーは有効期限が切れています。新しいキーを運営者に依頼してください。',
    )
  }
  if (key.movedTo !== null) throw movedAway(key.movedTo, 'API キー')
  if (key.tenant.status === 'suspended') {
    throw new AppError(
      'TENANT_SUSPENDED',
      'ご契約は現在停止中です。再開については運営者へお問い合わせください。',
    )
  }
  if (key.tenant.status === 'applied') {
    throw new AppError(
      'TENANT_NOT_ACTIVE',
      'お申し込みは受付済みです。運営者が利用を開始するまでお待ちください。',
    )
  }
}

const KEY = /^trk_[A-Za-z0-9_-]{43}$/
/** `trk_` and eight characters: enough to tell keys apart, too little to be one. */
const PREFIX_LENGTH = 12

/** A new bearer key: 256 random bits, so that its plain SHA-256 gives nothing away. */
export function newApiKey(random: Random): { key: string; prefix: string; hash: Uint8Array<ArrayBuffer> } {
  const key = `trk_${Buffer.from(random.bytes(32)).toString('base64url')}`
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: hashApiKey(key) }
}

/** True when a text has the form of our keys. No other is looked up. */
const looksLikeApiKey = (text: string): boolean => KEY.test(text)

const hashApiKey = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(key).digest())

/** An operator's role never stands on a tenant's key; if it did, it would open least. */
export const roleOfKey = (role: ApiKey['role']): ClientRole =>
  role === 'owner' || role === 'staff' ? role : 'read_only'
