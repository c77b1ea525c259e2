import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import type { ChangeAction } from '../../src/marketplaces/port/site-changes.ts'
import { japaneseDay } from '../../src/platform/japan-time.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History } from './history.ts'
import type { PulledOrder } from './puller.ts'

/**
 * サイト変更: shipping of orders that were pulled, each asked for once, by the same client on a bad line. An au
 * PAY order is confirmed first, in the same request.
 */

export interface ChangeDesk {
  offer(orders: readonly PulledOrder[]): void
  /** Changes that were accepted. */
  accepted(): number
  /** Asks for what was offered and ends. */
  stop(): Promise<void>
}

const ANSWERS_LOST = 0.2
/** Copies that are still on the line when the client has its answer by another one. */
const HELD_BACK = 0.1
const HELD_BACK_MOST_MS = 20_000

/** `most` orders in all, `atOnce` in a request; `wish` says what is asked for each. */
export function startChangeDesk(
  client: Client,
  seed: number,
  history: History,
  most: number,
  { atOnce = 10, wish = shipping }: { atOnce?: number; wish?: WishOf } = {},
): ChangeDesk {
  const waiting: PulledOrder[] = []
  let accepted = 0
  const dice = seeded(seed, -13)
  let offered = 0
  let stopping = false
  const done = run()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    accepted: () => accepted,
    offer(orders) {
      for (const order of orders.filter(isPlain)) {
        if (offered >= most) return
        offered += 1
        waiting.push(order)
      }
    },
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    for (let n = 1; !stopping || waiting.length > 0; n += 1) {
      const orders = waiting.splice(0, atOnce)
      if (orders.length > 0)
        accepted += await ask(client, orders, { key: `ship-${seed}-${n}`, dice, history, wish })
      await sleep(orders.length > 0 ? 50 : 250)
    }
  }
}

/** One call at the mall, whatever its recipients: a second one of the same kind is a duplicate. */
export const isPlain = ({ mallState, holds, detail }: PulledOrder): boolean =>
  mallState === 'open' && holds.length === 0 && detail !== null && detail.recipients.length > 0

/** @returns how many changes were accepted */
async function ask(
  client: Client,
  orders: PulledOrder[],
  { key, dice, history, wish }: { key: string; dice: Seeded; history: History; wish: WishOf },
): Promise<number> {
  let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined
  const holdMs = dice.chance(HELD_BACK) ? dice.int(50, HELD_BACK_MOST_MS) : undefined
  const wanted = orders.flatMap((order) =>
    wish(order, dice).map((change) => ({ change, order: keyOf(order.marketplace, order.orderNumber) })),
  )
  const body = { changes: wanted.map(({ change }) => change) }
  const note = (type: 'invoke' | 'ok' | 'fail' | 'info', ids: readonly string[] = [], why?: string) =>
    history.note({
      process: 'desk',
      f: 'change',
      type,
      value: {
        key,
        ...(why === undefined ? {} : { why }),
        changes: wanted.map(({ change, order }, n) => ({
          id: ids[n],
          order,
          action: change.action,
          ...contentOf(change),
        })),
      },
    })
  if (holdMs !== undefined) client.later(holdMs, '/site-changes', body, key)
  for (;;) {
    note('invoke')
    try {
      const answer = await client.post<{ changes: { id: string }[] }>('/site-changes', body, key, loseAfterMs)
      note(
        'ok',
        answer.changes.map(({ id }) => id),
      )
      return answer.changes.length
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      note(error instanceof NoAnswer ? 'info' : 'fail', [], why)
      if (!(error instanceof NoAnswer)) throw error
      loseAfterMs = undefined
      await sleep(200)
    }
  }
}

type Lines = { lineId: string; quantity: number }[]
type WishOf = (order: PulledOrder, dice: Seeded) => Wanted[]
interface Wanted extends Record<string, unknown> {
  orderId: string
  action: ChangeAction
  parcels?: { trackingNumber: string; recipientId?: string | undefined; lines?: Lines }[]
  buyerNote?: string
}

const numberOf = (dice: Seeded): string =>
  String(dice.int(100_000, 999_999) * 1_000_000 + dice.int(0, 999_999))

/** Release 1.0.0 hands over baskets that were removed at 楽天市場 as recipients; nothing is sent to these. */
const recipientsOf = ({ detail }: PulledOrder) =>
  (detail?.recipients ?? []).filter(({ mallFields }) => Number(mallFields?.packageDeleteFlag) !== 1)

const isToSeveral = (order: PulledOrder): boolean => recipientsOf(order).length > 1

