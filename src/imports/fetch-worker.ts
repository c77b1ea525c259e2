import type { MarketplaceSession } from '../marketplaces/marketplace.ts'
import { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Pool } from 'pg'
import { type Asked, ask } from './asking.ts'
import { brokenAnswer, givesUp } from './broken-answers.ts'
import { type DueRequest, readDue } from './due-requests.ts'
import { alreadyHere, type Ending, givenUp, NOT_FOUND, postponed, writeEndings } from './endings.ts'
import { createGroupWriter } from './group-writer.ts'
import { type Answer, createOutcomeWriter, MOST_AT_ONCE } from './outcome-writer.ts'
import { retryDelay } from './retry-schedule.ts'
import { runScanStep } from './scan-step.ts'
import { asOutage, forgetFailures, type LaneDeps, readWorkingShop, stopShop, type WorkingShop } from './shop-lane.ts'

/** How long one slice asks for more; a big shop then goes behind the others. */
const SLICE_MS = 4_000
/** Requests read at once: several calls' worth, so that one group is written while the next is asked for. */
const READ_AT_ONCE = 300

export interface FetchWorkerDeps extends LaneDeps {
  pool: Pool
  sealer: Sealer
  newId: NewId
  metrics: Pick<Metrics, 'laneClosings' | 'fetches' | 'ordersStaged' | 'mailToStaged' | 'fetchSeconds'>
  sessions: { open(shopId: string): Promise<OpenShop> }
}

export interface OpenShop {
  session: MarketplaceSession
  marketplace: { limits: { listWindowDays: number } }
}

export interface FetchWorker {
  /**
   * Works on a shop's due requests for a bounded slice. `again` when the slice ended before the work did.
   * @throws when the database fails; the requests are as they were, and the ticker wakes the shop again
   */
  run(shopId: string, signal: AbortSignal): Promise<'done' | 'again'>
}

export function createFetchWorker(deps: FetchWorkerDeps): FetchWorker {
  return {
    async run(shopId, signal) {
      const started = deps.clock.now()
      const shop = await readWorkingShop(deps.pool, shopId, new Date(started))
      if (!shop?.open) return 'done'
      const slice = new Slice(deps, shop, started + SLICE_MS, signal)
      try {
        return await slice.run()
      } finally {
        deps.metrics.fetchSeconds.observe({ marketplace: shop.marketplace }, (deps.clock.now() - started) / 1000)
      }
    },
  }
}

/** One turn of one shop. */
class Slice {
  readonly #deps: FetchWorkerDeps
  readonly #shop: WorkingShop
  readonly #deadline: number
  readonly #signal: AbortSignal
  #opened: OpenShop | undefined
  /** The lane was closed in this slice: nothing more may be asked. */
  #stopped = false

  constructor(deps: FetchWorkerDeps, shop: WorkingShop, deadline: number, signal: AbortSignal) {
    this.#deps = deps
    this.#shop = shop
    this.#deadline = deadline
    this.#signal = signal
  }

  async run(): Promise<'done' | 'again'> {
    while (this.#mayGoOn()) {
      const due = await readDue(this.#deps.pool, this.#shop.id, this.#now(), READ_AT_ONCE)
      if (due.length > 0) await this.#work(due)
      else if (!(await this.#scan())) return 'done'
    }
    // A long backlog must not keep a period import from ever getting its turn.
    if (!this.#stopped && !this.#signal.aborted) await this.#scan()
    return this.#stopped || this.#signal.aborted ? 'done' : 'again'
  }

  #mayGoOn(): boolean {
    return !this.#stopped && !this.#signal.aborted && this.#deps.clock.now() < this.#deadline
  }

  #now(): Date {
    return new Date(this.#deps.clock.now())
  }

  async #work(due: readonly DueRequest[]): Promise<void> {
    const here = due.filter((request) => request.purpose === 'import' && request.orderId)
    await this.#end(here.map(alreadyHere))
    const wanted = onePerNumber(due.filter((request) => !here.includes(request)))
    const opened = wanted.length > 0 ? await this.#open() : undefined
    if (opened) await this.#ask(opened.session, wanted)
  }

  async #open(): Promise<OpenShop | undefined> {
    try {
      this.#opened ??= await this.#deps.sessions.open(this.#shop.id)
      return this.#opened
    } catch (error) {
      const failure = error instanceof MarketplaceFailure ? error : asOutage(error, 'SHOP_CANNOT_BE_OPENED')
      if (failure !== error) this.#deps.log.error({ err: error, shopId: this.#shop.id }, 'shop cannot be opened')
      await this.#stop(failure)
      return undefined
    }
  }

  async #ask(session: MarketplaceSession, wanted: readonly DueRequest[]): Promise<void> {
    const writer = createGroupWriter<Answer>(createOutcomeWriter(this.#deps, this.#shop), MOST_AT_ONCE)
    let asked: Asked
    try {
      asked = await ask(
        {
          session,
          clock: this.#deps.clock,
          deadline: this.#deadline,
          signal: this.#signal,
          onAnswer: (request, outcome) => writer.add({ request, outcome }),
        },
        wanted.filter((request) => !isSuspect(request)),
        wanted.filter(isSuspect),
      )
    } finally {
      await writer.drain()
    }
    if (asked.anyGood) await forgetFailures(this.#deps, this.#shop)
    await this.#end(asked.broken.map(({ request, error }) => this.#endBroken(request, error, asked, wanted.length)))
    if (asked.shopFailure) await this.#stop(asked.shopFailure)
    else if (asked.silent) await this.#stop(asOutage(asked.broken[0]?.error, 'MALL_ANSWERS_BROKEN'))
  }

  #endBroken(request: DueRequest, error: unknown, asked: Asked, asking: number): Ending {
    const answer = brokenAnswer(error)
    const attempts = request.attempts + 1
    const alone = asking === 1 && answer.refused
    const { log, clock } = this.#deps
    log.warn({ err: error, shopId: this.#shop.id, requestId: request.id, attempts }, 'order could not be fetched')
    if (givesUp(answer, attempts, asked.anyGood || alone)) return givenUp(request, answer)
    return postponed(request, answer, new Date(clock.now() + retryDelay(attempts)))
  }

  async #scan(): Promise<boolean> {
    const result = await runScanStep(this.#deps, this.#shop, () => this.#open(), this.#signal)
    if (result.shopFailure) await this.#stop(result.shopFailure)
    return result.worked
  }

  async #end(endings: Ending[]): Promise<void> {
    if (endings.length > 0) await writeEndings(this.#deps.pool, this.#deps.sealer, endings, this.#now())
  }

  async #stop(failure: MarketplaceFailure): Promise<void> {
    this.#stopped = true
    await stopShop(this.#deps, this.#shop, failure)
  }
}

/** Broken before: asked alone, so that it does not break the others' call again. */
const isSuspect = (request: DueRequest): boolean => request.outcome !== null && request.outcome !== NOT_FOUND

/** A number that is to be imported and refreshed at once is asked for once; the other request follows in the next round. */
function onePerNumber(requests: readonly DueRequest[]): DueRequest[] {
  const byNumber = new Map<string, DueRequest>()
  for (const request of requests) {
    if (!byNumber.has(request.orderNumber)) byNumber.set(request.orderNumber, request)
  }
  return [...byNumber.values()]
}
