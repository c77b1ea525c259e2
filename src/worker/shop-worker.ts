import type { Pool } from 'pg'
import { EVERY_MALL } from '../marketplaces/facts.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { type NamedStatement, prepared } from '../platform/db/statement.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Random } from '../platform/random.ts'
import {
  claimProbe,
  clearAttention,
  closeLane,
  noteQuotaWait,
  openEarly,
  openLane,
  raiseAttention,
} from '../shops/attention.ts'
import { saveGoodCheck } from '../shops/credentials/credentials.ts'
import type { ShopRow } from '../shops/shops/sessions.ts'
import { asOutage, isOwnWait, laneDecision } from './mall-failures.ts'
import type { Seats } from './seats.ts'
import type { JobResult, JobTurn, OpenShop, ShopJob, ShopTurn, WorkingShop } from './shop-job.ts'
import { LEASE_MS, lasts, mayCall, type TurnLease } from './statements.ts'
import type { HeldTurns } from './turn-lease.ts'

const SERVED_BY_TENANTS = new Set(
  EVERY_MALL.flatMap(({ name, servedByTenant }) => (servedByTenant ? [name] : [])),
)

/** Time in which the jobs of one turn take up due work; a big shop then goes behind the others. */
const TURN_MS = 4_000

export interface ShopWorkerDeps extends ShopRunDeps {
  pool: Pool
  newId: NewId
  turns: HeldTurns
  metrics: Pick<Metrics, 'laneClosings' | 'fetches' | 'fetchSeconds'>
  /** Most urgent first. */
  jobs: readonly ShopJob[]
  /** For shops whose server a tenant runs. */
  seats: Seats
}

export interface ShopWorker {
  /**
   * Gives a shop its turn, unless another process is at it. `again` when that ended before the work did.
   * @param commit of a transaction that gives the shop work: what it stored (`ShopJob.withStored`), null for
   * nothing. The turn is claimed meanwhile, and begins when it is there
   * @throws when the database fails; what is due is as it was, and the scheduler wakes the shop again
   */
  run(shopId: string, signal: AbortSignal, commit?: Promise<unknown>): Promise<JobResult>
  /** Whose a shop is; undefined before its first turn in this process. */
  tenantOf(shopId: string): string | undefined
}

export function createShopWorker(deps: ShopWorkerDeps): ShopWorker {
  // Shops whose shared time left no quota for anything else the last time: there the other jobs go first.
  const starved = new Set<string>()
  // Shops with a backlog, and when what comes after it had a step.
  const othersAt = new Map<string, number>()
  const tenants = new Map<string, string>()
  const statement = turnStatement(deps.jobs.map(({ due }) => due))

  async function work(
    { shop, due }: Begun,
    { started, commit, ...given }: GivenTurn & { started: number; commit: Promise<unknown> },
  ): Promise<JobResult> {
    const stored = await commit
    if (shop.attention && !(await claimProbe(deps.db, shop.id, shop.attention.probeAt, new Date(started))))
      return 'done'
    const jobs = deps.jobs.map(({ time, begin, withStored }, place) => {
      const dueOfJob = stored !== null && withStored ? withStored(due[place], stored) : due[place]
      return { time, work: begin(dueOfJob), idle: dueOfJob === null || dueOfJob === false }
    })
    const turn = { ...given, deadline: started + TURN_MS, starvedFirst: starved.delete(shop.id) }
    const run = new ShopRun(deps, shop, jobs, turn, othersAt.get(shop.id) ?? null)
    try {
      return await run.run()
    } finally {
      if (run.isStarved) starved.add(shop.id)
      if (run.othersAt === null) othersAt.delete(shop.id)
      else othersAt.set(shop.id, run.othersAt)
      await run.close()
      deps.metrics.fetchSeconds.observe(
        { marketplace: shop.marketplace },
        (deps.clock.now() - started) / 1000,
      )
    }
  }

  const seatOf = ({ marketplace, tenantId }: WorkingShop): (() => void) | null =>
    SERVED_BY_TENANTS.has(marketplace) ? deps.seats.take(tenantId) : () => undefined

  return {
    tenantOf: (shopId) => tenants.get(shopId),
    async run(shopId, signal, committing) {
      const started = deps.clock.now()
      const lease = { shopId, holder: deps.newId() }
      const commit = Promise.resolve(committing ?? null).catch(() => null)
      const begun = await beginTurn(deps.pool, statement, lease, started)
      // The turn that has the shop was told of it before the commit, and may have looked in vain.
      if (begun === null) return (await commit) === null ? 'done' : 'again'
      tenants.set(shopId, begun.shop.tenantId)
      const leave = seatOf(begun.shop)
      if (leave === null) {
        await deps.turns.end(lease)
        return 'done'
      }
      let isHeld = true
      let wanted = false
      const onReleased = () => {
        isHeld = false
        deps.turns.forget(lease)
      }
      const turn = {
        started,
        commit,
        holder: lease.holder,
        signal: deps.turns.keep(lease, signal),
        onReleased,
      }
      const result = await work(begun, turn).finally(async () => {
        leave()
        if (isHeld) wanted = await deps.turns.end(lease)
      })
      return wanted ? 'again' : result
    },
  }
}

