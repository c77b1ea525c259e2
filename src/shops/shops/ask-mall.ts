import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import type { MarketplaceSession } from '../../marketplaces/port/session.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import type { ShopSessions } from './sessions.ts'

export interface MallQuestionTools {
  db: Db
  sessions: Pick<ShopSessions, 'open'>
  /** Longest time for the call. */
  timeoutMs: number
}

/**
 * Asks a shop's mall something for the person who waits for it; what the mall says of the shop is told to
 * them and moves nothing here.
 * @throws AppError MARKETPLACE_REFUSED, MARKETPLACE_UNAVAILABLE with the mall's own code and words in
 * `details`
 */
export async function fetchFromMall<T>(
  { db, sessions, timeoutMs }: MallQuestionTools,
  { tenantId, shopId }: { tenantId: string; shopId: string },
  signal: AbortSignal,
  ask: (session: MarketplaceSession, signal: AbortSignal, mall: MarketplaceName) => Promise<T> | T,
): Promise<T> {
  const shop = await db.shop.findFirst({ where: { id: shopId, tenantId }, select: { marketplace: true } })
  if (!shop) throw shopNotFound()
  try {
    return await abortAfter(timeoutMs, signal, async (limit) => {
      const { session } = await sessions.open(shopId)
      return ask(session, limit, shop.marketplace)
    })
  } catch (error) {
    throw asAppError(error)
  }
}

function asAppError(error: unknown): unknown {
  if (error instanceof TimedOut)
    return new AppError(
      'MARKETPLACE_UNAVAILABLE',
      'モールから時間内に応答がありませんでした。しばらくしてから再実行してください。',
    )
  if (!(error instanceof MarketplaceFailure)) return error
  const { kind, code, message, mallCode, mallMessage } = error
  const away = kind === 'throttled' || kind === 'unavailable'
  return new AppError(away ? 'MARKETPLACE_UNAVAILABLE' : 'MARKETPLACE_REFUSED', message, {
    details: { mall: { code, mallCode: mallCode ?? null, mallMessage: mallMessage ?? null } },
  })
}
