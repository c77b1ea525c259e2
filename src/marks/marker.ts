import type { Pool } from 'pg'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { openDetail } from '../orders/store/detail.ts'
import type { FoundMarks, MarkedOrder, OrderMarker } from '../orders/store/prepare.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { statement } from '../platform/db/statement-names.ts'
import type { Logger } from '../platform/logger.ts'
import { type MarkCode, RULE_PREFIX } from './catalogue.ts'
import { addressesOf, type LookedUp, lookUp } from './look-up.ts'
import { marksOfOrder } from './of-order.ts'
import { NO_RULES, Rules, rulesThatHold } from './rules.ts'
import { DROP_COMBINABLE, MARK_COMBINABLE, READ_MARKED, REPLACE_MARKS, TO_REWRITE } from './sql.ts'

export interface MarkTools {
  pool: Pool
  sealer: Sealer
  log: Logger
}

export interface Marker extends OrderMarker {
  /**
   * Takes off what has become untrue by itself, and looks again at what could not be looked up or was not marked to its end. @returns how many it
   * looked at
   */
  tend(signal: AbortSignal): Promise<number>
}

type Shop = { id: string; tenantId: string }

/** Each batch of orders that was staged asks it once. */
const MARK_PREPARED = statement(MARK_COMBINABLE)

export const rulesContext = (tenantId: string): string => `mark-rules:${tenantId}`

/** @throws SealError and ZodError: whoever stages goes on without. */
export const openRules = (sealer: Pick<Sealer, 'of'>, tenantId: string, sealed: Uint8Array | null): Rules =>
  sealed === null ? NO_RULES : Rules.parse(sealer.of(tenantId).openJson(rulesContext(tenantId), sealed))

const FIRST = '00000000-0000-0000-0000-000000000000'

export function createMarker(tools: MarkTools): Marker {
  const { pool, sealer, log } = tools
  let place = FIRST
  let openPlace = { shopId: FIRST, id: FIRST }
  const marker: Marker = {
    find: (shop, orders) => find(tools, shop, orders),
    async spread(tenantId, orders) {
      const looks = orders.flatMap((order) => addressesOf(sealer, tenantId, order))
      if (looks.length === 0) return
      const values = [
        looks.map(({ orderId }) => orderId),
        looks.map(({ hash }) => hash),
        looks.map(({ name }) => name),
      ]
      await retryable(() => pool.query({ ...MARK_PREPARED, values: [tenantId, ...values] })).catch(
        (err: unknown) => log.warn({ err, tenantId }, 'orders that can go together are not marked'),
      )
    },
    async rewrite(shop, orderIds) {
      let left = orderIds
      for (let round = 1; left.length > 0 && round <= MOST_ROUNDS; round += 1)
        left = await rewriteOnce(tools, marker, shop, left)
      if (left.length > 0) log.warn({ shopId: shop.id, orders: left.length }, 'marks are not written')
    },
    async tend(signal) {
      const { rows } = await pool.query<{ dropped: number; place: string | null }>(DROP_COMBINABLE, [place])
      place = rows[0]?.place ?? FIRST
      const dropped = rows[0]?.dropped ?? 0
      if (signal.aborted) return dropped
      const { rows: parts } = await pool.query<ToRewrite>(TO_REWRITE, [openPlace.shopId, openPlace.id])
      const { found = [], place: last } = parts[0] ?? {}
      openPlace = last ?? { shopId: FIRST, id: FIRST }
      for (const { id, tenantId, shopId } of found) await marker.rewrite({ id: shopId, tenantId }, [id])
      return dropped + found.length
    },
  }
  return marker
}

async function find(tools: MarkTools, shop: Shop, orders: readonly MarkedOrder[]): Promise<FoundMarks> {
  const { rules, found } = await facts(tools, shop, orders)
  return new Map(
    orders.map(({ orderId, order }, place) => [orderId, marksOf(tools, shop, order, rules, found?.[place])]),
  )
}

/** An order that is changed again and again is looked at by whoever changes it. */
const MOST_ROUNDS = 5

/** @returns orders that somebody changed or marked meanwhile: what was looked up for them holds no more */
async function rewriteOnce(
  tools: MarkTools,
  marker: OrderMarker,
  shop: Shop,
  orderIds: readonly string[],
): Promise<string[]> {
  const { pool, sealer, log } = tools
  try {
    const { rows } = await pool.query<Marked>(READ_MARKED, [shop.tenantId, orderIds])
    const read = rows.flatMap((row) => {
      const order = ifOpens(() => openDetail(sealer.of(shop.tenantId), row.id, row.sealedDetail))
      return order ? [{ ...row, orderId: row.id, order }] : []
    })
    if (read.length === 0) return []
    const found = await marker.find(shop, read)
    const after = (id: string) => (found.get(id) ?? []).join(',')
    const differing = read.filter(({ id, marks }) => marks.toSorted().join(',') !== after(id))
    const { rows: written } = await pool.query<{ id: string }>(REPLACE_MARKS, [
      ...[shop.tenantId, differing.map(({ id }) => id), differing.map(({ version }) => version)],
      ...[differing.map(({ marks }) => marks.join(',')), differing.map(({ id }) => after(id))],
    ])
    const missed = new Set(differing.map(({ id }) => id))
    for (const { id } of written) missed.delete(id)
    const combinable = read.filter(({ id }) => !missed.has(id) && found.get(id)?.includes('combinable'))
    await marker.spread(shop.tenantId, combinable)
    return [...missed]
  } catch (err) {
    log.warn({ err, shopId: shop.id }, 'marks are not written')
    return []
  }
}

interface ToRewrite {
  found: { id: string; tenantId: string; shopId: string }[]
  /** Where the next part begins; null: at the first open order again. */
  place: { shopId: string; id: string } | null
}

interface Marked {
  id: string
  version: number
  marks: string[]
  sealedDetail: Buffer
}

/** What fails here is told, and the order staged with what is known all the same. */
async function facts({ pool, sealer, log }: MarkTools, shop: Shop, orders: readonly MarkedOrder[]) {
  try {
    const { sealedRules, found } = await lookUp(pool, sealer, shop.tenantId, orders)
    try {
      return { rules: openRules(sealer, shop.tenantId, sealedRules), found }
    } catch (err) {
      log.error({ err, tenantId: shop.tenantId }, 'rules for marks cannot be read')
      return { rules: null, found }
    }
  } catch (err) {
    log.error({ err, shopId: shop.id }, 'marks cannot be looked up')
    return { rules: null, found: null }
  }
}

function marksOf(
  { log }: MarkTools,
  shop: Shop,
  order: NormalisedOrder,
  rules: Rules | null,
  other: LookedUp | undefined,
): string[] {
  const { rules: own, islands } = rules ?? NO_RULES
  try {
    const looked: [MarkCode, boolean | undefined][] = [
      ['repeat_buyer', other?.repeat],
      ['repeat_canceller', other?.cancelled],
      ['combinable', other?.combinable && order.mallState === 'open'],
      ['blocked_buyer', other?.blocked],
      ['unchecked', rules === null || other === undefined],
    ]
    return [
      ...marksOfOrder(order, islands),
      ...looked.flatMap(([mark, is]) => (is ? [mark] : [])),
      ...rulesThatHold(own, { shopId: shop.id, order }).map(({ code }) => `${RULE_PREFIX}${code}`),
    ].sort()
  } catch (err) {
    log.error({ err, shopId: shop.id, orderNumber: order.orderNumber }, 'marks of an order cannot be made')
    return ['unchecked' satisfies MarkCode]
  }
}
