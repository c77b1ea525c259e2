import { createHash } from 'node:crypto'
import { WireError } from '../../kit/field-reader.ts'
import { malformed } from '../../kit/http-failures.ts'
import { elementsAt, textAt, type XmlElement } from '../../kit/xml.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import type { AupayClient } from '../client.ts'
import { STATUSES } from '../codes.ts'
import { AUPAY } from '../facts.ts'
import { toOrder } from './to-order.ts'

/** Converts an order in an answer, from its own call or from a list, into an outcome. */

export interface FetchTools {
  shopCode: string
  client: AupayClient
  tools: Pick<MarketplaceTools, 'clock' | 'notice'>
}

/** Non-empty orderInfo elements: an empty one means "none". */
export const ordersIn = (response: XmlElement): XmlElement[] =>
  elementsAt(response, 'orderInfo').filter((orderInfo) => Object.keys(orderInfo).length > 0)

/** @throws MarketplaceFailure `malformed` when the order cannot be read or is another one */
export function found(
  orderNumber: string,
  orderInfo: XmlElement,
  raw: string,
  fetching: FetchTools,
): FetchOutcome {
  const order = mapped(orderInfo, raw, fetching.shopCode)
  if (order.orderNumber !== orderNumber) throw malformed(AUPAY, '別の注文番号が返りました', raw)
  const rereadAt = rereadTime(order, fetching.tools.clock.now())
  const revision = revisionOf(orderInfo)
  return { kind: 'found', orderNumber, order, raw, revision, ...(rereadAt ? { rereadAt } : {}) }
}

function mapped(orderInfo: XmlElement, raw: string, shopCode: string): NormalisedOrder {
  try {
    return toOrder(orderInfo, shopCode)
  } catch (error) {
    if (error instanceof WireError) throw malformed(AUPAY, `項目 ${error.field}`, raw, error)
    throw error
  }
}

const REREAD_MS = 60 * 60 * 1000
const REREAD_FOR_MS = 14 * 24 * 60 * 60 * 1000

/** The API cannot search by the time of a change: an order that the mall still decides on would keep its first state. */
function rereadTime(order: NormalisedOrder, now: number): Date | null {
  const waits = order.mallState === 'open' && STATUSES[order.mallStatus.code]?.waitsForMall
  return waits && now - Date.parse(order.orderedAt) < REREAD_FOR_MS ? new Date(now + REREAD_MS) : null
}

/** The mall gives no time of the last change: a digest of all that it says of the order, which list and single answer share. */
export const revisionOf = (orderInfo: XmlElement): string =>
  createHash('sha256').update(JSON.stringify(orderInfo, sortNames)).digest('base64url').slice(0, 22)

function sortNames(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const orderIdOf = (orderInfo: XmlElement): string | null => textAt(orderInfo, 'orderId') || null
