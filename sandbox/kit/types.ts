import type { MarketplaceName } from '../../src/marketplaces/port/order.ts'
import type { Clock } from '../../src/platform/clock.ts'

/** What the simulated malls, their mails and the sandbox's control API agree on. */

export interface SandboxItem {
  name: string
  itemCode: string
  sku: string | null
  /** `項目:選択` */
  options: string[]
  unitPrice: number
  quantity: number
  /** Percent. */
  taxRate: number
}

/** `code` is a mall's own word for a shop: Amazon's seller id for one. */
export interface SimShop {
  code: string
  name: string
}

/** The facts of a simulated order that its mail shows. */
export interface SandboxOrder {
  marketplace: MarketplaceName
  shopCode: string
  shopName: string
  orderNumber: string
  orderedAt: Date
  buyerName: string
  recipientName: string
  recipientPostalCode: string
  recipientAddress: string
  recipientPhone: string
  paymentName: string
  deliveryName: string
  note: string
  items: SandboxItem[]
  shippingFee: number
  couponTotal: number
  pointsUsed: number
  billed: number
  /** Shopify: the locations where its goods lie; those of each are sent by themselves. */
  places?: string[]
  /** How the mail is to look, for malls whose mails have no known layout; null: as the sandbox makes it. */
  mail?: {
    from: string
    subject: string | null
    numberLabel: string
    /** With `{orderNumber}` and other names in braces. */
    text: string | null
  }
}

export interface SandboxEvent {
  type: 'placed' | 'cancelled' | 'paid' | 'changed'
  order: SandboxOrder
}

/** One change that a call made at a simulated mall. */
export interface SandboxWrite {
  /** RFC 3339, the mall's time. */
  at: string
  operation: string
  orderNumber: string
  /** Codes and counts of what changed; nothing personal. */
  what: Record<string, unknown>
  /** The values that the call wrote, which tell one call from another; absent where it carries none. */
  content?: string[]
}

/** How an order stands in a mall's own books; what a mall does not keep is absent. */
export interface SandboxStand {
  orderNumber: string
  /** Whether its shop holds it (保留). */
  held?: boolean
  /** Pieces of each line that are to be sent in all, and those that were. */
  lines?: { lineId: string; ordered: number; sent: number }[]
}

/** A clock that a test or the control API moves. Starts at the real time and runs with it unless held. */
export interface ControllableClock extends Clock {
  advance(ms: number): void
  set(ms: number): void
  hold(): void
  release(): void
}

/** Kinds of orders that chance makes seldom or never, and that a mall's pages allow. */
export const ORDER_SHAPES = [
  ...(['two_recipients', 'removed_recipient'] as const),
  ...(['cancelled_line', 'cancelled_line_kept', 'partly_used_benefit', 'pickup'] as const),
] as const
export type OrderShape = (typeof ORDER_SHAPES)[number]

/** @throws Error for a shape that the mall's orders cannot have, as it would be another order */
export function checkShape(shape: OrderShape | undefined, known: readonly OrderShape[]): void {
  if (shape !== undefined && !known.includes(shape))
    throw new Error(`No such shape: ${shape}. Known: ${known.join(', ') || 'none'}`)
}

export interface PlaceOptions {
  shopCode?: string
  /** @see ORDER_SHAPES */
  shape?: OrderShape
  /** The API knows the order only after this many seconds. */
  visibleAfterSeconds?: number
  /** Mall-specific overrides, merged deep into the generated order. */
  overrides?: Record<string, unknown>
}

/** One simulated mall: an HTTP server on 127.0.0.1 with the mall's paths and the control API /_control. */
export interface MallSimulator {
  name: MarketplaceName
  /** What RAKUTEN_API_URL / YAHOO_API_URL is to be. */
  url: string
  /** Yahoo! and Amazon: what YAHOO_AUTH_URL or AMAZON_AUTH_URL is to be. */
  authUrl?: string
  /** Amazon: what AMAZON_CONSENT_URL is to be. */
  consentUrl?: string
  clock: ControllableClock
  /** Credentials that the simulator accepts for the shop, in the shape of the adapter's credentials. */
  credentialsFor(shopCode: string): Record<string, string>
  place(options?: PlaceOptions): SandboxOrder
  cancel(orderNumber: string): void
  onEvent(listener: (event: SandboxEvent) => void): void
  /** Changes that calls really made, oldest first; of one order by its number. Also GET /_control/writes. */
  writes?(orderNumber?: string): SandboxWrite[]
  /** Its orders, for malls that keep holds or pieces sent. */
  stands?(): SandboxStand[]
  /** Shopify: the shop's webhooks go to this address. Also PUT /_control/webhooks. */
  sendWebhooks?(shopCode: string, url: string): void
  close(): Promise<void>
}