interface Row extends Omit<WorkingShop, 'attention' | 'holder'> {
  held: boolean
  until: Date | null
  probeAt: Date | null
  due: unknown[] | null
}

/** The shop, and what is due of each job. */
interface Begun {
  shop: WorkingShop
  due: readonly unknown[]
}

/**
 * Claims a shop's turn.
 * @param turn of `turnStatement`
 * @returns null where the mall may not be asked, or where another turn has the shop: that is told that the
 * shop is to have one more
 */
export async function beginTurn(
  queries: Queries,
  turn: NamedStatement<typeof TURN>,
  { shopId, holder }: TurnLease,
  now: number,
): Promise<Begun | null> {
  const claim = turn({ shop: shopId, now: new Date(now), holder, until: new Date(now + LEASE_MS) })
  for (;;) {
    const { rows } = await queries.query<Row>(claim)
    const [row] = rows
    if (!row) return null
    const { held, until, probeAt, due, ...shop } = row
    if (held)
      return {
        shop: { ...shop, holder, attention: shop.attentionStops ? { probeAt } : null },
        due: due ?? [],
      }
    if (until && until.getTime() > now) return null
  }
}

/**
 * Claims a shop and reads its turn's start at one moment: the shop, each job's due work. @param due
 * `ShopJob.due` of each
 */
export const turnStatement = (due: readonly string[]): NamedStatement<typeof TURN> =>
  prepared(
    TURN,
    `
with ${claimed(mayCall())}
select shop.*, c.held, c.until, case when c.held then json_build_array(${due}) end as due
from claimed c cross join (${SHOP}) shop`,
  )

export const TURN = { shop: 'uuid', now: 'timestamptz', holder: 'uuid', until: 'timestamptz' } as const

const SHOP = `
select s.id::text, s.tenant_id::text as "tenantId", s.marketplace::text, s.code, s.name, s.enabled, s.settings, s.capabilities, s.created_at as "createdAt",
  s.sealed_credentials as "sealedCredentials", s.credentials_version as "credentialsVersion",
  s.rehearsal_id::text as "rehearsalId", s.lane_failures as "laneFailures", s.lane_closed_until as "laneClosedUntil",
  s.attention_stops as "attentionStops", s.attention_probe_at as "probeAt",
  array(
    select distinct x.id::text from mailbox_shops own join mailbox_shops other on other.mailbox_id = own.mailbox_id
    join shops x on x.id = other.shop_id
    where own.shop_id = s.id and x.id <> s.id and x.tenant_id = s.tenant_id and x.marketplace = s.marketplace) as "sharedMailboxShopIds"
from shops s where s.id = :shop`

/**
 * CTE `claimed`, of no row where the shop may not work (`open`, SQL of a condition on `s` and `t`).
 * Its parameters are those of TURN. Where it is not `held`, another has it until `until`, or it is nobody's
 * and this statement does not see yet what its last holder did: to be sent again.
 *
 * The conflict's action works on the row as it is now, so of two claims one wins. But the rest of the
 * statement reads what stood when it began: without the look at `released`, a claim that waited for the row
 * until its holder had given it back would read requests as due that the holder has ended, and the mall would
 * be asked for them again.
 */
