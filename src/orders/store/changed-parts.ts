import { isDeepStrictEqual } from 'node:util'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'

/**
 * Parts in which the buyer's order itself differs, by their names in the normalised order. Left out is what moves on its
 * own while an order is worked on: statuses, times, payment progress, parcels, the shop's notes.
 */
export function changedParts(before: NormalisedOrder, after: NormalisedOrder): string[] {
  return Object.entries(PARTS)
    .filter(([, part]) => !isDeepStrictEqual(part(before), part(after)))
    .map(([name]) => name)
}

const PARTS: Record<string, (order: NormalisedOrder) => unknown> = {
  buyer: (order) => order.buyer,
  recipients: (order) => order.recipients.map(({ parcels: _, mallFields: __, ...recipient }) => recipient),
  items: (order) => order.items.map(({ mallFields: _, ...item }) => item),
  charges: (order) => order.charges,
  discounts: (order) => order.discounts,
  points: (order) => order.points.used,
  totals: (order) => order.totals,
  payment: (order) => [order.payment.kind, order.payment.code],
  delivery: (order) => [order.delivery.methodCode, order.delivery.temperature],
  gift: (order) => order.gift,
  notes: (order) => order.notes.buyer,
}
