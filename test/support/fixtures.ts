import pg from 'pg'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { createSealer, type Sealer } from '../../src/platform/crypto/sealer.ts'
import type { DbOrTx } from '../../src/platform/db/database.ts'
import { createNewId } from '../../src/platform/ids.ts'
import { systemRandom } from '../../src/platform/random.ts'

export { type HeldClock, heldClock } from './held-clock.ts'

/** Rows that tests begin with. What a test is about it passes itself; the rest is plausible and valid. */

export const testSealer: Sealer = createSealer(
  [{ id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true }],
  systemRandom,
)

export const newId = createNewId(systemClock, systemRandom)

/** A pool that never connects: the test answers its statements. */
export const poolWith = (query: (text: string, values: unknown[]) => Promise<{ rows: object[] }>): pg.Pool =>
  Object.assign(new pg.Pool(), { query })

/** An active tenant. */
export function makeTenant(db: DbOrTx, more: Partial<Prisma.TenantUncheckedCreateInput> = {}) {
  const now = new Date()
  const data = { id: newId(), name: '株式会社テスト', createdAt: now, updatedAt: now, ...more }
  return db.tenant.create({ data })
}

const SHOP_DEFAULTS = {
  rakuten: {
    code: '123456',
    name: '楽天テスト店',
    credentials: { serviceSecret: 'SP123456_test', licenseKey: 'SL123456_test' },
  },
  yahoo: {
    code: 'teststore',
    name: 'ヤフーテスト店',
    credentials: { clientId: 'test-client', clientSecret: 'test-secret', refreshToken: 'test-refresh' },
  },
  amazon: { code: 'A1VC38T7YXB528', name: 'アマゾンテスト店', credentials: {} },
  aupay: { code: '12345678', name: 'au PAYテスト店', credentials: {} },
} as const

export type ShopFixture = Partial<Prisma.ShopUncheckedCreateInput> & {
  tenantId: string
  credentials?: unknown
}

/** An enabled shop of Rakuten unless `marketplace` says otherwise, with credentials sealed by testSealer. */
export function makeShop(db: DbOrTx, { credentials, ...more }: ShopFixture) {
  const now = new Date()
  const id = more.id ?? newId()
  const marketplace = more.marketplace ?? 'rakuten'
  const defaults = SHOP_DEFAULTS[marketplace]
  const data = {
    id,
    marketplace,
    code: defaults.code,
    name: defaults.name,
    sealedCredentials: testSealer
      .of(more.tenantId)
      .sealJson(`shop:${id}:credentials`, credentials ?? defaults.credentials),
    credentialsVersion: 1,
    createdAt: now,
    updatedAt: now,
    ...more,
  }
  return db.shop.create({ data })
}

export type MailboxFixture = Partial<Prisma.MailboxUncheckedCreateInput> & {
  tenantId: string
  username?: string
  password?: string
  shopIds?: readonly string[]
}

/** A mailbox without TLS on 127.0.0.1, which is what the sandbox's IMAP server speaks, serving `shopIds`. */
export function makeMailbox(db: DbOrTx, fixture: MailboxFixture) {
  const { username = 'orders', password = 'secret', shopIds = [], ...more } = fixture
  const now = new Date()
  const id = more.id ?? newId()
  const data = {
    id,
    name: '注文メール',
    host: '127.0.0.1',
    port: 143,
    security: 'plain' as const,
    sealedUsername: testSealer.of(more.tenantId).seal(`mailbox:${id}:username`, username),
    sealedPassword: testSealer.of(more.tenantId).seal(`mailbox:${id}:password`, password),
    createdAt: now,
    updatedAt: now,
    shops: { create: shopIds.map((shopId) => ({ shopId })) },
    ...more,
  }
  return db.mailbox.create({ data })
}

/** An order of the shop in 自動受注取込, without content unless `sealedDetail` is given. */
export function makeOrder(
  db: DbOrTx,
  more: Partial<Prisma.OrderUncheckedCreateInput> & { tenantId: string; shopId: string },
) {
  const now = new Date()
  const id = more.id ?? newId()
  const data = {
    id,
    marketplace: 'rakuten' as const,
    orderNumber: id,
    mallStatus: '100',
    mallState: 'open',
    createdAt: now,
    updatedAt: now,
    orderedAt: now,
    stagedAt: now,
    refreshedAt: now,
    paymentKind: 'cod',
    billedAmount: 1,
    totalAmount: 1,
    itemLines: 1,
    itemQuantity: 1,
    ...more,
  }
  return db.order.create({ data })
}
