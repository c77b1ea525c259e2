import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { isShareUsed } from '../marketplaces/quota/lanes.ts'
import { isRefused } from '../platform/db/transaction.ts'
import type { Tracing } from '../platform/tracing.ts'
import { type BisectResult, fetchBisecting } from '../worker/fetch-bisect.ts'
import { asOutage, type BrokenAnswer, brokenAnswer, mayBeOneOrder } from '../worker/mall-failures.ts'
import type { JobResult, JobTurn, OpenShop, ShopJob, ShopTurn } from '../worker/shop-job.ts'
import { checkHeldOrders } from './held-orders.ts'
import {
  askedSince,
  DUE_AT_FIRST,
  type DueAtFirst,
  type DueRequest,
  endBackoff,
  isBroken,
  isDoubtful,
  isHere,
  isPartOfDue,
  isSuspect,
  onePerNumber,
  READ_AT_ONCE,
  readDue,
  readShopsWithDueRequests,
  toDueAtFirst,
  withStored,
} from './requests/due.ts'
import { BROKEN_ATTEMPTS, retryDelay } from './requests/retry-schedule.ts'
import { PRIORITY } from './requests/store.ts'
import {
  type AttemptResult,
  alreadyHere,
  givenUp,
  NOT_STORED,
  postponed,
  suspected,
  writeAttemptResults,
} from './results/attempt-result.ts'
import { otherShopResults } from './results/shared-mailbox.ts'
import {
  type Answer,
  createResultWriter,
  MOST_AT_ONCE,
  type ResultWriterDeps,
} from './results/write-results.ts'
import { traceAttempts } from './trace-attempts.ts'

export interface ImportJobDeps extends ResultWriterDeps {
  pool: Pool
  marketplaces: Marketplaces
  wakeLater: { at(shopId: string, at: number): void }
  tracing?: Tracing | null
}

/** 取込: fetches the orders that are asked for by number, new ones first. */
export const createImportJob = (deps: ImportJobDeps): ShopJob => ({
  name: 'imports',
  time: 'shared',
  dueShops: (now, page) => readShopsWithDueRequests(deps.pool, now, page),
  due: DUE_AT_FIRST,
  withStored,
  begin: (due: DueAtFirst | null) => new ImportTurn(deps, due),
  maintain: { name: 'held orders', firstMs: 0, everyMs: 15_000, run: () => checkHeldOrders(deps) },
})

class ImportTurn implements JobTurn {
  readonly #deps: ImportJobDeps
  /** Read together with the shop; for the first look only. */
  #firstDue: readonly DueRequest[] | null = null
  /** Only a shop's turn breaks its requests, so each in backoff was so before, or broke in this turn. */
  #inBackoff = false
  /** Requests of a step that are certainly not due any more. */
  #ended = 0
  #shareUsed = false
  #crowded = false
  /** Requests of a step after which nothing is due any more; 0 where that is not known. */
  #last = 0

  constructor(deps: ImportJobDeps, due: DueAtFirst | null) {
    this.#deps = deps
    if (due === null) return
    const { requests, inBackoff } = toDueAtFirst(due)
    this.#firstDue = requests
    this.#inBackoff = inBackoff
  }

  /** Stops once all due requests have ended, without another look: a new request wakes the shop. */
  async run(turn: ShopTurn): Promise<JobResult> {
    const most = this.#readAtOnce(turn)
    const due = await this.#readDue(turn, most)
    const wanted = this.#inShare(due)
    this.#crowded = wanted.length >= READ_AT_ONCE
    if (wanted.length === 0) return 'done'
    this.#ended = 0
    const isPart = isPartOfDue(due, most)
    this.#last = isPart || this.#inBackoff ? 0 : due.length
    await this.#work(turn, wanted)
    return this.#ended < due.length || isPart ? 'again' : 'done'
  }

  crowded(): boolean {
    return this.#crowded
  }

  async probe(turn: ShopTurn, opened: OpenShop): Promise<boolean> {
    const due = await this.#readDue(turn, READ_AT_ONCE)
    const first = this.#inShare(due).find((request) => !isHere(request))
    return first !== undefined && (await this.#fetch(turn, opened, [first])).accepted
  }

  async #readDue(turn: ShopTurn, most: number): Promise<readonly DueRequest[]> {
    const first = turn.ownFirst ? null : this.#firstDue
    this.#firstDue = null
    if (first !== null && (first.length < READ_AT_ONCE || most === READ_AT_ONCE)) return first
    return readDue(this.#deps.pool, turn.shop.id, this.#now(), most)
  }

  /** Drops requests of strangers' mails once they have used up their share of the quota in this turn. */
  #inShare(due: readonly DueRequest[]): readonly DueRequest[] {
    return this.#shareUsed ? due.filter((request) => isHere(request) || !isDoubtful(request)) : due
  }

