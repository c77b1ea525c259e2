import type { Pool } from 'pg'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import { claimProbe } from '../shops/attention.ts'
import type { ShopRow } from '../shops/shops/sessions.ts'
import type { JobResult, JobTurn, OpenShop, ShopJob, ShopTurn } from './shop-job.ts'
import {
  asOutage,
  type Begun,
  beginTurn,
  forgetFailures,
  heal,
  type LaneDeps,
  stopShop,
  turnStatement,
  type WorkingShop,
} from './shop-state.ts'
import type { HeldTurns } from './turn-lease.ts'

/** Time in which the jobs of one turn take up due work; a big shop then goes behind the others. */
const TURN_MS = 4_000

export interface ShopWorkerDeps extends ShopRunDeps {
  pool: Pool
  newId: NewId
  turns: HeldTurns
  metrics: Pick<Metrics, 'laneClosings' | 'fetches' | 'fetchSeconds'>
  /** Most urgent first. */
  jobs: readonly ShopJob[]
}

export interface ShopWorker {
  /**
   * Gives a shop its turn, unless another process is at it. `again` when that ended before the work did.
   * @throws when the database fails; what is due is as it was, and the scheduler wakes the shop again
   */
  run(shopId: string, signal: AbortSignal): Promise<JobResult>
}

export function createShopWorker(deps: ShopWorkerDeps): ShopWorker {
  // Shops whose shared time left no quota for anything else the last time: there the other jobs go first.
  const owed = new Set<string>()
  // Shops with a backlog, and when what comes after it had a step.
  const othersAt = new Map<string, number>()
  const statement = turnStatement(deps.jobs.map(({ due }) => due))

  async function work(
    { shop, due }: Begun,
    { started, signal }: { started: number; signal: AbortSignal },
  ): Promise<JobResult> {
    if (shop.attention && !(await claimProbe(deps.db, shop.id, shop.attention.probeAt, new Date(started))))
      return 'done'
    const jobs = deps.jobs.map(({ time, begin }, place) => {
      const dueOfJob = due[place]
      return { time, work: begin(dueOfJob), idle: dueOfJob === null || dueOfJob === false }
    })
    const turn = { deadline: started + TURN_MS, signal, ownFirst: owed.delete(shop.id) }
    const run = new ShopRun(deps, shop, jobs, turn, othersAt.get(shop.id) ?? null)
    try {
      return await run.run()
    } finally {
      if (run.owesOwn) owed.add(shop.id)
      if (run.othersAt === null) othersAt.delete(shop.id)
      else othersAt.set(shop.id, run.othersAt)
      await run.close()
      deps.metrics.fetchSeconds.observe(
        { marketplace: shop.marketplace },
        (deps.clock.now() - started) / 1000,
      )
    }
  }

  return {
    async run(shopId, signal) {
      const started = deps.clock.now()
      const lease = { shopId, holder: deps.newId() }
      const begun = await beginTurn(deps.pool, statement, lease, started)
      if (begun === null) return 'done'
      let wanted = false
      const result = await work(begun, { started, signal: deps.turns.keep(lease, signal) }).finally(
        async () => {
          wanted = await deps.turns.end(lease)
        },
      )
      return wanted ? 'again' : result
    },
  }
}

interface ShopRunDeps extends LaneDeps {
  sessions: { openRow(row: ShopRow): OpenShop }
}

/** Of a backlog's calls one in twenty, at a call a second: each is an order, or a hundred, that comes later. */
const OTHERS_EVERY_MS = 20_000

/** A job's work in this turn, and whose time it uses. */
interface RunningJob {
  time: 'shared' | 'own'
  work: JobTurn
  /** Nothing of it was due when the turn began. */
  idle: boolean
}

/** One turn of one shop: opens its session once, lends it to the jobs, stops and heals the shop, and keeps the time. */
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
  #failure: MarketplaceFailure | null = null
  #ownBegun = 0
  #othersAt: number | null

  constructor(
    deps: ShopRunDeps,
    shop: WorkingShop,
    jobs: readonly RunningJob[],
    { deadline, signal, ownFirst }: Pick<ShopTurn, 'deadline' | 'signal' | 'ownFirst'>,
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
      ...{ shop, signal, deadline, ownFirst },
      open: () => this.#open(),
      stoppedBy: () => this.#failure,
      answered: () => forgetFailures(deps, shop),
      stop: (failure) => this.#stop(failure),
      answersOtherwise: (opened) => this.#answersOtherwise(opened),
    }
  }

  async run(): Promise<JobResult> {
    if (this.#shop.attention && !(await this.#probe())) return 'done'
    const shared = () => this.#shareTime()
    const own = this.#own.map((work) => () => this.#inItsOwnTime(work))
    const results: JobResult[] = []
    for (const part of this.#turn.ownFirst ? [...own, shared] : [shared, ...own]) {
      if (!this.#isOver()) results.push(await part())
    }
    return !this.#isOver() && results.includes('again') ? 'again' : 'done'
  }

  /** The shared jobs used up the quota before those with a time of their own had their turn. */
  get owesOwn(): boolean {
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
    if (!first?.crowded?.() || this.#isOthersTime(now)) {
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
    if (this.#idle.has(work)) return 'done'
    const result = await work.run(this.#turn)
    if (result === 'again') this.#idle.clear()
    else this.#idle.add(work)
    return result
  }

  #isOver(): boolean {
    return this.#stopped || this.#signal.aborted
  }

  /**
   * Shows whether the mall takes the key again: by something that waits, because that is what must work; where nothing does,
   * or its answer does not tell, by a harmless call. True when the shop has healed.
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
      this.#opened ??= this.#deps.sessions.openRow(this.#shop)
      return this.#opened
    } catch (error) {
      const failure = error instanceof MarketplaceFailure ? error : asOutage(error, 'SHOP_CANNOT_BE_OPENED')
      if (failure !== error)
        this.#deps.log.error({ err: error, shopId: this.#shop.id }, 'shop cannot be opened')
      await this.#stop(failure)
      return undefined
    }
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
