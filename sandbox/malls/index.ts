import type { Keep } from '../kit/keep.ts'
import type { MallSimulator, SimShop } from '../kit/types.ts'
import { NO_QUOTAS, REAL_QUOTAS, startAmazonSimulator } from './amazon/index.ts'
import { AUPAY_READY } from './aupay/control.ts'
import { startAupaySimulator } from './aupay/index.ts'
import { RAKUTEN_READY } from './rakuten/control.ts'
import { startRakutenSimulator } from './rakuten/index.ts'
import { SHOPIFY_READY } from './shopify/control.ts'
import { startShopifySimulator } from './shopify/index.ts'
import { YAHOO_READY } from './yahoo/control.ts'
import { startYahooSimulator } from './yahoo/index.ts'

interface OfMall {
  shop: { code: string; name: string; title: string }
  /** Before the number of a further shop, where a code is no number. */
  join?: string
  /** Overrides of an order that is paid, confirmed and past the buyer's minutes: the mall lets it ship. */
  ready: Record<string, unknown>
  start(options: MallOptions & { shops: SimShop[] }): Promise<MallSimulator>
}

/** The simulated malls, each with one shop. A new mall is one entry here. */
const OF_MALLS = {
  rakuten: {
    shop: { code: '123456', name: '見本商店', title: '見本商店 楽天市場店' },
    ready: RAKUTEN_READY,
    start: startRakutenSimulator,
  },
  yahoo: {
    shop: { code: 'hoshizora-tools', name: '星空道具店', title: '星空道具店 Yahoo!店' },
    join: '-',
    ready: YAHOO_READY,
    start: startYahooSimulator,
  },
  amazon: {
    shop: { code: 'AEXAMPLESELLER', name: '見本ストア', title: '見本ストア Amazon店' },
    join: 'N',
    ready: {},
    start: ({ requestsPerSecond, ...options }) =>
      startAmazonSimulator({ ...options, quotas: requestsPerSecond > 1 ? NO_QUOTAS : REAL_QUOTAS }),
  },
  aupay: {
    shop: { code: '12345678', name: '見本屋', title: '見本屋 au PAY マーケット店' },
    ready: AUPAY_READY,
    start: startAupaySimulator,
  },
  shopify: {
    shop: { code: 'mihon-an', name: '見本庵', title: '見本庵 Shopify店' },
    join: '-',
    ready: SHOPIFY_READY,
    start: startShopifySimulator,
  },
} as const satisfies Record<string, OfMall>

export type SimulatedMall = keyof typeof OF_MALLS
export const SIMULATED_MALLS = Object.keys(OF_MALLS) as SimulatedMall[]

const ofEach = <T>(of: (mall: OfMall) => T): Readonly<Record<SimulatedMall, T>> =>
  Object.fromEntries(Object.entries<OfMall>(OF_MALLS).map(([name, mall]) => [name, of(mall)])) as Record<
    SimulatedMall,
    T
  >

export const SANDBOX_SHOPS = ofEach(({ shop }) => shop)
export const READY_TO_SHIP = ofEach(({ ready }) => ready)

/** The shops of a mall; beyond the first they are numbered. Order numbers differ from shop to shop. */
export function sandboxShops(
  mall: SimulatedMall,
  count = 1,
): { code: string; name: string; title: string }[] {
  const { shop: first, join = '' }: OfMall = OF_MALLS[mall]
  return Array.from({ length: count }, (_, n) => {
    if (n === 0) return first
    const code = /^\d+$/.test(first.code) ? String(Number(first.code) + n) : `${first.code}${join}${n + 1}`
    return { code, name: `${first.name}${n + 1}`, title: `${first.title} ${n + 1}` }
  })
}

export interface MallOptions {
  port: number
  seed: number
  /** Above 1: Amazon's quotas by operation are off. */
  requestsPerSecond: number
  keep?: Keep
}

export async function startMalls(
  /** `shops`: of each mall; 1. */
  options: (mall: SimulatedMall) => MallOptions & { shops?: number },
): Promise<Record<SimulatedMall, MallSimulator>> {
  const started = await Promise.all(
    SIMULATED_MALLS.map(async (mall) => {
      const { shops, ...own } = options(mall)
      const { start }: OfMall = OF_MALLS[mall]
      return [mall, await start({ ...own, shops: sandboxShops(mall, shops) })] as const
    }),
  )
  return Object.fromEntries(started) as Record<SimulatedMall, MallSimulator>
}

/** The settings that point a service at the simulated malls. */
export function mallEnvironment(
  malls: Partial<Record<SimulatedMall, MallSimulator>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.values(malls).flatMap(({ name, url, authUrl, consentUrl }) => {
      const prefix = name.toUpperCase()
      return [
        [`${prefix}_API_URL`, url],
        ...(authUrl ? [[`${prefix}_AUTH_URL`, authUrl]] : []),
        ...(consentUrl ? [[`${prefix}_CONSENT_URL`, consentUrl]] : []),
      ]
    }),
  )
}
