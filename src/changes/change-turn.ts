import { pause } from '../imports/lane-decision.ts'
import { isOwnWait } from '../imports/own-waits.ts'
import type { ShopTurn } from '../imports/shop-turn.ts'
import type { ChangeCalls, ChangeRules } from '../marketplaces/changes.ts'
import type { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { FetchOutcome } from '../marketplaces/marketplace.ts'
import type { Random } from '../platform/random.ts'
import { type ClaimDeps, claimChanges, type HeldChange } from './claim.ts'
import { type Decision, decide } from './decide.ts'
import { Hands, type HandsDeps } from './hands.ts'
import { type Read, readOrders } from './reading.ts'
import { brokenRules, heldUp, parametersOutdated } from './reasons.ts'
import { send } from './sending.ts'
import { type Step, toChangeStep } from './steps.ts'
import { LeaseLost, pauseQueued } from './store.ts'
import { CHANGING_FOR_MS, pauseAfter } from './timing.ts'
import { type Unread, unreadError, unreadOutcome } from './unreadable.ts'

export type ChangeTurnDeps = HandsDeps & ClaimDeps & { random: Random }

/** How long one turn takes up more changes; then the shop's imports have theirs. */
const TURN_MS = 3_000
/** Most changes in hand at once, where the mall gives many orders in one call. */
const MOST_AT_ONCE = 20
/** An order read longer ago is read again before anything is written to it. */
const FRESH_MS = 10_000
/** A process that stood still for so long between its note and its call does not make the call. */
const STOOD_STILL_MS = 10_000

type Found = Extract<FetchOutcome, { kind: 'found' }>

/**
 * A shop's changes for one turn. Each round reads the orders of all changes in hand, then writes at most one call for
 * each; so every call has a fresh reading before it, and the next reading shows what became of it.
 */
export class ChangeTurn {
  readonly #deps: ChangeTurnDeps
  readonly #turn: ShopTurn
  readonly #rules: ChangeRules
  readonly #hands: Hands
  readonly #most: number
  readonly #ends: number
  readonly #active = new Set<HeldChange>()
  #stopped = false

  constructor(deps: ChangeTurnDeps, turn: ShopTurn, rules: ChangeRules, fetchBatch: number) {
    this.#deps = deps
    this.#turn = turn
    this.#rules = rules
    this.#hands = new Hands(deps, turn.shop)
    this.#most = Math.min(fetchBatch, MOST_AT_ONCE)
    this.#ends = this.#now() + TURN_MS
  }

  async run(): Promise<'done' | 'again'> {
    while (!this.#isOver() && this.#now() < this.#ends) {
      await this.#takeUp()
      if (this.#active.size === 0) return 'done'
      await this.#round()
    }
    await this.#letAllGo((change) => this.#hands.giveBack(change, this.#now()))
    return this.#isOver() ? 'done' : 'again'
  }

  async #takeUp(): Promise<void> {
    const free = this.#most - this.#active.size
    if (free <= 0) return
    const { clock, newId } = this.#deps
    const taken = await claimChanges(this.#deps, this.#turn.shop.id, newId(), new Date(clock.now()), free)
    for (const change of taken) this.#active.add(change)
  }

  async #round(): Promise<void> {
    const opened = await this.#turn.open()
    if (!opened) return this.#holdUpAll(this.#turn.stoppedBy() as MarketplaceFailure)
    const calls = opened.session.changes
    if (!calls) throw new Error(`${this.#turn.shop.marketplace} has rules for changes and makes none`)
    const read = await readOrders(this.#turn, opened, this.#deps.clock, [...this.#active])
    if (read.suspect) read.suspect.suspect = true
    for (const { change, error } of read.broken)
      await this.#own(change, () => this.#unread(change, unreadError(error)))
    let written = 0
    for (const [change, outcome] of read.outcomes) {
      if (this.#isOver()) break
      await this.#own(change, async () => {
        written += await this.#goOn(change, outcome, read, calls, written)
      })
    }
    if (read.failure && !this.#isOver()) await this.#stop(read.failure)
  }

  /** @returns calls made */
  async #goOn(
    change: HeldChange,
    outcome: FetchOutcome,
    read: Read,
    calls: ChangeCalls,
    written: number,
  ): Promise<number> {
    change.deadline ??= read.at + CHANGING_FOR_MS
    if (outcome.kind !== 'found') {
      await this.#unread(change, unreadOutcome(outcome))
      return 0
    }
    change.suspect = false
    const decision = this.#decide(change, outcome, read.at)
    if (!decision) {
      await this.#unread(change, { reason: brokenRules, final: false })
      return 0
    }
    this.#hands.learn(change, decision.steps, outcome)
    if (decision.kind === 'end') await this.#end(change, decision.state, decision.reason, outcome)
    else if (decision.kind === 'wait') await this.#wait(change, decision.until, null, outcome)
    else if (this.#mayWrite(read, written)) {
      await this.#send(change, decision.index, calls)
      return 1
    }
    return 0
  }

  /** Null when the mall's rules broke. */
  #decide(change: HeldChange, { order }: Found, readAt: number): Decision | null {
    const { action, steps, attempts } = change
    const parsed = this.#rules.actions
      .find((one) => one.action === action)
      ?.parameters.safeParse(change.parameters)
    if (!parsed?.success)
      return { kind: 'end', state: 'failed', reason: parametersOutdated, steps: [...steps] }
    const deadline = change.deadline ?? readAt
    try {
      const inHand = { action, parameters: parsed.data, steps, attempts, deadline }
      return decide(inHand, order, this.#rules, readAt)
    } catch (err) {
      this.#deps.log.error({ err, changeId: change.id, action }, 'rules of a mall broke on a site change')
      return null
    }
  }

  /** The first of a round always: a slow mall must not keep everything at reading. */
  #mayWrite(read: Read, written: number): boolean {
    if (read.failure) return false
    const now = this.#now()
    return written === 0 || (now < this.#ends && now - read.at <= FRESH_MS)
  }

  async #send(change: HeldChange, index: number, calls: ChangeCalls): Promise<void> {
    const { clock } = this.#deps
    const before = change.steps[index] as Step
    const noted = clock.now()
    await this.#hands.sending(change, index)
    if (this.#turn.signal.aborted || clock.now() - noted > STOOD_STILL_MS)
      return this.#hands.unsent(change, index, before)
    const sent = await send(calls, change.orderNumber, toChangeStep(before), clock, this.#turn.signal)
    if (sent.kind !== 'held_up') return this.#hands.heard(change, index, sent)
    this.#hands.unsent(change, index, before)
    await this.#heldUp(change, sent.failure)
  }

  /**
   * The order was read just now, so a mall that cannot take the write is not away altogether: unless it names a time, only
   * the shop's changes pause, and its imports go on.
   */
  async #heldUp(change: HeldChange, failure: MarketplaceFailure): Promise<void> {
    if (failure.kind !== 'unavailable' || failure.until || isOwnWait(failure)) return this.#stop(failure)
    this.#stopped = true
    const { clock, random, pool } = this.#deps
    const until = clock.now() + pause(change.attempts, random)
    change.attempts += 1
    await this.#hands.holdUp(change, failure, until)
    this.#active.delete(change)
    await this.#letAllGo((other) => this.#hands.giveBack(other, until))
    await pauseQueued(pool, this.#turn.shop.id, heldUp(failure), new Date(until))
  }

  async #unread(change: HeldChange, { reason, final }: Unread): Promise<void> {
    const now = this.#now()
    change.deadline ??= now + CHANGING_FOR_MS
    if (final || now >= change.deadline) return this.#end(change, 'warning', reason, null)
    const again = now + pauseAfter(change.attempts + 1)
    await this.#wait(change, Math.min(again, change.deadline), reason, null)
  }

  async #end(...[change, ...more]: Parameters<Hands['end']>): Promise<void> {
    await this.#hands.end(change, ...more)
    this.#active.delete(change)
  }

  async #wait(...[change, ...more]: Parameters<Hands['wait']>): Promise<void> {
    await this.#hands.wait(change, ...more)
    this.#active.delete(change)
  }

  async #stop(failure: MarketplaceFailure): Promise<void> {
    await this.#holdUpAll(failure)
    await this.#turn.stop(failure)
  }

  async #holdUpAll(failure: MarketplaceFailure): Promise<void> {
    this.#stopped = true
    await this.#letAllGo((change) => this.#hands.holdUp(change, failure, this.#now()))
  }

  async #letAllGo(leave: (change: HeldChange) => Promise<void>): Promise<void> {
    for (const change of [...this.#active]) {
      await this.#own(change, () => leave(change))
      this.#active.delete(change)
    }
  }

  /** A change that was lost to another worker is dropped without another word. */
  async #own(change: HeldChange, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      this.#active.delete(change)
      this.#deps.log.warn({ changeId: change.id }, 'a site change went to another worker')
    }
  }

  #isOver(): boolean {
    return this.#stopped || this.#turn.signal.aborted
  }

  #now(): number {
    return this.#deps.clock.now()
  }
}
