import type { Marketplaces } from '../../marketplaces/index.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { SubStatus } from '../../marketplaces/port/session.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import type { ShopSessions } from './sessions.ts'
import { shopNotFound } from './shops.ts'

export interface SubStatusTools {
  db: Db
  marketplaces: Marketplaces
  sessions: Pick<ShopSessions, 'open'>
  /** Longest time for the call. */
  timeoutMs: number
}

/**
 * Values of `subStatus` for a shop's form: as the mall tells them, else the fixed ones of the action; none where the mall
 * has no list.
 * @throws AppError MARKETPLACE_REFUSED, MARKETPLACE_UNAVAILABLE with the mall's own code and words in `details`
 */
export async function readSubStatuses(
  { db, marketplaces, sessions, timeoutMs }: SubStatusTools,
  tenantId: string,
  shopId: string,
  signal: AbortSignal,
): Promise<SubStatus[]> {
  const shop = await db.shop.findFirst({ where: { id: shopId, tenantId }, select: { marketplace: true } })
  if (!shop) throw shopNotFound()
  try {
    return await abortAfter(timeoutMs, signal, async (limit) => {
      const { session } = await sessions.open(shopId)
      return session.subStatuses ? session.subStatuses(limit) : fixedOnes(marketplaces, shop.marketplace)
    })
  } catch (error) {
    throw asAppError(error)
  }
}

function fixedOnes(marketplaces: Marketplaces, name: Parameters<Marketplaces['get']>[0]): SubStatus[] {
  const action = marketplaces.get(name)?.changes?.actions.find((one) => one.action === 'sub_status')
  const field = action?.fields.find((one) => one.name === 'subStatus')
  return (field?.choices ?? []).map(({ code, label }) => ({ code, label, mallStatus: null }))
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