export const claimed = (open: string): string => {
  const free = `(${lasts('w.lease_until', ':now')} is not true
    and w.released is not distinct from (select seen.released from shop_turns seen where seen.shop_id = :shop))`
  return `claimed as (
  insert into shop_turns as w (shop_id, holder, lease_until)
  select s.id, :holder, :until from shops s join tenants t on t.id = s.tenant_id where s.id = :shop and ${open}
  on conflict (shop_id) do update set
    holder = case when ${free} then excluded.holder else w.holder end,
    lease_until = case when ${free} then excluded.lease_until else w.lease_until end,
    wanted = not ${free}
  returning holder = :holder as held, lease_until as until
)`
}

interface ShopRunDeps extends LaneDeps {
  sessions: { openRow(row: ShopRow): OpenShop }
}

/** Gives other jobs one of a backlog's twenty calls, at a call a second: each delays 1 to 100 orders. */
const OTHERS_EVERY_MS = 20_000

/** A turn as it is claimed. */
interface GivenTurn {
  holder: string
  signal: AbortSignal
  onReleased(): void
}

/** A job's work in this turn, and whose time it uses. */
interface RunningJob {
  time: 'shared' | 'own'
  work: JobTurn
  /** Nothing of it was due when the turn began. */
  idle: boolean
}

/** One turn of one shop: opens its session once, lends it to jobs, heals or stops the shop, keeps time. */
class ShopRun {
  readonly #deps: ShopRunDeps
  readonly #shop: WorkingShop
  readonly #signal: AbortSignal
  readonly #turn: ShopTurn
  readonly #shared: readonly JobTurn[]
  readonly #own: readonly JobTurn[]
  /** Have nothing due, unless another job has made it so since. */
  readonly #idle: Set<JobTurn>
  #opened: OpenShop | undefined
  /** Nothing more may be asked in this turn. */
  #stopped = false
  /** The turn's last work is done. */
  #ended = false
  #failure: MarketplaceFailure | null = null
  #ownBegun = 0
  #othersAt: number | null

  constructor(
    deps: ShopRunDeps,
    shop: WorkingShop,
    jobs: readonly RunningJob[],
    {
      deadline,
      signal,
      starvedFirst,
      holder,
      onReleased,
    }: GivenTurn & Pick<ShopTurn, 'deadline' | 'starvedFirst'>,
    othersAt: number | null,
  ) {
    this.#othersAt = othersAt
    this.#deps = deps
    this.#shop = shop
    this.#signal = signal
    this.#shared = jobs.filter(({ time }) => time === 'shared').map(({ work }) => work)
    this.#own = jobs.filter(({ time }) => time === 'own').map(({ work }) => work)
    this.#idle = new Set(jobs.filter(({ idle }) => idle).map(({ work }) => work))
    this.#turn = {
      shop,
      signal,
      deadline,
      starvedFirst,
      open: () => this.#open(),
      stoppedBy: () => this.#failure,
      answered: () => resetFailures(deps, shop),
      stop: (failure) => this.#stop(failure),
      endingHolder: () => (this.#isLast(jobs.length) ? holder : null),
      onReleased: () => {
        this.#ended = true
        onReleased()
      },
      answersOtherwise: (opened) => this.#answersOtherwise(opened),
    }
  }

  async run(): Promise<JobResult> {
    if (this.#shop.attention && !(await this.#probe())) return 'done'
    const shared = () => this.#shareTime()
    const own = this.#own.map((work) => () => this.#inItsOwnTime(work))
    const results: JobResult[] = []
    for (const part of this.#turn.starvedFirst ? [...own, shared] : [shared, ...own]) {
      if (!this.#isOver()) results.push(await part())
    }
    return !this.#isOver() && results.includes('again') ? 'again' : 'done'
  }

  /** The shared jobs used up the quota before those with a time of their own had their turn. */
  get isStarved(): boolean {
    return this.#ownBegun < this.#own.length
  }

  /** When those behind a backlog had a step; null: there is none. */
  get othersAt(): number | null {
    return this.#othersAt
  }

  /** Saves the mall's hints, however the turn ended. */
  async close(): Promise<void> {
    await this.#opened?.saveHints().catch((err: unknown) => {
      this.#deps.log.error({ err, shopId: this.#shop.id }, 'notices of the mall could not be kept')
    })
  }

