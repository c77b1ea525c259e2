import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { DbOrTx } from '../platform/db/database.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { NOTE_QUOTA_WAIT, OPEN_EARLY } from './statements.ts'

/**
 * 要対応 and the lane of a shop. Every writer says which credentials it worked with: somebody may have put in
 * new ones meanwhile, and what the old ones met must not stop the new.
 */

export interface Attention {
  /** For programs: `RAKUTEN_KEY_REFUSED`. */
  code: string
  /** Japanese: what a person must do. */
  message: string
  /** Shop.credentialsVersion of the session that met it. */
  credentialsVersion: number
  at: Date
}

/**
 * Orders that a mailed file had are not here. What is here leaves meanwhile: of all codes this one stops
 * nothing, which `shops.attention_stops` says.
 */
export const ORDER_FILE_FAILED = 'ORDER_FILE_FAILED'

/** Text for staff: the problem, and what to renew where. */
export const attentionMessage = ({ message, renew }: MarketplaceFailure): string =>
  renew ? `${message} ${renew}` : message

/**
 * Puts the shop under attention, and says when to look whether it has healed by itself. `attentionSince`
 * stays when it already stood there, also when two find it out at the same moment: malls answer one dead key
 * with more than one code, and staff are to be told once. False when the credentials have changed meanwhile.
 */
export async function raiseAttention(db: DbOrTx, shopId: string, attention: Attention): Promise<boolean> {
  const { code, message, credentialsVersion, at } = attention
  for (;;) {
    const before = await db.shop.findFirst({
      where: { id: shopId, credentialsVersion },
      select: { attentionSince: true },
    })
    if (!before) return false
    const since = before.attentionSince ?? at
    const raised = await db.shop.updateMany({
      where: { id: shopId, credentialsVersion, attentionSince: before.attentionSince },
      data: {
        attentionCode: code,
        attentionMessage: message,
        attentionSince: since,
        attentionProbeAt: new Date(at.getTime() + probePause(at.getTime() - since.getTime())),
        updatedAt: at,
      },
    })
    if (raised.count > 0) return true
  }
}

const MINUTE_MS = 60_000
const FIRST_PROBE_MS = 10 * MINUTE_MS
const SELDOMMEST_PROBE_MS = 60 * MINUTE_MS

/**
 * Milliseconds until a shop that has stood still for `age` is looked at again: after 10, 20, 30, 45, 67, …
 * minutes and then each hour. A new key of Rakuten is refused for its first 10 to 30 minutes, and a function
 * that is switched on in RMS tells nobody; malls frown on programs that go on knocking with a key they
 * refused.
 */
const probePause = (age: number): number => Math.min(Math.max(age / 2, FIRST_PROBE_MS), SELDOMMEST_PROBE_MS)

/** Columns after a good answer from the mall: no attention, an open lane, the back-off at its start. */
export const HEALED = {
  attentionCode: null,
  attentionMessage: null,
  attentionSince: null,
  attentionProbeAt: null,
  laneClosedUntil: null,
  laneClosedReason: null,
  laneFailures: 0,
} as const

/** Clears attention and lane after a good answer with `credentialsVersion`. False when that is history. */
export async function clearAttention(
  db: DbOrTx,
  shopId: string,
  { credentialsVersion, at }: { credentialsVersion: number; at: Date },
): Promise<boolean> {
  // A mall that answers brings no order of a file that could not be read.
  const code = { OR: [{ attentionCode: null }, { attentionStops: true }] }
  const cleared = await db.shop.updateMany({
    where: { id: shopId, credentialsVersion, ...code },
    data: { ...HEALED, updatedAt: at },
  })
  return cleared.count > 0
}

export interface LaneClosing {
  until: Date
  /** Code of the failure. */
  reason: string
  /** True when the mall named no time: then the next pause is to be longer. */
  failure: boolean
  /** The mall failed or fell silent, and did not merely say "later". Default false. */
  outage?: boolean
  at: Date
}

/** No call to the mall before `until`. A later time that is set already stays. */
export async function closeLane(db: DbOrTx, shopId: string, closing: LaneClosing): Promise<void> {
  const { until, reason, failure, outage = false, at } = closing
  await db.shop.updateMany({
    where: { id: shopId, OR: [{ laneClosedUntil: null }, { laneClosedUntil: { lt: until } }] },
    data: { laneClosedUntil: until, laneClosedReason: reason, laneOutage: outage, updatedAt: at },
  })
  if (failure) await db.shop.updateMany({ where: { id: shopId }, data: { laneFailures: { increment: 1 } } })
}

/** The mall answers again. Leaves attention alone: that is cleared by who knows which credentials worked. */
export async function openLane(db: DbOrTx, shopId: string, at: Date): Promise<void> {
  await db.shop.updateMany({
    where: { id: shopId, OR: [{ laneClosedUntil: { not: null } }, { laneFailures: { gt: 0 } }] },
    data: { laneClosedUntil: null, laneClosedReason: null, laneFailures: 0, updatedAt: at },
  })
}

/** A probe that was not answered is made again after this time. */
const PROBE_LEASE_MS = MINUTE_MS

/**
 * Lets exactly one worker look whether a shop under attention has healed.
 * @param probeAt when the caller read that the probe is due; null: never set
 * @returns false when another one was faster
 */
export async function claimProbe(
  db: DbOrTx,
  shopId: string,
  probeAt: Date | null,
  now: Date,
): Promise<boolean> {
  const claimed = await db.shop.updateMany({
    where: { id: shopId, attentionStops: true, attentionProbeAt: probeAt },
    data: { attentionProbeAt: new Date(now.getTime() + PROBE_LEASE_MS) },
  })
  return claimed.count > 0
}

/**
 * Opens lanes that an outage of the mall closed, when the mall is seen well again by something else: another
 * shop of any tenant, a probe, a person's question. Before this, a shop waited out its pause of up to five
 * minutes beside shops that were served.
 * @param seen the mall that answered; or one shop of it, where the answer was that shop's own
 * @returns the shops whose lanes open, within five seconds
 */
export async function openEarly(
  queries: Queries,
  seen: { marketplace: string } | { shopId: string },
  at: Date,
): Promise<string[]> {
  const [marketplace, shopId] = 'shopId' in seen ? [null, seen.shopId] : [seen.marketplace, null]
  const { rows } = await queries.query<{ id: string }>(
    OPEN_EARLY({ now: at, mall: marketplace, shop: shopId }),
  )
  return rows.map(({ id }) => id)
}

/** Waits that follow closely are one entry: a busy shop waits for its quota turn after turn. */
const SAME_WAIT_MS = 10_000

/**
 * Notes that the shop waits for its share of the mall's quota, for "why was this order late?". A closed lane,
 * attention and a shop that is switched off are written by a trigger on `shops`. Times in milliseconds.
 */
export async function noteQuotaWait(
  queries: Queries,
  shopId: string,
  { from, until, code }: { from: number; until: number; code: string },
): Promise<void> {
  await queries.query(
    NOTE_QUOTA_WAIT({
      shop: shopId,
      code,
      from: new Date(from),
      until: new Date(until),
      sameFrom: new Date(from - SAME_WAIT_MS),
    }),
  )
}

/** Retention: as long as somebody may ask about an order of that time. */
export const WAITS_KEPT_DAYS = 90
