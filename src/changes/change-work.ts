import type { MoreWork } from '../imports/shop-turn.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { ChangeTurn, type ChangeTurnDeps } from './change-turn.ts'
import { readShopsWithDueChanges } from './due-shops.ts'
import { tidyChanges } from './tidy.ts'

/** サイト変更 in a shop's turn, after its imports. */
export function createChangeWork(deps: ChangeTurnDeps & { marketplaces: Marketplaces }): MoreWork {
  return {
    async work(turn) {
      const mall = deps.marketplaces.get(turn.shop.marketplace)
      if (!mall?.changes) return 'done'
      return new ChangeTurn(deps, turn, mall.changes, mall.limits.fetchBatch).run()
    },
    dueShops: (now, limit) => readShopsWithDueChanges(deps.pool, now, limit),
    async tidy() {
      const tidied = await tidyChanges(deps)
      if (tidied.queued + tidied.expired > 0) deps.log.info(tidied, 'site changes of shops that stand still')
    },
  }
}