  async #shareTime(): Promise<JobResult> {
    while (!this.#isOver() && this.#deps.clock.now() < this.#turn.deadline) {
      if (!(await this.#step(this.#shared))) {
        this.#othersAt = null
        return 'done'
      }
    }
    // A long backlog of the first must not keep the others from ever getting their turn.
    const [first, ...others] = this.#shared
    const now = this.#deps.clock.now()
    if (!first?.hasBacklog?.() || this.#isOthersTime(now)) {
      this.#othersAt = now
      await this.#step(others)
    }
    return 'again'
  }

  /** A clock that was put back does not tell how long ago it was. */
  #isOthersTime(now: number): boolean {
    return this.#othersAt === null || Math.abs(now - this.#othersAt) >= OTHERS_EVERY_MS
  }

  /** One step of the first job that has one. */
  async #step(jobs: readonly JobTurn[]): Promise<boolean> {
    for (const work of jobs) {
      if (this.#isOver() || (await this.#work(work)) === 'again') return true
    }
    return false
  }

  #inItsOwnTime(work: JobTurn): Promise<JobResult> {
    this.#ownBegun += 1
    return this.#work(work)
  }

  async #work(work: JobTurn): Promise<JobResult> {
    if (this.#ended || this.#idle.has(work)) return 'done'
    const result = await work.run(this.#turn)
    if (result === 'again') this.#idle.clear()
    else this.#idle.add(work)
    return result
  }

  /** Only the job at work may have something to do, and what follows its answer is not the mall's. */
  #isLast(jobs: number): boolean {
    return this.#idle.size === jobs - 1 && this.#shop.attention === null && this.#shop.laneFailures === 0
  }

  #isOver(): boolean {
    return this.#stopped || this.#signal.aborted
  }

  /**
   * Shows whether the mall takes the key again: by something that waits, because that is what must work;
   * where nothing does, or its answer does not tell, by a harmless call. True when the shop has healed.
   */
  async #probe(): Promise<boolean> {
    const opened = await this.#open()
    if (!opened) return false
    const accepted =
      (await this.#probeByWork(opened)) || (!this.#isOver() && (await this.#checkCredentials(opened)))
    if (accepted) await heal(this.#deps, this.#shop)
    return accepted
  }

  async #probeByWork(opened: OpenShop): Promise<boolean> {
    for (const work of this.#shared) {
      if (!this.#isOver() && (await work.probe?.(this.#turn, opened))) return true
    }
    return false
  }

  async #checkCredentials({ session }: OpenShop): Promise<boolean> {
    try {
      await session.checkCredentials(this.#signal)
      return true
    } catch (error) {
      if (this.#signal.aborted) return false
      const isAnswer = error instanceof MarketplaceFailure && error.kind !== 'malformed'
      await this.#stop(isAnswer ? error : asOutage(error, 'MALL_ANSWERS_BROKEN'))
      return false
    }
  }

  async #open(): Promise<OpenShop | undefined> {
    try {
      this.#opened ??= await this.#withAbilities(this.#deps.sessions.openRow(this.#shop))
      return this.#opened
    } catch (error) {
      if (this.#signal.aborted) return undefined
      const failure = error instanceof MarketplaceFailure ? error : asOutage(error, 'SHOP_CANNOT_BE_OPENED')
      if (failure !== error)
        this.#deps.log.error({ err: error, shopId: this.#shop.id }, 'shop cannot be opened')
      await this.#stop(failure)
      return undefined
    }
  }

  /**
   * Asks a shop that says itself what it can do, where nobody has: until it has said so, a change of its
   * orders is refused as one that the shop does not offer.
   */
  async #withAbilities(opened: OpenShop): Promise<OpenShop> {
    const { db, clock, random, sessions } = this.#deps
    const shop = this.#shop
    if (shop.capabilities !== null || !opened.marketplace.ofShop) return opened
    const check = await opened.session.checkCredentials(this.#signal).catch((error: unknown) => {
      // Its orders come in by the narrowest bounds; its connection test tells what cannot be read.
      if (error instanceof MarketplaceFailure && error.kind === 'malformed') return null
      throw error
    })
    if (check?.capabilities === undefined) return opened
    const { expiries, capabilities } = check
    const { credentialsVersion } = shop
    const at = new Date(clock.now())
    await saveGoodCheck(db, shop.id, { credentialsVersion, expiries, capabilities, at }, random.float())
    Object.assign(shop, { capabilities })
    return sessions.openRow(shop)
  }

  #answersOtherwise({ session }: OpenShop): Promise<boolean> {
    return session.checkCredentials(this.#signal).then(
      () => true,
      () => false,
    )
  }

  async #stop(failure: MarketplaceFailure): Promise<void> {
    this.#stopped = true
    this.#failure = failure
    await stopShop(this.#deps, this.#shop, failure)
  }
}

