import type { Keep } from '../kit/keep.ts'
import type { MallSimulator } from '../kit/types.ts'
import { NO_QUOTAS, REAL_QUOTAS, startAmazonSimulator } from './amazon/index.ts'
import { AUPAY_READY } from './aupay/control.ts'
import { startAupaySimulator } from './aupay/index.ts'
import { RAKUTEN_READY } from './rakuten/control.ts'
import { startRakutenSimulator } from './rakuten/index.ts'
import { SHOPIFY_READY } from './shopify/control.ts'
import { startShopifySimulator } from './shopify/index.ts'
import { YAHOO_READY } from './yahoo/control.ts'
import { startYahooSimulator } from './yahoo/index.ts'

/** The simulated malls, each with one shop. A new mall is one entry in each of these tables. */

export const SANDBOX_SHOPS = {
  rakuten: { code: '123456', name: '見本商店', title: '見本商店 楽天市場店' },
  yahoo: { code: 'hoshizora-tools', name: '星空道具店', title: '星空道具店 Yahoo!店' },
  amazon: { code: 'AEXAMPLESELLER', name: '見本ストア', title: '見本ストア Amazon店' },
  aupay: { code: '12345678', name: '見本屋', title: '見本屋 au PAY マーケット店' },
  shopify: { code: 'mihon-an', name: '見本庵', title: '見本庵 Shopify店' },
} as const

export type SimulatedMall = keyof typeof SANDBOX_SHOPS
export const SIMULATED_MALLS = Object.keys(SANDBOX_SHOPS) as SimulatedMall[]
/** Malls of which the tests have tables: quotas, change cells, links that break. */
export type SandboxMall = Exclude<SimulatedMall, 'shopify'>
export const SANDBOX_MALLS = SIMULATED_MALLS.filter((mall): mall is SandboxMall => mall !== 'shopify')

/** The shops of a mall; beyond the first they are numbered. Order numbers differ from shop to shop. */
export function sandboxShops(
  mall: SimulatedMall,
  count = 1,
): { code: string; name: string; title: string }[] {
  const first = SANDBOX_SHOPS[mall]
  return Array.from({ length: count }, (_, n) => {
    if (n === 0) return first
    const code = /^\d+$/.test(first.code)
      ? String(Number(first.code) + n)
      : `${first.code}${NEXT[mall]}${n + 1}`
    return { code, name: `${first.name}${n + 1}`, title: `${first.title} ${n + 1}` }
  })
}

const NEXT: Partial<Record<SimulatedMall, string>> = { yahoo: '-', amazon: 'N', shopify: '-' }

export interface MallOptions {
  port: number
  /** Of each mall; 1. */
  shops?: number
  seed: number
  /** Above 1: Amazon's quotas by operation are off. */
  requestsPerSecond: number
  keep?: Keep
}

const START: Record<SimulatedMall, (options: MallOptions) => Promise<MallSimulator>> = {
  rakuten: (options) => startRakutenSimulator({ ...options, shops: sandboxShops('rakuten', options.shops) }),
  yahoo: (options) => startYahooSimulator({ ...options, shops: sandboxShops('yahoo', options.shops) }),
  amazon: ({ requestsPerSecond, ...options }) =>
    startAmazonSimulator({
      ...options,
      shops: sandboxShops('amazon', options.shops),
      quotas: requestsPerSecond > 1 ? NO_QUOTAS : REAL_QUOTAS,
    }),
  aupay: (options) => startAupaySimulator({ ...options, shops: sandboxShops('aupay', options.shops) }),
  shopify: (options) => startShopifySimulator({ ...options, shops: sandboxShops('shopify', options.shops) }),
}

export async function startMalls(
  options: (mall: SimulatedMall) => MallOptions,
): Promise<Record<SimulatedMall, MallSimulator>> {
  const started = await Promise.all(
    SIMULATED_MALLS.map(async (mall) => [mall, await START[mall](options(mall))] as const),
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

/** Overrides of an order that is paid, confirmed and past the buyer's minutes: each mall lets it ship. */
export const READY_TO_SHIP: Readonly<Record<SimulatedMall, Record<string, unknown>>> = {
  rakuten: RAKUTEN_READY,
  yahoo: YAHOO_READY,
  amazon: {},
  aupay: AUPAY_READY,
  shopify: SHOPIFY_READY,
}