  #readAtOnce({ shop }: ShopTurn): number {
    const mall = this.#deps.marketplaces.get(shop.marketplace)
    return Math.max(READ_AT_ONCE, mall?.limits.fetchAtOnce ?? 0)
  }

  #now(): Date {
    return new Date(this.#deps.clock.now())
  }

  async #work(turn: ShopTurn, due: readonly DueRequest[]): Promise<void> {
    const others = await otherShopResults(this.#deps, turn.shop, due)
    const ended = [...due.filter(isHere).map(alreadyHere), ...others]
    await this.#write(ended)
    const ids = new Set(ended.map(({ request }) => request.id))
    const wanted = onePerNumber(due.filter(({ id }) => !ids.has(id)))
    const opened = wanted.length > 0 ? await turn.open() : undefined
    if (!opened) return
    const doubtful = wanted.filter(isDoubtful)
    if (doubtful.length === 0) {
      await this.#fetch(turn, opened, wanted)
      return
    }
    const believed = wanted.filter((request) => !isDoubtful(request))
    // A stranger's number may still be a new order: it goes before what is only looked up again, in its small
    // share.
    const hurried = believed.filter(({ priority }) => priority < PRIORITY.doubtful)
    if (hurried.length > 0) await this.#fetch(turn, opened, hurried)
    if (turn.stoppedBy() === null) await this.#fetchDoubtful(turn, opened, doubtful)
    const rest = believed.filter(({ priority }) => priority >= PRIORITY.doubtful)
    if (rest.length > 0 && turn.stoppedBy() === null) await this.#fetch(turn, opened, rest)
  }

  async #fetchDoubtful(turn: ShopTurn, opened: OpenShop, wanted: readonly DueRequest[]): Promise<void> {
    // The newest first: whoever sends thousands of mails does not stand in front of those that come after.
    const fetch = () => this.#fetch(turn, opened, wanted.toReversed())
    const { shopFailure } = await (opened.inDoubt ? opened.inDoubt(fetch) : fetch())
    this.#shareUsed = isShareUsed(shopFailure)
    // Nothing else says that more of the share is there: the requests are due, and only their turn has to
    // come.
    if (this.#shareUsed && shopFailure?.until)
      this.#deps.wakeLater.at(turn.shop.id, shopFailure.until.getTime())
  }

  async #fetch(
    turn: ShopTurn,
    opened: OpenShop,
    wanted: readonly DueRequest[],
  ): Promise<BisectResult<DueRequest>> {
    const onEnded = (requests: number): void => {
      this.#ended += requests
    }
    const lastTurn = (answers: number) => (answers === this.#last ? turn : null)
    const write = createResultWriter(this.#deps, turn.shop, onEnded, lastTurn)
    const writer = createBatchWriter<Answer>(write, MOST_AT_ONCE, wanted.length)
    const { tracing, clock } = this.#deps
    const trace = tracing ? traceAttempts(tracing, turn.shop, wanted, clock.now) : null
    const ask = () =>
      fetchBisecting(
        {
          session: opened.session,
          clock,
          deadline: turn.deadline,
          signal: turn.signal,
          careful: turn.shop.laneFailures > 0,
          onAnswer: (request, outcome) => {
            trace?.answered(request, outcome.kind)
            return writer.add({ request, outcome })
          },
          hints: (group) => ({ since: askedSince(group), doubtful: group.every(isDoubtful) }),
        },
        wanted.filter((request) => !isSuspect(request)),
        wanted.filter(isSuspect),
      )
    const askedAt = this.#now()
    let fetched: BisectResult<DueRequest>
    try {
      try {
        fetched = await (trace ? trace.asking(ask) : ask())
      } finally {
        await writer.drain()
      }
    } catch (cause) {
      // The mall would be asked every second for what cannot be stored.
      if (isRefused(cause))
        await turn.stop(new MarketplaceFailure({ kind: 'unavailable', ...NOT_STORED, cause }))
      throw cause
    }
    trace?.written()
    if (fetched.anyGood) await turn.answered()
    await this.#writeBroken(turn, fetched, wanted.length)
    if (fetched.accepted && this.#inBackoff) await this.#endBackoff(turn, askedAt)
    if (isShareUsed(fetched.shopFailure)) return fetched
    if (fetched.shopFailure) await this.#stopOrBlame(turn, opened, fetched, fetched.shopFailure)
    else if (fetched.silent) await turn.stop(asOutage(fetched.broken[0]?.error, 'MALL_ANSWERS_BROKEN'))
    return fetched
  }

  async #endBackoff({ shop }: ShopTurn, askedAt: Date): Promise<void> {
    const madeDue = await endBackoff(this.#deps.pool, shop.id, askedAt, this.#now())
    this.#ended -= madeDue
  }

  async #writeBroken(
    { shop }: ShopTurn,
    { broken, anyGood }: BisectResult<DueRequest>,
    wanted: number,
  ): Promise<void> {
    const { log, clock } = this.#deps
    for (const { request, error } of broken) {
      log.warn({ err: error, shopId: shop.id, requestId: request.id }, 'order could not be fetched')
    }
    const now = clock.now()
    await this.#write(
      broken.map(({ request, error }) => brokenResult(request, error, { anyGood, only: wanted === 1 }, now)),
    )
  }

  /**
   * A mall that is silent whenever it is asked for one certain order is not down, and the other orders must
   * not wait for that one. So what was asked for alone when it fell silent is asked for last the next time;
   * when it then is silent again while it answers everything else, the order is to blame.
   */
  async #stopOrBlame(
    turn: ShopTurn,
    opened: OpenShop,
    { alone, anyGood }: BisectResult<DueRequest>,
    failure: MarketplaceFailure,
  ): Promise<void> {
    if (!alone || !mayBeOneOrder(failure)) return turn.stop(failure)
    if (!isSuspect(alone)) {
      await this.#write([suspected(alone, brokenAnswer(failure))])
    } else if (anyGood || (await turn.answersOtherwise(opened))) {
      await turn.answered()
      return this.#write([blamedResult(alone, failure, this.#deps.clock.now())])
    }
    await turn.stop(failure)
  }

  async #write(results: AttemptResult[]): Promise<void> {
    if (results.length === 0) return
    this.#inBackoff ||= results.some(({ state, code }) => state === 'waiting' && isBroken(code))
    this.#ended += await writeAttemptResults(this.#deps.pool, this.#deps.sealer, results, this.#now())
  }
}

