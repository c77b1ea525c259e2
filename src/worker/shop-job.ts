import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { MarketplaceSession } from '../marketplaces/port/session.ts'
import type { ShopRow } from '../shops/shops/sessions.ts'

/** A kind of work that is done at the malls for each shop. All are listed in src/app/worker-area.ts. */
export interface ShopJob {
  readonly name: string
  /**
   * `shared`: one step after the other for as long as the turn lasts. Jobs that stand first in the list go
   * first; the others get a step at least when the time was not enough, and every twenty seconds where the
   * first is hasBacklog. `own`: in a time of its own, after the shared ones however much of these there is.
   */
  readonly time: 'shared' | 'own'
  /** A page of the shops that have something of it due and may ask their mall, by their ids. */
  dueShops(now: Date, page: DuePage): Promise<DueShop[]>
  /**
   * SQL expression of what is due of it; `:shop`, `:now`. Null or false: nothing. A turn reads it together
   * with its shop, in one statement.
   */
  readonly due: string
  /**
   * @returns what is due when `stored` is, which was committed beside the claim: it may have seen that or not
   */
  withStored?(due: unknown, stored: unknown): unknown
  /** Its part in a turn. @param due what its expression gave */
  begin(due: unknown): JobTurn
  /** Periodic work that no shop's turn does. */
  maintain?: PeriodicTask
}

/** A job in one turn of one shop. */
export interface JobTurn {
  /**
   * A step, or, in a time of its own, as much as that allows.
   * @returns `done` when nothing of it is due any more; `again` when there may be more, of it or, by what it
   * did, of other jobs
   * @throws when the database fails
   */
  run(turn: ShopTurn): Promise<JobResult>
  /** After a step: so much of it waits that it is a backlog of many turns. */
  hasBacklog?(): boolean
  /** For a shop under attention: fetches one waiting thing. True when the mall takes our key again. */
  probe?(turn: ShopTurn, opened: OpenShop): Promise<boolean>
}

export type JobResult = 'done' | 'again'

/** A shop's turn at its mall, lent to each job: the same session, the same lane. */
export interface ShopTurn {
  readonly shop: WorkingShop
  readonly signal: AbortSignal
  /** Milliseconds; what shares the turn's time waits for no new answer after it. */
  readonly deadline: number
  /** Jobs with a time of their own have gone first: what was read before the turn may be history. */
  readonly starvedFirst: boolean
  /** Undefined when the shop cannot be opened; it has been stopped then, and `stoppedBy` says by what. */
  open(): Promise<OpenShop | undefined>
  stoppedBy(): MarketplaceFailure | null
  /** The mall has given a good answer. */
  answered(): Promise<void>
  /** Closes the lane or puts the shop under attention; nothing more may be asked in this turn. */
  stop(failure: MarketplaceFailure): Promise<void>
  /**
   * The turn's lease, for a statement that gives the shop back with the last work: null while another job has
   * something due. To be followed by `onReleased` where it did.
   */
  endingHolder(): string | null
  /** The shop is given back: the mall is not asked any more in this turn. */
  onReleased(): void
  /** True when the mall answers a harmless call. */
  answersOtherwise(opened: OpenShop): Promise<boolean>
}

export interface OpenShop {
  session: MarketplaceSession
  /** Calls made meanwhile count against the share of doubtful numbers too; see quota/lanes.ts. */
  inDoubt?: <T>(work: () => Promise<T>) => Promise<T>
  marketplace: { limits: { listWindowDays: number }; ofShop?: unknown }
  /** Keeps what the mall gave notice of in this session. */
  saveHints(): Promise<void>
}

export interface DuePage {
  /** The id of the shop before the first. */
  after: string
  limit: number
}

export interface DueShop {
  shopId: string
  /** Since when something of it has been due: who has waited longest is woken first. */
  dueSince: Date
  /**
   * When the youngest of its due rows became due, its lane opened, or the lease of a process that died ended:
   * tells whether anything has come up since it was woken last.
   */
  latestDueAt: Date
}

/** Run in every worker process, so harmless when several run it at once. */
export interface PeriodicTask {
  /** For the log. */
  readonly name: string
  readonly firstMs: number
  readonly everyMs: number
  run(signal: AbortSignal): Promise<unknown>
}

/**
 * A shop as it stood when its turn began: what is done in that turn, at most some seconds, goes by these
 * settings and credentials.
 */
export interface WorkingShop extends ShopRow {
  name: string
  createdAt: Date
  /** Shops of the same mall whose mails come to a mailbox of this one. */
  sharedMailboxShopIds: readonly string[]
  /** Set while the shop stands still for a person to act: then only a probe may be made. */
  attention: { probeAt: Date | null } | null
  /** Fencing token of the turn: what it read of the mall is not written once another turn has begun. */
  holder: string
}
