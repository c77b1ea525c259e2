import type { Clock } from '../../src/platform/clock.ts'
import type { Keep } from '../kit/keep.ts'
import type { ControllableClock, MallSimulator, OrderShape, SandboxEvent, SimShop } from '../kit/types.ts'
import type { MailContent } from '../mails/mail-content.ts'
import { AMAZON_SHAPES } from './amazon/generate.ts'
import { NO_QUOTAS, REAL_QUOTAS, startAmazonSimulator } from './amazon/index.ts'
import { amazonContent } from './amazon/mail.ts'
import { AUPAY_READY } from './aupay/control.ts'
import { AUPAY_SHAPES } from './aupay/generate.ts'
import { startAupaySimulator } from './aupay/index.ts'
import { aupayContent } from './aupay/mail.ts'
import { RAKUTEN_READY } from './rakuten/control.ts'
import { RAKUTEN_SHAPES } from './rakuten/generate.ts'
import { startRakutenSimulator } from './rakuten/index.ts'
import { rakutenContent } from './rakuten/mail.ts'
import { SHOPIFY_READY } from './shopify/control.ts'
import { NO_LIMIT, SMALLEST_PLAN, startShopifySimulator } from './shopify/index.ts'
import { shopifyContent } from './shopify/mail.ts'
import { SHOPIFY_SHAPES } from './shopify/store.ts'
import { YAHOO_READY } from './yahoo/control.ts'
import { YAHOO_SHAPES } from './yahoo/generate.ts'
import { startYahooSimulator } from './yahoo/index.ts'
import { yahooContent } from './yahoo/mail.ts'

interface OfMall {
  shop: { code: string; name: string; title: string }
  /** Before the number of a further shop, where a code is no number. */
  join?: string
  /** Overrides of an order that is paid, confirmed and past the buyer's minutes: the mall lets it ship. */
  ready: Record<string, unknown>
  shapes: readonly OrderShape[]
  mail(event: SandboxEvent): MailContent
  /** Operations that write a shipment to so many recipients. */
  shippedBy(recipients: number): readonly string[]
  start(options: MallOptions & { shops: SimShop[] }): Promise<MallSimulator>
}

/** The simulated malls, each with one shop. A new mall is one entry here. */
const OF_MALLS = {
  rakuten: {
    shop: { code: '123456', name: '見本商店', title: '見本商店 楽天市場店' },
    ready: RAKUTEN_READY,
    shapes: RAKUTEN_SHAPES,
    mail: rakutenContent,
    shippedBy: (recipients) => Array.from({ length: recipients }, () => 'updateOrderShipping'),
    start: startRakutenSimulator,
  },
  yahoo: {
    shop: { code: 'hoshizora-tools', name: '星空道具店', title: '星空道具店 Yahoo!店' },
    join: '-',
    ready: YAHOO_READY,
    shapes: YAHOO_SHAPES,
    mail: yahooContent,
    shippedBy: () => ['orderShipStatusChange'],
    start: startYahooSimulator,
  },
  amazon: {
    shop: { code: 'AEXAMPLESELLER', name: '見本ストア', title: '見本ストア Amazon店' },
    join: 'N',
    ready: {},
    shapes: AMAZON_SHAPES,
    mail: amazonContent,
    shippedBy: () => ['confirmShipment'],
    start: ({ requestsPerSecond, ...options }) =>
      startAmazonSimulator({ ...options, quotas: requestsPerSecond > 1 ? NO_QUOTAS : REAL_QUOTAS }),
  },
  aupay: {
    shop: { code: '12345678', name: '見本屋', title: '見本屋 au PAY マーケット店' },
    ready: AUPAY_READY,
    shapes: AUPAY_SHAPES,
    mail: aupayContent,
    shippedBy: () => ['updateTradeStsProc', 'updateTradeInfoProc', 'updateTradeStsProc'],
    start: startAupaySimulator,
  },
  shopify: {
    shop: { code: 'mihon-an', name: '見本庵', title: '見本庵 Shopify店' },
    join: '-',
    ready: SHOPIFY_READY,
    shapes: SHOPIFY_SHAPES,
    mail: shopifyContent,
    shippedBy: () => ['fulfillmentCreate'],
    start: ({ requestsPerSecond, ...options }) =>
      startShopifySimulator({ ...options, points: requestsPerSecond > 1 ? NO_LIMIT : SMALLEST_PLAN }),
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
export const SHAPES_OF = ofEach(({ shapes }) => shapes)
export const SHIPPED_BY = ofEach(({ shippedBy }) => shippedBy)
export const MAIL_CONTENT = ofEach(({ mail }) => mail)

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

interface MallOptions {
  port?: number
  seed: number
  /** Above 1: Amazon's quotas by operation and Shopify's points are off. */
  requestsPerSecond: number
  clock?: ControllableClock
  /** Clock by which quotas count; absent: the real one. */
  quotaClock?: Clock
  keep?: Keep
}

/** Simulators of all malls, each of its own type. */
export type Simulators = {
  [M in SimulatedMall]: Awaited<ReturnType<(typeof OF_MALLS)[M]['start']>>
}

/** `shops`: 1. */
type OneMall = MallOptions & { shops?: number }

export function startMall(mall: SimulatedMall, { shops, ...own }: OneMall): Promise<MallSimulator> {
  const { start }: OfMall = OF_MALLS[mall]
  return start({ ...own, shops: sandboxShops(mall, shops) })
}

export async function startMalls(options: (mall: SimulatedMall) => OneMall): Promise<Simulators> {
  const started = await Promise.all(
    SIMULATED_MALLS.map(async (mall) => {
      return [mall, await startMall(mall, options(mall))] as const
    }),
  )
  return Object.fromEntries(started) as Simulators
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