/** Broken answers until an order is given up, while the mall's other answers are good. */
const LONE_BROKEN_ATTEMPTS = 3

/**
 * True when the order is given up after its `attempts`-th broken answer. As long as the mall answers others
 * well, the fault is the order's. When nothing at all comes through, it has more time.
 */
export function givesUp(answer: BrokenAnswer, attempts: number, mallIsFine: boolean): boolean {
  if (!mallIsFine) return attempts >= BROKEN_ATTEMPTS
  return answer.refused || attempts >= LONE_BROKEN_ATTEMPTS
}

/**
 * Decides the result of a request whose own call broke. `anyGood`: the mall answered others meanwhile;
 * `only`: there were none. `now` in milliseconds.
 */
function brokenResult(
  request: DueRequest,
  error: unknown,
  { anyGood, only }: { anyGood: boolean; only: boolean },
  now: number,
): AttemptResult {
  const answer = brokenAnswer(error)
  const gone = givesUp(answer, request.brokenAttempts + 1, anyGood || (only && answer.refused))
  return gone ? givenUp(request, answer) : later(request, answer, now)
}

/** The mall answers everything but this order. */
function blamedResult(request: DueRequest, failure: MarketplaceFailure, now: number): AttemptResult {
  const answer = {
    ...brokenAnswer(failure),
    message: `この受注の照会にだけモールが応答しません（${failure.code}）。モールの管理画面でこの受注を確認してください。`,
  }
  return request.brokenAttempts + 1 >= BROKEN_ATTEMPTS
    ? givenUp(request, answer)
    : later(request, answer, now)
}

const later = (request: DueRequest, answer: BrokenAnswer, now: number): AttemptResult =>
  postponed(request, answer, new Date(now + retryDelay(request.attempts + 1)))

/**
 * Writes what comes in as soon as it comes: whatever arrives while a write is under way goes into the next
 * one. A lone item is written without waiting for company, a burst in full batches, two at a time, so that
 * one batch is made ready while the database works on the other.
 */
interface BatchWriter<T> {
  /** Waits only when the writes have fallen far behind. @throws what a write raised */
  add(item: T): Promise<void>
  /** Resolves when everything has been written, or nothing more will be. @throws what a write raised */
  drain(): Promise<void>
}

const AT_ONCE = 2

/** @param all as many items may come at most: the last of them need not wait for others */
export function createBatchWriter<T>(
  write: (items: T[]) => Promise<void>,
  most: number,
  all = Number.POSITIVE_INFINITY,
): BatchWriter<T> {
  const waiting: T[] = []
  const running = new Set<Promise<void>>()
  let scheduled = false
  let failure: { error: unknown } | null = null

  // Items of one answer are handed over one by one within a turn of the event loop: let them come together.
  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      startWrites()
    })
  }

  function startWrites(): void {
    while (!failure && waiting.length >= (running.size === 0 ? 1 : most) && running.size < AT_ONCE) {
      const writing = write(waiting.splice(0, most))
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          running.delete(writing)
          startWrites()
        })
      running.add(writing)
    }
  }

  const progress = (): Promise<unknown> => (running.size > 0 ? Promise.race(running) : nextTurn())

  function check(): void {
    if (failure) throw failure.error
  }

  return {
    async add(item) {
      check()
      waiting.push(item)
      if (waiting.length >= all) startWrites()
      else schedule()
      while (!failure && waiting.length >= 2 * most) await progress()
      check()
    },
    async drain() {
      while (running.size > 0 || (waiting.length > 0 && !failure)) await progress()
      check()
    },
  }
}
