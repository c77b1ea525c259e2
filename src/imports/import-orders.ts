import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Marketplace } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import { DISMISSED } from '../orders/store/dismissed.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { AppError, codeOf } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { readRequest } from './requests/read.ts'
import { ASK_FOR_MS } from './requests/retry-schedule.ts'
import { DISMISS_NUMBER, RETRY_FAILED, RETRY_REQUEST, requestImports } from './requests/statements.ts'
import type { ImportAccepted, ImportOrder, RetryFailed } from './schemas.ts'
import { FIND_SHOP, INSERT_SCAN, LIST_HERE } from './statements.ts'

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
    FIND_SHOP({ shop: shopId, tenant: tenantId }),
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
    LIST_HERE({ shop: shopId, numbers }),
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
    INSERT_SCAN({ id, tenant: caller.tenantId, shop: shop.id, ...period, now, actor: caller.actor }),
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

/**
 * Asks again at once, as a person wishes: a failed request begins anew with its full time, a waiting one is
 * moved forward.
 * @throws AppError NOT_FOUND; CONFLICT when it is done, or when the same number is being asked for by another
 * request
 */
export async function retryRequest(deps: ImportDeps, tenantId: string, id: string) {
  const before = await readRequest(deps, tenantId, id)
  if (before.state === 'done') {
    throw new AppError('CONFLICT', 'この注文の取込はすでに完了しています。受注の一覧を確認してください。')
  }
  const now = deps.clock.now()
  const { rowCount } = await deps.pool
    .query(RETRY_REQUEST({ id, tenant: tenantId, now: new Date(now), expiresAt: new Date(now + ASK_FOR_MS) }))
    .catch((error: unknown) => {
      if (codeOf(error) === UNIQUE_VIOLATION) throw alreadyWaiting()
      throw error
    })
  if (rowCount === 0)
    throw new AppError('CONFLICT', 'この注文の取込は操作中に完了しました。一覧を再読み込みしてください。')
  await deps.wakeQueue.wake([before.shopId])
  return readRequest(deps, tenantId, id)
}

const UNIQUE_VIOLATION = '23505'

const alreadyWaiting = (): AppError =>
  new AppError('CONFLICT', '同じ受注番号の取込要求がすでに待機中です。そちらの結果を確認してください。')

/**
 * Asks again at once for everything that was given up, or for what one cause or one shop had given up. Of
 * several failed requests for one number the newest begins anew; a number that is being asked for already is
 * left alone. Another tenant's shop has nothing to retry.
 */
export async function retryFailed(
  deps: Pick<ImportDeps, 'pool' | 'clock' | 'wakeQueue'>,
  tenantId: string,
  { cause, shopId }: z.infer<typeof RetryFailed>,
): Promise<{ retried: number }> {
  const now = deps.clock.now()
  const { rows } = await deps.pool.query<{ shopId: string }>(
    RETRY_FAILED({
      tenant: tenantId,
      now: new Date(now),
      expiresAt: new Date(now + ASK_FOR_MS),
      outcome: cause ?? null,
      shop: shopId ?? null,
    }),
  )
  await deps.wakeQueue.wake([...new Set(rows.map((row) => row.shopId))])
  return { retried: rows.length }
}

/**
 * A person has decided that this order is not wanted here, or looked after it elsewhere: it is not asked for
 * any more, and its day is complete without it. Holds for all requests for the number that failed or still
 * wait; of an order that is here only for this one, because the others keep it fresh. Dismissing again
 * changes nothing; asking for the number again by `POST /v1/orders/import` imports it after all.
 * @throws AppError NOT_FOUND; CONFLICT when the request has ended otherwise
 */
export async function dismissRequest(
  deps: Pick<ImportDeps, 'pool' | 'clock' | 'sealer'>,
  tenantId: string,
  id: string,
) {
  const before = await readRequest(deps, tenantId, id)
  if (before.outcome === DISMISSED) return before
  const dismissal = DISMISS_NUMBER({
    id,
    tenant: tenantId,
    shop: before.shopId,
    number: before.orderNumber,
    at: new Date(deps.clock.now()),
    outcome: DISMISSED,
    message: '担当者が取込対象外にしました。取り込む場合は受注番号を指定して注文取込を行ってください。',
  })
  const { rowCount } = await retryable(() => deps.pool.query(dismissal))
  const after = await readRequest(deps, tenantId, id)
  if (rowCount === 0 || after.outcome !== DISMISSED)
    throw new AppError('CONFLICT', 'この注文の取込はすでに完了しています。受注の一覧を確認してください。')
  return after
}
