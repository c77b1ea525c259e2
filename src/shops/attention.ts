import type { DbOrTx } from '../platform/db/database.ts'

/**
 * 要対応 and the lane of a shop. Every writer says which credentials it worked with: somebody may have put in new ones
 * meanwhile, and what the old ones met must not stop the new.
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

/** Puts the shop under attention. `attentionSince` stays when it already stood there for the same reason. */
export async function raiseAttention(db: DbOrTx, shopId: string, attention: Attention): Promise<boolean> {
  const { code, message, credentialsVersion, at } = attention
  const same = await db.shop.updateMany({
    where: { id: shopId, credentialsVersion, attentionCode: code },
    data: { attentionMessage: message, updatedAt: at },
  })
  if (same.count > 0) return true
  const raised = await db.shop.updateMany({
    where: { id: shopId, credentialsVersion },
    data: { attentionCode: code, attentionMessage: message, attentionSince: at, updatedAt: at },
  })
  return raised.count > 0
}

/** What a good answer from the mall means: no attention, an open lane, the back-off at its start. */
export const HEALED = {
  attentionCode: null,
  attentionMessage: null,
  attentionSince: null,
  laneClosedUntil: null,
  laneClosedReason: null,
  laneFailures: 0,
} as const

/** Clears attention and lane after a good answer that was got with `credentialsVersion`. False when those are history. */
export async function clearAttention(
  db: DbOrTx,
  shopId: string,
  { credentialsVersion, at }: { credentialsVersion: number; at: Date },
): Promise<boolean> {
  const cleared = await db.shop.updateMany({
    where: { id: shopId, credentialsVersion },
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
  at: Date
}

/** No call to the mall before `until`. A later time that is set already stays. */
export async function closeLane(db: DbOrTx, shopId: string, closing: LaneClosing): Promise<void> {
  const { until, reason, failure, at } = closing
  await db.shop.updateMany({
    where: { id: shopId, OR: [{ laneClosedUntil: null }, { laneClosedUntil: { lt: until } }] },
    data: { laneClosedUntil: until, laneClosedReason: reason, updatedAt: at },
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
