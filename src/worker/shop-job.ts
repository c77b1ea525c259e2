import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { DueShop } from './due-shops.ts'
import type { WorkingShop } from './shop-state.ts'
import type { OpenShop } from './shop-worker.ts'

/** A shop's turn at its mall, lent to another area after the imports: the same session, the same lane. */
export interface ShopTurn {
  readonly shop: WorkingShop
  readonly signal: AbortSignal
  /** Undefined when the shop cannot be opened; it has been stopped then, and `stoppedBy` says by what. */
  open(): Promise<OpenShop | undefined>
  stoppedBy(): MarketplaceFailure | null
  /** The mall has given a good answer. */
  answered(): Promise<void>
  /** Closes the lane or puts the shop under attention; nothing more may be asked in this turn. */
  stop(failure: MarketplaceFailure): Promise<void>
  /** Whether the mall answers a harmless call. */
  answersOtherwise(opened: OpenShop): Promise<boolean>
}

export interface MoreWork {
  /**
   * Works for a bounded time. `again` when that ended before the work did.
   * @throws when the database fails
   */
  work(turn: ShopTurn): Promise<'done' | 'again'>
  /** Shops that have something of it due and may ask their mall. */
  dueShops(now: Date, limit: number): Promise<DueShop[]>
  /** Run every few seconds in every process: what no shop's turn comes to. */
  tidy(): Promise<void>
}