/** A parcel for each recipient. */
function shipping(order: PulledOrder, dice: Seeded): Wanted[] {
  const { id: orderId, marketplace } = order
  const shippedOn = japaneseDay(Date.now())
  const parcel = () => ({ carrier: 'yamato', trackingNumber: numberOf(dice) })
  const parcels = isToSeveral(order)
    ? recipientsOf(order).map(({ id: recipientId }) => ({ ...parcel(), recipientId }))
    : [parcel()]
  const ship: Wanted = { orderId, action: 'ship', shippedOn, parcels }
  return marketplace === 'aupay' ? [{ orderId, action: 'confirm' }, ship] : [ship]
}

const HOLDING = 0.5
const RELEASED = 0.6

/** The same, but some orders of the malls that know 保留 are held, and most of these released again. */
export function shippingOrHolding(order: PulledOrder, dice: Seeded): Wanted[] {
  const { id: orderId, marketplace } = order
  if (!(marketplace === 'yahoo' || marketplace === 'aupay') || !dice.chance(HOLDING))
    return shipping(order, dice)
  return [
    ...(marketplace === 'aupay' ? [{ orderId, action: 'confirm' as const }] : []),
    { orderId, action: 'hold' },
    ...(dice.chance(RELEASED) ? [{ orderId, action: 'release' as const }] : []),
  ]
}

/** Goods of a Shopify order that lie at several locations: each makes a fulfilment of its own. */
const isAtSeveral = ({ detail }: PulledOrder): boolean => {
  const parts = detail?.mallFields?.fulfillmentOrderStatuses
  return Array.isArray(parts) && parts.length > 1
}

/** Content of the change's writes at the mall, and the pieces that it sends where these are not all. */
const contentOf = ({
  parcels,
  buyerNote,
}: Wanted): { parcels?: string[]; apart?: true; text?: string; lines?: Lines } => ({
  ...(parcels === undefined ? {} : { parcels: parcels.map(({ trackingNumber }) => trackingNumber) }),
  ...(parcels?.every(({ lines }) => lines) ? { lines: parcels.flatMap(({ lines }) => lines ?? []) } : {}),
  ...(parcels?.some(({ recipientId, lines }) => recipientId !== undefined || lines)
    ? { apart: true as const }
    : {}),
  ...(buyerNote === undefined ? {} : { text: buyerNote }),
})

const IN_PARTS = 0.4

/** Two parcels, or at Amazon and Shopify a part of the order alone; null where the order is one thing. */
function inParts(order: PulledOrder, dice: Seeded): Wanted[] | null {
  const [first, ...others] = order.detail?.items ?? []
  const pieces = [first, ...others].reduce((sum, item) => sum + (item?.quantity ?? 0), 0)
  const changes = shipping(order, dice)
  const ship = changes.find(({ action }) => action === 'ship')
  if (!first || !ship || order.marketplace === 'aupay') return null
  if (isToSeveral(order)) return changes
  const parcel = (lines?: Lines) => ({
    carrier: 'yamato',
    trackingNumber: numberOf(dice),
    ...(lines ? { lines } : {}),
  })
  const isByLine = order.marketplace === 'amazon' || order.marketplace === 'shopify'
  if (!isByLine || isAtSeveral(order)) return [{ ...ship, parcels: [parcel(), parcel()] }]
  if (pieces < 2) return null
  const one = parcel([{ lineId: first.lineId, quantity: 1 }])
  return [{ ...ship, parcels: dice.chance(0.5) ? [one] : [one, parcel()] }]
}

/**
 * The same with what a day's work has around it: content before, the number put right and 完了 after. Some go
 * in parts instead, whose records have no name before they are made.
 */
export function wholeWork(order: PulledOrder, dice: Seeded): Wanted[] {
  const { id: orderId, marketplace } = order
  const parts = isToSeveral(order) || dice.chance(IN_PARTS) ? inParts(order, dice) : null
  if (parts) return parts
  const content: Wanted[] =
    marketplace === 'yahoo' || marketplace === 'rakuten'
      ? [{ orderId, action: 'change_content', buyerNote: `玄関前 ${numberOf(dice)}` }]
      : []
  const corrected: Wanted = {
    orderId,
    action: 'correct_shipment',
    parcels: [{ trackingNumber: numberOf(dice) }],
  }
  return [
    ...content,
    ...shipping(order, dice),
    // Which of two fulfilments is meant has no name before they are made.
    ...(isAtSeveral(order) ? [] : [corrected]),
    ...(marketplace === 'yahoo' ? [{ orderId, action: 'complete' as const }] : []),
  ]
}
