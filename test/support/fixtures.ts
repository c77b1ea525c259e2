import pg from 'pg'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import type { MarketplaceName, NormalisedOrder, OrderPerson } from '../../src/marketplaces/port/order.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { createSealer, type Sealer } from '../../src/platform/crypto/sealer.ts'
import type { DbOrTx } from '../../src/platform/db/database.ts'
import { createNewId } from '../../src/platform/ids.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { newApiKey } from '../../src/shops/tenants/authenticate.ts'

/** Rows that tests begin with. What a test is about it passes itself; the rest is plausible and valid. */

export const testSealer: Sealer = createSealer(
  [{ id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true }],
  systemRandom,
)

export const newId = createNewId(systemClock, systemRandom)

/** A pool that never connects: the test answers its statements. */
export const poolWith = (query: (text: string, values: unknown[]) => Promise<{ rows: object[] }>): pg.Pool =>
  Object.assign(new pg.Pool(), {
    query: (sent: string | { text: string; values?: unknown[] }, values: unknown[] = []) =>
      typeof sent === 'string' ? query(sent, values) : query(sent.text, sent.values ?? []),
  })

/** An active tenant. */
export function makeTenant(db: DbOrTx, more: Partial<Prisma.TenantUncheckedCreateInput> = {}) {
  const now = new Date()
  const data = { id: newId(), name: '株式会社テスト', createdAt: now, updatedAt: now, ...more }
  return db.tenant.create({ data })
}

interface ShopDefaults {
  code: string
  name: string
  credentials: object
}

const SHOP_DEFAULTS: Partial<Record<MarketplaceName, ShopDefaults>> = {
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
}
/** Of a mall that needs no key of a certain form. */
const OTHER_SHOP: ShopDefaults = { code: '1234', name: 'テスト店', credentials: {} }

export type ShopFixture = Partial<Prisma.ShopUncheckedCreateInput> & {
  tenantId: string
  credentials?: unknown
}

/** An enabled shop of Rakuten unless `marketplace` says otherwise, with credentials sealed by testSealer. */
export function makeShop(db: DbOrTx, { credentials, ...more }: ShopFixture) {
  const now = new Date()
  const id = more.id ?? newId()
  const marketplace = more.marketplace ?? 'rakuten'
  const defaults = SHOP_DEFAULTS[marketplace] ?? OTHER_SHOP
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

/** A whole order as an adapter hands it over; what a test is about it passes itself. */
export function sampleOrder(orderNumber: string, more: Partial<NormalisedOrder> = {}): NormalisedOrder {
  return {
    marketplace: 'rakuten',
    shopCode: '123456',
    orderNumber,
    orderedAt: '2026-01-15T11:30:00+09:00',
    updatedAt: null,
    device: 'smartphone',
    mallState: 'open',
    mallStatus: { code: '100', name: '注文確認待ち' },
    mallSubStatus: null,
    mallStatuses: {},
    cancelReason: null,
    times: {},
    buyer: person('髙橋'),
    recipients: [
      {
        id: 'r1',
        person: person('﨑山'),
        lineIds: ['1'],
        parcels: [],
        wish: { date: null, timeFrom: null, timeTo: null, timeText: null, dropOff: null },
        gift: NO_GIFT,
        shippingFee: 500,
        codFee: null,
        pickup: null,
        remoteArea: false,
        addressPending: false,
        mallFields: {},
      },
    ],
    items: [item('1', 2), item('2', 1)],
    charges: { goods: 3_000, shipping: 500, cod: 0, paymentFee: 0, giftWrap: 0, adjustment: 0, other: 0 },
    discounts: [],
    points: { used: 0, granted: null },
    taxSummary: [],
    totals: { total: 3_500, billed: 3_500 },
    payment: {
      kind: 'credit_card',
      code: '1',
      name: 'クレジットカード',
      combinedName: null,
      status: 'authorised',
      paidAt: null,
      dueDate: null,
      cardBrand: null,
      cardLast4: null,
      installments: null,
      mallFields: {},
    },
    delivery: { methodCode: null, methodName: '宅配便', temperature: null, express: [], shipBy: null },
    gift: NO_GIFT,
    notes: { buyer: '①午前中に希望', shop: null, mail: null, operator: null },
    subscription: null,
    relatedOrders: [],
    holds: [],
    flags: [],
    warnings: [],
    mallFields: {},
    ...more,
  }
}

const NO_GIFT = { requested: false, message: null, noshi: null, wrappings: [] }

function person(familyName: string): OrderPerson {
  return {
    familyName,
    givenName: '花子',
    familyNameKana: null,
    givenNameKana: null,
    postalCode: '1000001',
    prefecture: '東京都',
    city: '千代田区',
    address1: '千代田1-1',
    address2: null,
    company: null,
    phone: '03-0000-0000',
    emergencyPhone: null,
    email: null,
  }
}

const item = (lineId: string, quantity: number): NormalisedOrder['items'][number] => ({
  lineId,
  recipientId: 'r1',
  itemCode: `item-${lineId}`,
  mallItemId: null,
  sku: null,
  merchantSku: null,
  jan: null,
  name: '抹茶セット',
  options: [],
  unitPrice: 1_000,
  taxIncluded: true,
  taxRate: 8,
  quantity,
  subtotal: 1_000 * quantity,
  releaseDate: null,
  leadTime: null,
  deleted: false,
  mallFields: {},
})

/** A clock that stands still until a test moves it. */
export interface HeldClock extends Clock {
  /** Moves it, and ends the sleeps that are over by then, in their order. */
  advance(ms: number): void
  set(ms: number): void
  /** Sleeps that have not ended. */
  sleeping(): number
  /** Resolves once at least `count` sleeps wait, so that a test does not advance too early. */
  untilSleeping(count?: number): Promise<void>
}

interface Sleep {
  at: number
  end(): void
}

export function heldClock(start: Date | string | number = '2026-01-15T03:00:00.000Z'): HeldClock {
  let now = new Date(start).getTime()
  const sleeps = new Set<Sleep>()
  const watchers = new Set<{ count: number; seen(): void }>()

  function tellWatchers(): void {
    for (const watcher of watchers) {
      if (sleeps.size < watcher.count) continue
      watchers.delete(watcher)
      watcher.seen()
    }
  }

  function set(time: number): void {
    now = time
    for (const sleep of [...sleeps].toSorted((a, b) => a.at - b.at)) if (sleep.at <= now) sleep.end()
  }

  return {
    now: () => now,
    set,
    advance: (ms) => set(now + ms),
    sleeping: () => sleeps.size,
    untilSleeping: (count = 1) =>
      new Promise((seen) => {
        watchers.add({ count, seen })
        tellWatchers()
      }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (ms <= 0) return resolve()
        const sleep: Sleep = { at: now + ms, end: () => leave(resolve) }
        const abort = () => leave(() => reject(signal?.reason))
        function leave(settle: () => void): void {
          sleeps.delete(sleep)
          signal?.removeEventListener('abort', abort)
          settle()
        }
        signal?.addEventListener('abort', abort, { once: true })
        sleeps.add(sleep)
        tellWatchers()
      }),
  }
}

/** Headers of a new key of the tenant. */
export async function makeApiKey(
  db: DbOrTx,
  tenantId: string,
  role: 'owner' | 'staff' | 'read_only' = 'owner',
): Promise<{ authorization: string }> {
  const { key, prefix, hash } = newApiKey(systemRandom)
  const row = { id: newId(), tenantId, name: 'test', prefix, hash, role, createdAt: new Date() }
  await db.apiKey.create({ data: row })
  return { authorization: `Bearer ${key}` }
}
