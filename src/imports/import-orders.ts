import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Marketplace } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { requestImports } from './requests/store.ts'
import type { ImportAccepted, ImportOrder } from './schemas.ts'

const DAY_MS = 24 * 60 * 60_000

export interface ImportDeps {
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  marketplaces: Marketplaces
  wakeQueue: Pick<WakeQueue, 'wake'>
  metrics: Pick<Metrics, 'importRequests'>
}

export interface ImportCaller {
  tenantId: string
  actor: string
}

interface ShopFacts {
  id: string
  code: string
  name: MarketplaceName
  marketplace: Marketplace
}

/**
 * 注文取込 on a person's request, by numbers or by period; only begins it.
 * @throws AppError NOT_FOUND for a shop that is not the tenant's, VALIDATION_FAILED naming the numbers or
 * times
 */
export async function importOrders(
  deps: ImportDeps,
  caller: ImportCaller,
  order: z.infer<typeof ImportOrder>,
): Promise<z.infer<typeof ImportAccepted>> {
  const byNumber = order.orderNumbers !== undefined
  if (byNumber === (order.from !== undefined || order.to !== undefined)) throw eitherOr()
  const shop = await readShop(deps, caller.tenantId, order.shopId)
  const accepted = byNumber
    ? await importNumbers(deps, caller, shop, order.orderNumbers ?? [])
    : await importPeriod(deps, caller, shop, order.from, order.to)
  await deps.wakeQueue.wake([shop.id])
  return accepted
}

const eitherOr = (): AppError =>
  invalid([
    {
      field: 'orderNumbers',
      message: '受注番号（orderNumbers）か期間（from と to）のどちらか一方を指定してください。',
      code: 'either_or',
    },
  ])

async function readShop(
  { pool, marketplaces }: ImportDeps,
  tenantId: string,
  shopId: string,
): Promise<ShopFacts> {
  const { rows } = await pool.query<Omit<ShopFacts, 'marketplace'>>(
    'select id::text, code, marketplace::text as name from shops where id = $1 and tenant_id = $2',
    [shopId, tenantId],
  )
  const [row] = rows
  const marketplace = row && marketplaces.get(row.name)
  if (!marketplace) throw shopNotFound()
  return { ...row, marketplace }
}

async function importNumbers(
  deps: ImportDeps,
  caller: ImportCaller,
  shop: ShopFacts,
  numbers: readonly string[],
) {
  refuseForeign(shop, numbers)
  const here = await readHere(deps.pool, shop.id, numbers)
  const known = new Set(here.map((row) => row.orderNumber))
  const requested = [...new Set(numbers)].filter((number) => !known.has(number))
  const { created } = await requestImports(
    deps.pool,
    deps,
    requested.map((orderNumber) => ({
      tenantId: caller.tenantId,
      shopId: shop.id,
      orderNumber,
      purpose: 'import',
      source: 'person',
    })),
  )
  deps.metrics.importRequests.inc({ marketplace: shop.name, source: 'person' }, created)
  return { requested, alreadyHere: here, scan: null }
}

function refuseForeign({ marketplace, code }: ShopFacts, numbers: readonly string[]): void {
  const wrong = numbers.flatMap((number, index) =>
    marketplace.ownsOrderNumber(code, number) === false
      ? [
          {
            field: `orderNumbers[${index}]`,
            message: `${marketplace.label}のこの店舗（${code}）の受注番号ではありません。番号と店舗を確認してください。`,
            code: 'wrong_order_number',
          },
        ]
      : [],
  )
  if (wrong.length > 0) throw invalid(wrong)
}

async function readHere(pool: Pool, shopId: string, numbers: readonly string[]) {
  const { rows } = await pool.query<{ orderNumber: string; orderId: string }>(
    `select order_number as "orderNumber", id::text as "orderId" from orders
     where shop_id = $1 and order_number = any($2::text[]) order by order_number`,
    [shopId, numbers],
  )
  return rows
}

async function importPeriod(
  deps: ImportDeps,
  caller: ImportCaller,
  shop: ShopFacts,
  from: string | undefined,
  to: string | undefined,
) {
  const period = checkPeriod(shop.marketplace, from, to, deps.clock.now())
  const id = deps.newId()
  const now = new Date(deps.clock.now())
  await deps.pool.query(
    `insert into import_scans (id, tenant_id, shop_id, from_at, to_at, state, window_from, next_attempt_at, requested_by, requested_at)
     values ($1, $2, $3, $4, $5, 'waiting', $4, $6, $7, $6)`,
    [id, caller.tenantId, shop.id, period.from, period.to, now, caller.actor],
  )
  return {
    requested: [],
    alreadyHere: [],
    scan: { id, from: period.from.toISOString(), to: period.to.toISOString() },
  }
}

/** Cuts an end in the future to now; refuses a start before the mall's memory: it would look complete. */
function checkPeriod(
  { label, limits }: Pick<Marketplace, 'label' | 'limits'>,
  from: string | undefined,
  to: string | undefined,
  now: number,
): { from: Date; to: Date } {
  if (from === undefined || to === undefined) {
    const field = from === undefined ? 'from' : 'to'
    throw invalid([{ field, message: 'from と to の両方を指定してください。', code: 'required' }])
  }
  const start = Date.parse(from)
  const end = Math.min(Date.parse(to), now)
  if (start >= end) {
    throw invalid([
      { field: 'from', message: 'from は to と現在時刻より前にしてください。', code: 'invalid_period' },
    ])
  }
  if (start < now - limits.historyDays * DAY_MS) {
    const message = `${label}のAPIで取得できるのは過去${limits.historyDays}日分までです。from を新しい日時にしてください。`
    throw invalid([{ field: 'from', message, code: 'too_old' }])
  }
  return { from: new Date(start), to: new Date(end) }
}
