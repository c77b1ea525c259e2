import type { MoreWork } from '../imports/shop-turn.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { ChangeTurn, type ChangeTurnDeps } from './change-turn.ts'
import { readShopsWithDueChanges } from './due-shops.ts'
import { sweepChanges } from './sweep.ts'

/** サイト変更 in a shop's turn, after its imports. */
export function createChangeWork(deps: ChangeTurnDeps & { marketplaces: Marketplaces }): MoreWork {
  return {
    async work(turn) {
      const mall = deps.marketplaces.get(turn.shop.marketplace)
      if (!mall?.changes) return 'done'
      return new ChangeTurn(deps, turn, mall.changes, mall.limits.fetchBatch).run()
    },
    dueShops: (now, limit) => readShopsWithDueChanges(deps.pool, now, limit),
    async sweep() {
      const swept = await sweepChanges(deps)
      if (swept.queued + swept.expired > 0) deps.log.info(swept, 'site changes of shops that stand still')
    },
  }
}
