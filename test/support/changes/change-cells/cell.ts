import type { NormalisedOrder } from '../../../../src/marketplaces/port/order.ts'
import type { ChangeAction } from '../../../../src/marketplaces/port/site-changes.ts'

/** One case of an action at a mall, tried against its simulator. */
export interface ChangeCell {
  what: string
  /** Orders asked for in one request; 1 when absent. */
  orders?: number
  /** How the order stands at the mall: overrides in the mall's own names. */
  before: Record<string, unknown>
  /** As for POST /site-changes, without orderId and action; `order` as it was imported. */
  parameters(order: NormalisedOrder, index: number): Record<string, unknown>
  /** Operations that write, in order, with those that fetch their result. */
  calls: string[]
  /** All its calls are one step's: the order is read before the first and after the last. */
  inOneStep?: true
  /** The same wish once more is a wish for more, not done already. */
  repeatable?: true
  /** What the order in the mall's books matches afterwards. */
  after: Record<string, unknown>
}

type ChangeCells = Partial<Record<ChangeAction, ChangeCell[]>>

/** `today`: the mall's day, for cases that write one. */
export type CellsOf = (today: string) => ChangeCells

export const none = () => ({})

/** One parcel for each recipient. */
export const parcels =
  (today: string) =>
  (order: NormalisedOrder, index = 0, more: Record<string, unknown> = {}) => ({
    shippedOn: today,
    parcels: order.recipients.map((recipient, place) => ({
      recipientId: recipient.id,
      carrier: 'yamato',
      trackingNumber: `4000${index + 1}0000${place + 1}`,
    })),
    ...more,
  })

/**
 * Yahoo!'s simulator keeps fields in groups, au PAY's in one, Shopify's some in one; the others show the
 * order as their API does.
 */
export function contentsOf(order: unknown): unknown {
  const { groups, fields, ...others } = order as { groups?: Record<string, object>; fields?: object }
  return groups ? Object.assign({}, ...Object.values(groups)) : { ...others, ...fields }
}