interface LaneDeps {
  db: Db
  pool: Queries
  clock: Clock
  random: Random
  log: Logger
  metrics: Pick<Metrics, 'laneClosings' | 'fetches'>
  wakeLater: { at(shopId: string, at: number): void }
}

/**
 * Closes the shop's lane, or puts the shop under attention. Its requests are not touched: they wait. Where
 * only our own quota is used up, the lane stays as it is: the shop comes back when its turn is there.
 */
async function stopShop(deps: LaneDeps, shop: WorkingShop, failure: MarketplaceFailure): Promise<void> {
  const now = deps.clock.now()
  const at = new Date(now)
  if (isOwnWait(failure)) {
    const until = Math.max(failure.until?.getTime() ?? 0, now + SHORTEST_WAIT_MS)
    deps.wakeLater.at(shop.id, until)
    if (until - now >= TOLD_FROM_MS)
      await noteQuotaWait(deps.pool, shop.id, { from: now, until, code: failure.code })
    return
  }
  const decision = laneDecision(failure, shop.laneFailures, now, deps.random)
  const facts = { shopId: shop.id, code: failure.code, mallCode: failure.mallCode, status: failure.status }
  deps.metrics.laneClosings.inc({ marketplace: shop.marketplace, reason: failure.code })
  deps.metrics.fetches.inc({ marketplace: shop.marketplace, kind: failure.kind })
  if (decision.kind === 'attention') {
    const { code, message } = decision
    await raiseAttention(deps.db, shop.id, { code, message, credentialsVersion: shop.credentialsVersion, at })
    deps.log.warn(facts, 'shop needs attention; its requests wait')
  } else {
    const { until, reason, counts } = decision
    const outage = counts && failure.kind === 'unavailable'
    await closeLane(deps.db, shop.id, { until, reason, failure: counts, outage, at })
    deps.wakeLater.at(shop.id, until.getTime())
    deps.log.warn({ ...facts, until }, 'lane closed; its requests wait')
  }
}

/** A shorter wait explains no late order. */
const TOLD_FROM_MS = 1_000

/** Prevents a busy loop on a time that is over already. */
const SHORTEST_WAIT_MS = 50

/** The mall takes the key again: what waited is fetched, and nobody needs to do anything. */
async function heal(deps: LaneDeps, shop: WorkingShop): Promise<void> {
  const { credentialsVersion } = shop
  await clearAttention(deps.db, shop.id, { credentialsVersion, at: new Date(deps.clock.now()) })
  shop.attention = null
  shop.laneFailures = 0
  deps.log.info({ shopId: shop.id }, 'shop has healed; its requests are fetched')
}

/**
 * A good answer ends the series of failures; the next one starts with a short pause again. What ended for
 * this shop ended for others of its mall, so theirs are opened too.
 */
async function resetFailures(deps: LaneDeps, shop: WorkingShop): Promise<void> {
  if (shop.laneFailures === 0) return
  const at = new Date(deps.clock.now())
  await openLane(deps.db, shop.id, at)
  shop.laneFailures = 0
  const { marketplace } = shop
  const opened = await openEarly(deps.pool, { marketplace }, at)
  if (opened.length > 0)
    deps.log.info({ marketplace, shops: opened.length }, 'lanes of this mall opened early')
}
