import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import {
  type AmazonSimulator,
  type AmazonSimulatorOptions,
  startAmazonSimulator,
} from '../../../sandbox/malls/amazon/index.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { FetchHints, FetchOutcome, Lane, Quota } from '../../../src/marketplaces/port/session.ts'
import { testTools } from '../../support/malls/test-kit.ts'

export const SHOP = 'AEXAMPLESELLER'
export const OTHER_SHOP = 'AOTHERSELLER01'
export const NEVER = new AbortController().signal
/** Any moment will do, on a whole second. */
export const START = Date.parse('2026-09-01T01:00:00Z')

/** A simulator whose orders and quotas run on one clock that stands still until it is moved. */
export async function startHeldMall(options: Partial<AmazonSimulatorOptions> = {}) {
  const clock = createControllableClock()
  clock.hold()
  clock.set(START)
  const mall = await startAmazonSimulator({
    shops: [
      { code: SHOP, name: '見本商店' },
      { code: OTHER_SHOP, name: '例示商店' },
    ],
    seed: 3,
    clock,
    quotaClock: clock,
    ...options,
  })
  return { mall, clock }
}

export function openAmazon(
  mall: AmazonSimulator,
  { settings, lane }: { settings?: Record<string, unknown>; lane?: Lane } = {},
) {
  const tools = { ...testTools({ clock: mall.clock }), ...(lane ? { lane } : {}) }
  const amazon = createAmazon({ apiUrl: mall.url, authUrl: mall.authUrl })
  const open = (credentials = mall.credentialsFor(SHOP)) =>
    amazon.open(
      {
        shopId: 'shop',
        shopCode: SHOP,
        credentials: amazon.credentials.parse(credentials),
        ...(settings ? { settings } : {}),
      },
      tools,
    )
  const fetch = async (numbers: readonly string[], hints: FetchHints = {}) => {
    const outcomes = new Map<string, FetchOutcome>()
    for await (const outcome of open().fetchOrders(numbers, NEVER, hints)) {
      outcomes.set(outcome.orderNumber, outcome)
    }
    return outcomes
  }
  return { amazon, tools, open, fetch }
}

/**
 * A lane of token buckets on a held clock: waits of up to two seconds move the clock, longer ones are thrown.
 * `full` says how many calls are left at the beginning, by the end of the key.
 */
export function heldLane(clock: ControllableClock, left: Record<string, number> = {}): Lane {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    async take({ key, perSecond, burst }: Quota) {
      const start = Object.entries(left).find(([end]) => key.endsWith(end))?.[1] ?? burst
      const bucket = buckets.get(key) ?? { left: start, at: clock.now() }
      buckets.set(key, bucket)
      const fill = () => {
        bucket.left = Math.min(burst, bucket.left + ((clock.now() - bucket.at) / 1000) * perSecond)
        bucket.at = clock.now()
      }
      fill()
      const wait = bucket.left >= 1 ? 0 : Math.ceil(((1 - bucket.left) / perSecond) * 1000)
      if (wait > PATIENCE_MS) throw busy(new Date(clock.now() + wait))
      if (wait > 0) clock.advance(wait)
      fill()
      bucket.left -= 1
    },
  }
}

const PATIENCE_MS = 2000

const busy = (until: Date) =>
  new MarketplaceFailure({ kind: 'throttled', code: 'LANE_BUSY', message: '順番待ちです。', until })
