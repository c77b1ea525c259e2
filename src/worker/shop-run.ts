import { runScanStep } from '../imports/period/step.ts'
import { askedSince, type DueRequest, isHere, onePerNumber, readDue } from '../imports/requests/due.ts'
import { alreadyHere, type Ending, suspected, writeEndings } from '../imports/results/attempt-result.ts'
import { createGroupWriter } from '../imports/results/batch-writer.ts'
import { blamedEnding, brokenEnding } from '../imports/results/failed-attempts.ts'
import { strayEndings } from '../imports/results/shared-mailbox.ts'
import type { Answer } from '../imports/results/sort-answers.ts'
import { createOutcomeWriter, MOST_AT_ONCE } from '../imports/results/write-results.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { type Asked, ask } from './fetch-bisect.ts'
import { asOutage, forgetFailures, heal, stopShop, type WorkingShop } from './shop-state.ts'
import type { FetchWorkerDeps, OpenShop } from './shop-worker.ts'
import { brokenAnswer, isSuspect, mayBeOneOrder } from './unusable-answers.ts'

/** Requests read at once: several calls' worth, so that one group is written while the next is asked for. */
export const READ_AT_ONCE = 300

/** One turn of one shop. */
export class Slice {
  readonly #deps: FetchWorkerDeps
  readonly #shop: WorkingShop
  readonly #deadline: number
  readonly #signal: AbortSignal
  #opened: OpenShop | undefined
  /** Nothing more may be asked in this slice. */
  #stopped = false
  #failure: MarketplaceFailure | null = null
  readonly #moreFirst: boolean
  /** Read together with the shop; for the first look only. */
  #firstDue: readonly DueRequest[] | null
  #cameToMore = false

  constructor(
    deps: FetchWorkerDeps,
    shop: WorkingShop,
    turn: { deadline: number; signal: AbortSignal; moreFirst: boolean; due: readonly DueRequest[] },
  ) {
    this.#deps = deps
    this.#shop = shop
    this.#deadline = turn.deadline
    this.#signal = turn.signal
    this.#moreFirst = turn.moreFirst
    // After other work these may be history.
    this.#firstDue = turn.moreFirst ? null : turn.due
  }

