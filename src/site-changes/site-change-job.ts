import type { Marketplaces } from '../marketplaces/index.ts'
import { dueOfMany } from '../worker/due-shops.ts'
import type { ShopJob } from '../worker/shop-job.ts'
import { ChangeTurn, type ChangeTurnDeps } from './change-turn.ts'
import { CHANGE_IS_DUE, ITS_TURN } from './claim.ts'
import { expireChanges } from './expire.ts'

const EXPIRE_EVERY_MS = 5_000

/** サイト変更 in a shop's turn, after its imports. */
export const createSiteChangeJob = (deps: ChangeTurnDeps & { marketplaces: Marketplaces }): ShopJob => ({
  name: 'site changes',
  time: 'own',
  dueShops: (now, page) => readShopsWithDueChanges(deps.pool, now, page),
  due: CHANGE_IS_DUE,
  begin: () => ({
    async run(turn) {
      const mall = deps.marketplaces.get(turn.shop.marketplace)
      if (!mall?.changes) return 'done'
      return new ChangeTurn(deps, turn, mall.changes, mall.limits.fetchBatch).run()
    },
  }),
  maintain: {
    ...{ name: 'expired site changes', firstMs: EXPIRE_EVERY_MS, everyMs: EXPIRE_EVERY_MS },
    async run() {
      const expired = await expireChanges(deps)
      if (expired.queued + expired.ended > 0) deps.log.info(expired, 'site changes of shops that stand still')
    },
  },
})

const OPEN = "c.state in ('queued', 'changing')"
const FREE = `(c.lease_until is null or c.lease_until <= $1) and ${ITS_TURN}`
const SINCE = 'greatest(c.next_attempt_at, c.lease_until)'

/** Shops that have a site change to go on with and may ask their mall. */
const readShopsWithDueChanges = dueOfMany({
  ...{ table: 'site_changes', waits: OPEN, latest: SINCE, and: FREE },
  youngest: `
    select ${SINCE} as due_at from site_changes c
    where c.shop_id = w.shop_id and ${OPEN} and c.next_attempt_at <= $1 and ${FREE}
    order by c.next_attempt_at desc limit 1`,
  probes: false,
})
