import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { isShareUsed } from '../marketplaces/quota/lanes.ts'
import { retryable } from '../platform/db/failures.ts'
import { prepared } from '../platform/db/statement.ts'
import { inTransaction, isRefused, type Queries } from '../platform/db/transaction.ts'
import type { Tracing } from '../platform/tracing.ts'
import { type BisectResult, fetchBisecting } from '../worker/fetch-bisect.ts'
import { asOutage, type BrokenAnswer, brokenAnswer, mayBeOneOrder } from '../worker/mall-failures.ts'
import type { JobResult, JobTurn, OpenShop, ShopJob, ShopTurn, WorkingShop } from '../worker/shop-job.ts'
import { BROKEN_ATTEMPTS, retryDelay } from './requests/retry-schedule.ts'
import {
  CLAIM_HELD_ORDERS,
  type DueRequest,
  INNOCENT,
  isBroken,
  isDoubtful,
  MOST_READ_AGAIN,
  PRIORITIES,
  PRIORITY,
  type ReadAgain,
  readAgain,
  readShopsWithDueRequests,
} from './requests/statements.ts'
import {
  type AttemptResult,
  alreadyHere,
  givenUp,
  NOT_STORED,
  otherShopResults,
  postponed,
  suspected,
  writeAttemptResults,
} from './results/attempt-result.ts'
import {
  type Answer,
  createBatchWriter,
  createResultWriter,
  MOST_AT_ONCE,
  type ResultWriterDeps,
} from './results/write-results.ts'

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
  #hasBacklog = false
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
    this.#hasBacklog = wanted.length >= READ_AT_ONCE
    if (wanted.length === 0) return 'done'
    this.#ended = 0
    const isPart = isPartOfDue(due, most)
    this.#last = isPart || this.#inBackoff ? 0 : due.length
    await this.#work(turn, wanted)
    return this.#ended < due.length || isPart ? 'again' : 'done'
  }

  hasBacklog(): boolean {
    return this.#hasBacklog
  }

  async probe(turn: ShopTurn, opened: OpenShop): Promise<boolean> {
    const due = await this.#readDue(turn, READ_AT_ONCE)
    const first = this.#inShare(due).find((request) => !isHere(request))
    return first !== undefined && (await this.#fetch(turn, opened, [first])).accepted
  }

  async #readDue(turn: ShopTurn, most: number): Promise<readonly DueRequest[]> {
    const first = turn.starvedFirst ? null : this.#firstDue
    this.#firstDue = null
    if (first !== null && (first.length < READ_AT_ONCE || most === READ_AT_ONCE)) return first
    return readDue(this.#deps.pool, turn.shop.id, this.#now(), most)
  }

  /**
   * Drops requests of unverified senders' mails once they have used up their share of the quota in this
   * turn.
   */
  #inShare(due: readonly DueRequest[]): readonly DueRequest[] {
    return this.#shareUsed ? due.filter((request) => isHere(request) || !isDoubtful(request)) : due
  }

  #readAtOnce({ shop }: ShopTurn): number {
    const mall = mallOfShop(this.#deps.marketplaces, shop)
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
    // An unverified sender's number may still be a new order: it goes before what is only looked up again,
    // in its small share.
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

/** Requests read at once: several calls' worth, so that one batch is written while the next is asked for. */
const READ_AT_ONCE = 300
/**
 * Limits what is read of unverified senders' requests beside the rest: their share of the quota is
 * small.
 */
const MOST_DOUBTFUL = 20

/** True when a read of at most `limit` rows may have left due requests out. */
const isPartOfDue = (due: readonly DueRequest[], limit: number): boolean =>
  due.length >= limit || due.filter(isDoubtful).length >= MOST_DOUBTFUL

/**
 * A shop's due requests, most urgent first, oldest first among equals; few of the doubtful ones, the newest,
 * however many wait.
 *
 * They are read, not taken: a request stays `waiting` until the transaction that ends it, so that a killed
 * process leaves nothing behind. A shop has one turn at a time (src/worker/statements.ts); should it have two
 * nevertheless, the mall is asked twice, and the unique order and the check for `waiting` make the second
 * answer change nothing.
 */
export async function readDue(
  queries: Queries,
  shopId: string,
  now: Date,
  limit: number,
): Promise<DueRequest[]> {
  const { rows } = await queries.query<DueRequest>(DUE({ shop: shopId, now, limit }))
  return rows
}

// The order is looked up for each request: as a join, a plan made while there were few orders would go
// through all of the shop's.
const dueRows = (limit: string): string => `
select r.id, r.tenant_id as "tenantId", r.shop_id as "shopId", r.order_number as "orderNumber", r.purpose, r.source,
  r.mail_id as "mailId", m.seen_at as "mailSeenAt", m.kind as "mailKind", m.sent_at as "mailSentAt",
  case when r.source <> 'mail' then (
    select w.at from swept_orders w where w.shop_id = r.shop_id and w.order_number = r.order_number) end as "placedAt",
  r.requested_at as "requestedAt", r.attempts, r.asks, r.changed_ask as "changedAsk", r.expires_at as "expiresAt", r.pending_until as "pendingUntil", r.outcome as "lastCode", r.trust, r.priority,
  (select count(*)::int from jsonb_array_elements(r.retries) with ordinality t (retry, n)
    where n > jsonb_array_length(r.retries) - r.attempts and retry->>'code' <> all ('{${INNOCENT.join()}}')) as "brokenAttempts",
  (select o.id from orders o where o.shop_id = r.shop_id and o.order_number = r.order_number) as "orderId"
from (
  (select * from import_requests where shop_id = :shop and state = 'waiting' and next_attempt_at <= :now and trust is distinct from 'unknown'
    order by priority, next_attempt_at, id limit ${limit})
  union all
  (select * from import_requests where shop_id = :shop and state = 'waiting' and next_attempt_at <= :now and trust = 'unknown'
    order by priority, next_attempt_at desc, id desc limit ${MOST_DOUBTFUL})
) r
left join mails m on m.id = r.mail_id
order by r.priority, r.next_attempt_at, r.id`

const DUE = prepared({ shop: 'uuid', now: 'timestamptz', limit: 'int' }, dueRows(':limit'))

// Each priority, so that the index passes over a backlog that is due.
const BACKED_OFF = `
  r.shop_id = :shop and r.state = 'waiting' and r.priority = any('{${PRIORITIES}}') and r.next_attempt_at > :now
    and r.outcome <> all('{${INNOCENT}}') and r.trust is distinct from 'unknown'`

/** Due work at the beginning of a shop's turn (`ShopJob.due`). */
interface DueAtFirst {
  requests: DueRequest[]
  /** Some waits because its last answer was broken: `endBackoff` may have something to end. */
  inBackoff: boolean
}

/** SQL of a `DueAtFirst` as JSON, null where nothing is due and nothing in backoff. */
const DUE_AT_FIRST = `(
  select json_build_object('requests', coalesce(first.requests, '[]'), 'inBackoff', first.backoff) from (
    select (select json_agg(d) from (${dueRows(String(READ_AT_ONCE))}) d) as requests,
      exists (select from import_requests r where ${BACKED_OFF}) as backoff offset 0
  ) first where first.requests is not null or first.backoff)`

/**
 * @param stored new requests, few of them, of which none is doubtful; they were committed while `due` was
 * read
 */
function withStored(due: DueAtFirst | null, stored: readonly DueRequest[]): DueAtFirst {
  const { requests, inBackoff } = due ?? { requests: [], inBackoff: false }
  // Read again when these have had their turn.
  if (requests.length >= READ_AT_ONCE) return { requests, inBackoff }
  const ids = new Set(stored.map(({ id }) => id))
  const others = requests.filter(({ id }) => !ids.has(id))
  return { requests: [...others, ...stored].sort((a, b) => a.priority - b.priority), inBackoff }
}

const TIMES = ['mailSeenAt', 'mailSentAt', 'placedAt', 'requestedAt', 'expiresAt', 'pendingUntil'] as const

/** JSON has no times. @returns `due`, the times of its requests made into dates */
function toDueAtFirst(due: DueAtFirst): DueAtFirst {
  for (const request of due.requests)
    for (const time of TIMES) if (request[time]) request[time] = new Date(request[time])
  return due
}

/** To be imported, and here already: nobody needs to be asked, unless it has changed since. */
const isHere = ({ purpose, orderId, changedAsk = null }: DueRequest): boolean =>
  purpose === 'import' && orderId !== null && changedAsk === null

/** Broken before, or the mall fell silent over it: asked for alone and last, to spare the others. */
const isSuspect = ({ lastCode }: Pick<DueRequest, 'lastCode'>): boolean =>
  lastCode !== null && isBroken(lastCode)

/** A number to import and to refresh is asked for once; the other request follows in the next round. */
const onePerNumber = (requests: readonly DueRequest[]): DueRequest[] =>
  [...Map.groupBy(requests, ({ orderNumber }) => orderNumber).values()].flatMap(([first]) => first ?? [])

const MINUTE_MS = 60_000
/** A mail comes after its order, and clocks differ. */
const MARGIN_MS = 30 * MINUTE_MS
/** A mail that waited longer for us is no better hint than none; its date may be wrong altogether. */
const OLDEST_MAIL_MS = 7 * 24 * 60 * MINUTE_MS

/** A time before which none of the orders was placed, by the mail or the request; a hint, not a fact. */
function askedSince(requests: readonly DueRequest[]): Date {
  const times = requests.map(({ requestedAt, mailSentAt, placedAt }) => {
    if (placedAt) return placedAt.getTime()
    const asked = requestedAt.getTime()
    const sent = mailSentAt?.getTime() ?? asked
    return asked - sent > OLDEST_MAIL_MS ? asked : Math.min(asked, sent)
  })
  return new Date(times.reduce((oldest, time) => Math.min(oldest, time)) - MARGIN_MS)
}

/**
 * Ends the backoff of a shop's requests whose last answer was broken, when the mall has just given an order:
 * what broke them was an outage, and it is over. Before this, an order came up to 15 minutes after its mall
 * was well again. A request gets this once: where it broke again after the mall had been well, the fault is
 * its own, and its waits stay as they are.
 * @param askedAt when the call began that brought the order; what broke since then broke beside it
 */
export async function endBackoff(queries: Queries, shopId: string, askedAt: Date, now: Date) {
  const { rowCount } = await queries.query(END_BACKOFF({ shop: shopId, now, askedAt }))
  return rowCount ?? 0
}

const END_BACKOFF = prepared(
  { shop: 'uuid', now: 'timestamptz', askedAt: 'timestamptz' },
  `
update import_requests set next_attempt_at = :now where id in (
  select r.id from import_requests r
  where ${BACKED_OFF}
    and (r.retries -> -1 ->> 'at')::timestamptz < :askedAt
    and not exists (
      select from import_requests good
      where good.shop_id = :shop and good.outcome = 'staged' and good.finished_at <= (r.retries -> -1 ->> 'at')::timestamptz
        and good.finished_at > (
          select min((retry ->> 'at')::timestamptz) from jsonb_array_elements(r.retries) as retry
          where retry ->> 'code' <> all('{${INNOCENT}}')))
  order by r.next_attempt_at limit ${READ_AT_ONCE}
  for update of r skip locked)`,
)

/** Traces one round of calls to the mall for its requests. */
function traceAttempts(
  tracing: Tracing,
  { id: shopId, marketplace }: WorkingShop,
  wanted: readonly DueRequest[],
  now: () => number,
) {
  const begun = now()
  const answers: { request: DueRequest; outcome: FetchOutcome['kind']; at: number }[] = []
  return {
    /** Runs the asking; its calls stand in the first request's trace, as one call brings many orders. */
    asking: <T>(work: () => Promise<T>): Promise<T> =>
      wanted[0] === undefined ? work() : tracing.within(wanted[0].id, work),
    answered: (request: DueRequest, outcome: FetchOutcome['kind']) =>
      void answers.push({ request, outcome, at: now() }),
    /** All that was answered is stored. */
    written() {
      const to = now()
      for (const { request, outcome, at } of answers) {
        const { id, requestedAt, attempts } = request
        const from = Math.min(requestedAt.getTime(), begun)
        const facts = { shopId, marketplace }
        // A first attempt tells how long the request stood in the row of its shop.
        if (attempts === 0) tracing.part(id, { name: 'waiting', from, to: begun, facts: { shopId } })
        const asked = { ...facts, orders: wanted.length, outcome }
        tracing.part(id, { name: 'attempt', from: begun, to: at, facts: asked })
        tracing.part(id, { name: 'staging', from: at, to, facts: { shopId } })
        if (outcome === 'found' || outcome === 'skipped') {
          const ended = { ...facts, attempts: attempts + 1, outcome }
          tracing.root(id, { name: 'import request', from, to, facts: ended })
        }
      }
    },
  }
}

/** Orders of one round, of all shops. */
const MOST_CLAIMED = 500

/**
 * Asks for orders whose time to be read again has come (`orders.next_check_at`): a hold has ended, or is past
 * its time and still there. The reading sets the next time; until it has come in, the order is asked for
 * again each hour. Any number of processes may do it: each takes other orders.
 */
export const checkHeldOrders = (deps: Pick<ImportJobDeps, 'pool' | 'clock' | 'newId'>): Promise<void> =>
  retryable(() =>
    inTransaction(deps.pool, async (client) => {
      const at = new Date(deps.clock.now())
      const { rows } = await client.query<ReadAgain>(
        CLAIM_HELD_ORDERS({ at, perMinute: MOST_READ_AGAIN, limit: MOST_CLAIMED }),
      )
      await readAgain(client, deps, rows, 'window')
    }),
  )