  async run(): Promise<'done' | 'again'> {
    if (this.#shop.attention && !(await this.#probe())) return 'done'
    const imports = () => this.#import()
    const more = () => this.#workOnMore()
    const results: ('done' | 'again')[] = []
    for (const part of this.#moreFirst ? [more, imports] : [imports, more]) {
      if (!this.#isOver()) results.push(await part())
    }
    return !this.#isOver() && results.includes('again') ? 'again' : 'done'
  }

  /** The imports used up the quota before anything else had its turn. */
  get owesMore(): boolean {
    return this.#deps.more !== undefined && !this.#cameToMore
  }

  async #import(): Promise<'done' | 'again'> {
    const most = this.#readAtOnce()
    while (this.#mayGoOn()) {
      const due = await this.#readDue(most)
      if (due.length > 0) await this.#work(due)
      else if (!(await this.#scan()) && !(await this.#sweep())) return 'done'
    }
    // A long backlog must not keep a period import or a sweep from ever getting its turn.
    if (!this.#isOver() && !(await this.#scan()) && !this.#isOver()) await this.#sweep()
    return 'again'
  }

  /** What else is to be done at the mall: after the imports, however many of these there are, and in a time of its own. */
  async #workOnMore(): Promise<'done' | 'again'> {
    const { more } = this.#deps
    if (!more) return 'done'
    this.#cameToMore = true
    return more.work({
      shop: this.#shop,
      signal: this.#signal,
      open: () => this.#open(),
      stoppedBy: () => this.#failure,
      answered: () => forgetFailures(this.#deps, this.#shop),
      stop: (failure) => this.#stop(failure),
      answersOtherwise: (opened) => this.#answersOtherwise(opened),
    })
  }

  #isOver(): boolean {
    return this.#stopped || this.#signal.aborted
  }

  /** What the mall gave notice of is kept, however the slice ended. */
  async close(): Promise<void> {
    await this.#opened?.saveHints().catch((err: unknown) => {
      this.#deps.log.error({ err, shopId: this.#shop.id }, 'notices of the mall could not be kept')
    })
  }

  /**
   * Shows whether the mall takes the key again: by an order that waits, because that is what must work; where none does, or
   * its answer does not tell, by a harmless call. True when the shop has healed.
   */
  async #probe(): Promise<boolean> {
    const opened = await this.#open()
    if (!opened) return false
    const due = await this.#readDue(READ_AT_ONCE)
    const first = due.find((request) => !isHere(request))
    const answered = first !== undefined && (await this.#ask(opened, [first])).accepted
    const accepted = answered || (!this.#isOver() && (await this.#checkCredentials(opened)))
    if (accepted) await heal(this.#deps, this.#shop)
    return accepted
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

  async #readDue(most: number): Promise<readonly DueRequest[]> {
    const first = this.#firstDue
    this.#firstDue = null
    if (first !== null && (first.length < READ_AT_ONCE || most === READ_AT_ONCE)) return first
    return readDue(this.#deps.pool, this.#shop.id, this.#now(), most)
  }

  #readAtOnce(): number {
    const mall = this.#deps.marketplaces.get(this.#shop.marketplace)
    return Math.max(READ_AT_ONCE, mall?.limits.fetchAtOnce ?? 0)
  }

  #mayGoOn(): boolean {
    return !this.#isOver() && this.#deps.clock.now() < this.#deadline
  }

  #now(): Date {
    return new Date(this.#deps.clock.now())
  }

  async #work(due: readonly DueRequest[]): Promise<void> {
    const strays = await strayEndings(this.#deps, this.#shop, due)
    const ended = [...due.filter(isHere).map(alreadyHere), ...strays]
    await this.#end(ended)
    const ids = new Set(ended.map(({ request }) => request.id))
    const wanted = onePerNumber(due.filter(({ id }) => !ids.has(id)))
    const opened = wanted.length > 0 ? await this.#open() : undefined
    if (opened) await this.#ask(opened, wanted)
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

  async #ask(opened: OpenShop, wanted: readonly DueRequest[]): Promise<Asked<DueRequest>> {
    const writer = createGroupWriter<Answer>(createOutcomeWriter(this.#deps, this.#shop), MOST_AT_ONCE)
    let asked: Asked<DueRequest>
    try {
      asked = await ask(
        {
          session: opened.session,
          clock: this.#deps.clock,
          deadline: this.#deadline,
          signal: this.#signal,
          careful: this.#shop.laneFailures > 0,
          onAnswer: (request, outcome) => writer.add({ request, outcome }),
          hints: (group) => ({ since: askedSince(group) }),
        },
        wanted.filter((request) => !isSuspect(request)),
        wanted.filter(isSuspect),
      )
    } finally {
      await writer.drain()
    }
    if (asked.anyGood) await forgetFailures(this.#deps, this.#shop)
    await this.#endBroken(asked, wanted.length)
    if (asked.shopFailure) await this.#stopOrBlame(opened, asked, asked.shopFailure)
    else if (asked.silent) await this.#stop(asOutage(asked.broken[0]?.error, 'MALL_ANSWERS_BROKEN'))
    return asked
  }

  async #endBroken(asked: Asked<DueRequest>, asking: number): Promise<void> {
    const { log, clock } = this.#deps
    for (const { request, error } of asked.broken) {
      log.warn({ err: error, shopId: this.#shop.id, requestId: request.id }, 'order could not be fetched')
    }
    const now = clock.now()
    await this.#end(
      asked.broken.map(({ request, error }) =>
        brokenEnding(request, error, { anyGood: asked.anyGood, only: asking === 1 }, now),
      ),
    )
  }

  /**
   * A mall that is silent whenever it is asked for one certain order is not down, and the other orders must not wait for
   * that one. So what was asked for alone when it fell silent is asked for last the next time; when it then is silent again
   * while it answers everything else, the order is to blame.
   */
  async #stopOrBlame(opened: OpenShop, asked: Asked<DueRequest>, failure: MarketplaceFailure): Promise<void> {
    const { alone } = asked
    if (!alone || !mayBeOneOrder(failure)) return this.#stop(failure)
    if (!isSuspect(alone)) {
      await this.#end([suspected(alone, brokenAnswer(failure))])
    } else if (asked.anyGood || (await this.#answersOtherwise(opened))) {
      await forgetFailures(this.#deps, this.#shop)
      return this.#end([blamedEnding(alone, failure, this.#deps.clock.now())])
    }
    await this.#stop(failure)
  }

  #answersOtherwise({ session }: OpenShop): Promise<boolean> {
    return session.checkCredentials(this.#signal).then(
      () => true,
      () => false,
    )
  }

  async #scan(): Promise<boolean> {
    const result = await runScanStep(this.#deps, this.#shop, () => this.#open(), this.#signal)
    if (result.shopFailure) await this.#stop(result.shopFailure)
    return result.worked
  }

  async #sweep(): Promise<boolean> {
    const { sweeps } = this.#deps
    if (!sweeps) return false
    const result = await sweeps.step({
      shop: this.#shop,
      signal: this.#signal,
      open: () => this.#open(),
      answersOtherwise: (opened) => this.#answersOtherwise(opened),
    })
    if (result.shopFailure) await this.#stop(result.shopFailure)
    return result.worked
  }

  async #end(endings: Ending[]): Promise<void> {
    if (endings.length > 0) await writeEndings(this.#deps.pool, this.#deps.sealer, endings, this.#now())
  }

  async #stop(failure: MarketplaceFailure): Promise<void> {
    this.#stopped = true
    this.#failure = failure
    await stopShop(this.#deps, this.#shop, failure)
  }
}
