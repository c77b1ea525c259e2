import type { Pool } from 'pg'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import type { FoundMarks, MarkedOrder, OrderMarker } from '../orders/store/prepare.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Logger } from '../platform/logger.ts'
import { type MarkCode, RULE_PREFIX } from './catalogue.ts'
import { type LookedUp, lookUp } from './look-up.ts'
import { marksOfOrder } from './of-order.ts'
import { NO_RULES, Rules, ruleHolds } from './rules.ts'
import { ADD_COMBINABLE, DROP_COMBINABLE, RECHECK_COMBINABLE, REPLACE_MARKS, UNCHECKED } from './sql.ts'

export interface MarkTools {
  pool: Pool
  sealer: Sealer
  log: Logger
}

export interface Marker extends OrderMarker {
  /** Takes off what has become untrue by itself, and looks again at what could not be looked up. @returns how many it looked at */
  tend(signal: AbortSignal): Promise<number>
}

type Shop = { id: string; tenantId: string }

export const rulesContext = (tenantId: string): string => `mark-rules:${tenantId}`

/** @throws SealError and ZodError: whoever stages goes on without. */
export const openRules = (
  sealer: Pick<Sealer, 'openJson'>,
  tenantId: string,
  sealed: Uint8Array | null,
): Rules => (sealed === null ? NO_RULES : Rules.parse(sealer.openJson(rulesContext(tenantId), sealed)))

const FIRST = '00000000-0000-0000-0000-000000000000'

export function createMarker(tools: MarkTools): Marker {
  const { pool, log } = tools
  let place = FIRST
  const marker: Marker = {
    find: (shop, orders) => find(tools, shop, orders),
    async spread(tenantId, { partners }) {
      if (partners.length === 0) return
      await pool
        .query(ADD_COMBINABLE, [tenantId, partners])
        .catch((err: unknown) => log.warn({ err, tenantId }, 'orders that can go together are not marked'))
    },
    async rewrite(shop, orders) {
      if (orders.length === 0) return
      const found = await find(tools, shop, orders)
      const ids = orders.map(({ orderId }) => orderId)
      const texts = ids.map((id) => (found.marks.get(id) ?? []).join(','))
      await pool
        .query(REPLACE_MARKS, [shop.tenantId, ids, texts])
        .catch((err: unknown) => log.warn({ err, shopId: shop.id }, 'marks are not written'))
      await marker.spread(shop.tenantId, found)
    },
    async tend(signal) {
      const { rows: gone } = await pool.query<{ dropped: number }>(DROP_COMBINABLE)
      const { rows: others } = await pool.query<{ dropped: number; place: string | null }>(
        RECHECK_COMBINABLE,
        [place],
      )
      place = others[0]?.place ?? FIRST
      const dropped = (gone[0]?.dropped ?? 0) + (others[0]?.dropped ?? 0)
      return signal.aborted ? dropped : dropped + (await recheck(tools, marker))
    },
  }
  return marker
}

async function find(tools: MarkTools, shop: Shop, orders: readonly MarkedOrder[]): Promise<FoundMarks> {
  const { rules, found } = await facts(tools, shop, orders)
  const partners = new Set<string>()
  const marks = orders.map((marked, place): [string, string[]] => {
    const other = found?.[place]
    const open = marked.order.mallState === 'open'
    if (open) for (const id of other?.partners ?? []) partners.add(id)
    return [marked.orderId, marksOf(tools, shop, marked.order, rules, other)]
  })
  return { marks: new Map(marks), partners: [...partners] }
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
      ['combinable', other && other.partners.length > 0 && order.mallState === 'open'],
      ['blocked_buyer', other?.blocked],
      ['unchecked', rules === null || other === undefined],
    ]
    return [
      ...marksOfOrder(order, islands),
      ...looked.flatMap(([mark, is]) => (is ? [mark] : [])),
      ...own
        .filter((rule) => ruleHolds(rule, { shopId: shop.id, order }))
        .map(({ code }) => `${RULE_PREFIX}${code}`),
    ].sort()
  } catch (err) {
    log.error({ err, shopId: shop.id, orderNumber: order.orderNumber }, 'marks of an order cannot be made')
    return ['unchecked' satisfies MarkCode]
  }
}

async function recheck({ pool, sealer, log }: MarkTools, marker: Marker): Promise<number> {
  const { rows } = await pool.query<{ id: string; tenantId: string; shopId: string; sealedDetail: Buffer }>(
    UNCHECKED,
  )
  for (const { id, tenantId, shopId, sealedDetail } of rows) {
    try {
      const order = sealer.openJson<NormalisedOrder>(`order:${id}:detail`, sealedDetail)
      await marker.rewrite({ id: shopId, tenantId }, [{ orderId: id, order }])
    } catch (err) {
      log.warn({ err, orderId: id }, 'marks of an order cannot be looked up again')
    }
  }
  return rows.length
}
