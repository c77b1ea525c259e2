import type { Marketplaces } from '../marketplaces/index.ts'
import type { MoreWork } from '../worker/shop-job.ts'
import { ChangeTurn, type ChangeTurnDeps } from './change-turn.ts'
import { readShopsWithDueChanges } from './due-shops.ts'
import { tidyChanges } from './expire.ts'

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
