import { endWaitOf } from '../imports/requests/due.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { Lanes } from '../marketplaces/quota/lanes.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { Logger } from '../platform/logger.ts'
import { abortAfter, TimedOut } from '../platform/timeout.ts'
import { openEarly } from '../shops/attention.ts'
import type { ShopSessions } from '../shops/shops/sessions.ts'
import type { LiveFacts, ShopFacts } from './facts.ts'

export interface LiveTools {
  pool: Queries
  clock: Clock
  log: Logger
  sessions: Pick<ShopSessions, 'open'>
  lanes: Lanes
  wakeQueue: { wake(shopIds: string[]): Promise<unknown> }
}

/** Asks the malls for one number on behalf of a person. Never stages anything. */
export interface LiveHalf {
  /** @param shops those whose the number may be; of more than three the others are told as not asked */
  ask(
    tenantId: string,
    orderNumber: string,
    shops: readonly ShopFacts[],
    signal: AbortSignal,
  ): Promise<LiveFacts[]>
}

/** Shops asked for one number: more than that share a form of numbers only where nobody knows whose it is. */
const MOST_SHOPS = 3
/** A person waits for it; a mall that takes longer is told as one that gave no answer. */
const DEADLINE_MS = 4_000
/** Rate of a tenant's people at its malls together, whatever their quotas: six a minute, three at once. */
const PER_TENANT = { perSecond: 6 / 60, burst: 3 }
/** The board asks again every few seconds; a mall's answer is good for so long. */
const KEPT_MS = 60_000
/** A mall does not announce its recovery: a silent one is called sooner, where the rate allows it. */
const BROKEN_KEPT_MS = 15_000
const MOST_KEPT = 1_000

export function createLiveHalf(tools: LiveTools): LiveHalf {
  const kept = new Map<string, LiveFacts>()
  const own = tools.lanes.lane({ patienceMs: 0 })

  function remembered(key: string): LiveFacts | undefined {
    const known = kept.get(key)
    const age = known ? tools.clock.now() - known.at.getTime() : KEPT_MS
    return age >= 0 && age < KEPT_MS ? known : undefined
  }

  const isToAskAgain = ({ kind, at }: LiveFacts): boolean =>
    kind === 'broken' && tools.clock.now() - at.getTime() >= BROKEN_KEPT_MS

  function remember(key: string, said: LiveFacts): void {
    kept.delete(key)
    kept.set(key, said)
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }

  async function askOne(
    tenantId: string,
    orderNumber: string,
    shop: ShopFacts,
    signal: AbortSignal,
  ): Promise<LiveFacts> {
    const key = `${shop.id} ${orderNumber}`
    const known = remembered(key)
    if (known && !isToAskAgain(known)) return known
    const notAsked = (message: string, until: Date | null = null): LiveFacts => ({
      shopId: shop.id,
      at: dateNow(tools.clock),
      kind: 'not_asked',
      message,
      until,
    })
    const stopped = standsStill(shop)
    if (stopped !== null) return notAsked(stopped)
    if (shop.lane && !shop.lane.outage)
      return notAsked('モールが呼び出しを断っているため、照会していません。', shop.lane.until)
    try {
      await own.take({ key: `why:${tenantId}`, ...PER_TENANT }, signal)
    } catch (error) {
      if (known) return known
      return notAsked('照会の回数が上限に達しているため、モールには照会していません。', untilOf(error))
    }
    const asked = await fetchOne(tools, shop.id, orderNumber, signal)
    if (asked.kind === 'not_asked') return known ?? asked
    remember(key, asked)
    if (asked.kind !== 'broken') await tellWell(tools, orderNumber, asked)
    return asked
  }

  return {
    ask: async (tenantId, orderNumber, shops, signal) => {
      const asked = shops.slice(0, MOST_SHOPS)
      return Promise.all(asked.map((shop) => askOne(tenantId, orderNumber, shop, signal)))
    },
  }
}

function standsStill({ enabled, tenantActive, attention }: ShopFacts): string | null {
  if (!enabled || !tenantActive) return '店舗の自動取込が止まっているため、モールには照会していません。'
  return attention === null ? null : '店舗が要対応のため、モールには照会していません。'
}

const untilOf = (error: unknown): Date | null =>
  error instanceof MarketplaceFailure ? (error.until ?? null) : null

async function fetchOne(
  { sessions, clock, log }: LiveTools,
  shopId: string,
  orderNumber: string,
  signal: AbortSignal,
): Promise<LiveFacts> {
  const at = () => ({ shopId, at: dateNow(clock) })
  try {
    return await abortAfter(DEADLINE_MS, signal, async (limit) => {
      const { session, asQuestion } = await sessions.open(shopId)
      return asQuestion(async () => {
        for await (const outcome of session.fetchOrders([orderNumber], limit))
          if (outcome.orderNumber === orderNumber) return { ...at(), ...toSaid(outcome) }
        return { ...at(), kind: 'broken', code: 'NO_ANSWER', message: '' } as const
      })
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof TimedOut)
      return { ...at(), kind: 'broken', code: 'TIMEOUT', message: 'モールから時間内に応答がありません。' }
    if (!(error instanceof MarketplaceFailure)) {
      log.warn({ err: error, shopId }, 'a question to the mall broke')
      return { ...at(), kind: 'broken', code: 'MALL_ANSWERS_BROKEN', message: '' }
    }
    const { code, message } = error
    if (error.kind === 'throttled') return { ...at(), kind: 'not_asked', message, until: error.until ?? null }
    return { ...at(), kind: 'broken', code, message }
  }
}

type Said = LiveFacts extends infer One ? (One extends LiveFacts ? Omit<One, 'shopId' | 'at'> : never) : never

function toSaid(outcome: FetchOutcome): Said {
  switch (outcome.kind) {
    case 'found': {
      const orderedAt = new Date(outcome.order.orderedAt)
      const isTime = Number.isFinite(orderedAt.getTime())
      return { kind: 'found', state: outcome.order.mallState, orderedAt: isTime ? orderedAt : null }
    }
    case 'not_found':
      return { kind: 'not_found' }
    case 'pending':
      return { kind: 'pending', message: outcome.message, retryAt: outcome.retryAt }
    case 'skipped':
      return { kind: 'skipped', message: outcome.reason }
    case 'failed':
      return { kind: 'broken', code: outcome.failure.code, message: outcome.failure.message }
  }
}

/** The mall answers well: nothing waits for it any longer. A request fetches what it asks for. */
async function tellWell(
  { pool, clock, wakeQueue }: LiveTools,
  orderNumber: string,
  { shopId, kind }: LiveFacts,
): Promise<void> {
  const at = dateNow(clock)
  const opened = await openEarly(pool, { shopId }, at)
  const isThere = kind !== 'not_found'
  const hurried = isThere && (await endWaitOf(pool, { shopId, orderNumber, held: kind === 'pending' }, at))
  if (opened.length > 0 || hurried) await wakeQueue.wake([shopId])
}
