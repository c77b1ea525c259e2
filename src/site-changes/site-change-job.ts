import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { ChangeCalls, ChangeRules } from '../marketplaces/port/site-changes.ts'
import type { Clock } from '../platform/clock.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { present } from '../platform/narrow.ts'
import type { Random } from '../platform/random.ts'
import { type OwnCarriers, settingsOf, withOwnCarriers } from '../shops/shops/settings.ts'
import { isOwnWait, pause } from '../worker/mall-failures.ts'
import type { ShopJob, ShopTurn } from '../worker/shop-job.ts'
import { ChangeRecorder, type RecorderDeps } from './change-recorder.ts'
import {
  CHANGE_IS_DUE,
  type ClaimDeps,
  claimChanges,
  type DueChange,
  readShopsWithDueChanges,
} from './claim.ts'
import { CHANGING_FOR_MS, decideFor, pauseAfter } from './decide.ts'
import { type Read, readOrders, type Unread, unreadError, unreadOutcome } from './read-back.ts'
import { brokenRules, expired, heldUp, type Reason, recordUnreadable } from './reasons.ts'
import {
  chooseDue,
  type HeldUp,
  type NextCall,
  type SendRound,
  sendMany,
  sendOne,
  splitCalls,
} from './send-round.ts'
import {
  type Expiring,
  eventsOf,
  LATE,
  lockOrders,
  pauseQueued,
  STANDING_STILL,
  writeEvents,
  writeOrderStates,
} from './statements.ts'
import type { HeldChange } from './steps.ts'

const EXPIRE_EVERY_MS = 5_000

/** サイト変更 in a shop's turn, after its imports. */
export const createSiteChangeJob = (deps: ChangeTurnDeps & { marketplaces: Marketplaces }): ShopJob => ({
  name: 'site changes',
  time: 'own',
  dueShops: (now, page) => readShopsWithDueChanges(deps.pool, now, page),
  due: CHANGE_IS_DUE,
  begin: () => ({
    async run(turn) {
      const mall = mallOfShop(deps.marketplaces, turn.shop)
      if (!mall?.changes) return 'done'
      return new ChangeTurn(deps, turn, mall.changes, mall.limits.fetchBatch).run()
    },
  }),
  maintain: {
    name: 'expired site changes',
    firstMs: EXPIRE_EVERY_MS,
    everyMs: EXPIRE_EVERY_MS,
    async run() {
      const expired = await expireChanges(deps)
      if (expired.queued + expired.ended > 0) deps.log.info(expired, 'site changes of shops that stand still')
    },
  },
})

type ChangeTurnDeps = RecorderDeps & ClaimDeps & { random: Random }

/** Time in which one turn takes up more changes; then the shop's imports have theirs. */
const TURN_MS = 3_000
/** Most changes in hand at once, where the mall gives many orders in one call and takes one write a call. */
const MOST_AT_ONCE = 10
/** An order read longer ago is read again before anything is written to it. */
const FRESH_MS = 10_000

/**
 * A shop's changes for one turn. Each round reads the orders of all changes in hand, then writes at most one
 * call for each; so every call has a fresh reading before it, and the next reading shows what became of it.
 */
class ChangeTurn {
  readonly #deps: ChangeTurnDeps
  readonly #turn: ShopTurn
  readonly #rules: ChangeRules
  readonly #recorder: ChangeRecorder
  readonly #most: number
  readonly #ownCarriers: OwnCarriers | undefined
  readonly #ends: number
  readonly #active = new Set<HeldChange>()
  #stopped = false

  constructor(deps: ChangeTurnDeps, turn: ShopTurn, rules: ChangeRules, fetchBatch: number) {
    this.#deps = deps
    this.#turn = turn
    this.#rules = rules
    this.#recorder = new ChangeRecorder(deps, turn.shop, rules)
    this.#most = Math.min(fetchBatch, MOST_AT_ONCE)
    this.#ownCarriers = settingsOf(turn.shop.settings).carriers
    this.#ends = this.#now() + TURN_MS
  }

  async run(): Promise<'done' | 'again'> {
    while (!this.#isOver() && this.#now() < this.#ends) {
      const taken = await this.#takeUp()
      if (this.#active.size > 0) await this.#round()
      else if (taken === 0) return 'done'
    }
    await this.#letAllGo((change) => this.#recorder.giveBack(change, this.#now()))
    return this.#isOver() ? 'done' : 'again'
  }

  /** @returns how many were claimed; those that cannot be read are not in hand any more */
  async #takeUp(): Promise<number> {
    const free = this.#most - this.#active.size
    if (free <= 0) return 0
    const { clock, newId } = this.#deps
    const look = Math.max(free, this.#rules.bulk?.most ?? 0)
    const choose = (due: readonly DueChange[]) => chooseDue(due, free, this.#rules.bulk)
    const now = new Date(clock.now())
    const claimed = await claimChanges(this.#deps, this.#turn.shop.id, newId(), now, look, choose)
    const taken = claimed.map((change) => ({
      ...change,
      parameters: withOwnCarriers(change.parameters, this.#ownCarriers),
    }))
    for (const change of taken) this.#active.add(change)
    for (const change of taken.filter(({ unreadable }) => unreadable !== null)) {
      this.#deps.log.error({ changeId: change.id }, 'the record of a site change cannot be read')
      await this.#unread(change, { reason: recordUnreadable, final: false })
    }
    return taken.length
  }

  async #round(): Promise<void> {
    const opened = await this.#turn.open()
    if (!opened) return this.#holdUpAll(present(this.#turn.stoppedBy()))
    const calls = opened.session.changes
    if (!calls) throw new Error(`${this.#turn.shop.marketplace} has rules for changes and makes none`)
    const read = await readOrders(this.#turn, opened, this.#deps.clock, [...this.#active])
    if (read.toIsolate) read.toIsolate.isolated = true
    for (const { change, error } of read.broken)
      await this.#own(change, () => this.#unread(change, unreadError(error)))
    const next: NextCall[] = []
    for (const [change, outcome] of read.outcomes) {
      await this.#own(change, async () => {
        const index = await this.#goOn(change, outcome, read.at)
        if (index !== null) next.push({ change, index })
      })
    }
    if (read.failure) return this.#stop(read.failure)
    await this.#send(next, read, calls)
  }

  /** Continues a change after its order was read. @returns the step to send next; null for none now */
  async #goOn(change: HeldChange, outcome: FetchOutcome, readAt: number): Promise<number | null> {
    change.deadline ??= readAt + CHANGING_FOR_MS
    if (outcome.kind !== 'found') {
      await this.#unread(change, unreadOutcome(outcome))
      return null
    }
    change.isolated = false
    const decision = decideFor(this.#deps.log, this.#rules, change, outcome.order, readAt)
    if (!decision) {
      await this.#unread(change, { reason: brokenRules, final: false })
      return null
    }
    this.#recorder.learn(change, decision.steps, outcome)
    switch (decision.kind) {
      case 'send':
        return decision.index
      case 'end':
        await this.#end(change, decision.state, decision.reason, outcome)
        return null
      case 'wait':
        change.deadline = Math.max(change.deadline, decision.deadline ?? 0)
        await this.#letGo(change, () => this.#recorder.wait(change, decision.until, null, outcome))
        return null
      case 'later':
        await this.#letGo(change, () => this.#recorder.later(change, decision, outcome))
        return null
    }
  }

  /** The first call of a round is made always: a slow mall must not keep everything at reading. */
  async #send(next: readonly NextCall[], read: Read, calls: ChangeCalls): Promise<void> {
    const { clock } = this.#deps
    const mall = { calls, clock, signal: this.#turn.signal }
    const round: SendRound = { recorder: this.#recorder, mall, own: this.#own }
    const { together, alone } = splitCalls(next, calls.applyMany ? this.#rules.bulk : undefined)
    const groups = [
      ...together.map(
        ({ group, runsForMs }) =>
          () =>
            sendMany(round, group, runsForMs),
      ),
      ...alone.map((call) => () => sendOne(round, call)),
    ]
    for (const [n, call] of groups.entries()) {
      const isLate = this.#now() >= this.#ends || this.#now() - read.at > FRESH_MS
      if (this.#isOver() || (n > 0 && isLate)) return
      const heldUp = await call()
      if (heldUp) await this.#heldUp(heldUp)
    }
  }

  /**
   * The order was read just now, so a mall that cannot take the write is not away altogether: unless it names
   * a time, only the shop's changes pause, and its imports go on.
   */
  async #heldUp({ change, failure }: HeldUp): Promise<void> {
    if (failure.kind !== 'unavailable' || failure.until || isOwnWait(failure)) return this.#stop(failure)
    this.#stopped = true
    const { clock, random, pool } = this.#deps
    const until = clock.now() + pause(change.attempts, random)
    change.attempts += 1
    await this.#letGo(change, () => this.#recorder.holdUp(change, failure, until))
    await this.#letAllGo((other) => this.#recorder.giveBack(other, until))
    await pauseQueued(pool, this.#turn.shop.id, heldUp(failure), new Date(until))
  }

  async #unread(change: HeldChange, { reason, final }: Unread): Promise<void> {
    const now = this.#now()
    change.deadline ??= now + CHANGING_FOR_MS
    if (final || now >= change.deadline) return this.#end(change, 'warning', reason, null)
    const until = Math.min(now + pauseAfter(change.attempts + 1), change.deadline)
    await this.#letGo(change, () => this.#recorder.wait(change, until, reason, null))
  }

  /** Once another turn has the shop, this one would read the order again until its time is over. */
  async #end(...how: Parameters<ChangeRecorder['end']>): Promise<void> {
    await this.#letGo(how[0], async () => {
      if (!(await this.#recorder.end(...how))) this.#stopped = true
    })
  }

  async #stop(failure: MarketplaceFailure): Promise<void> {
    await this.#holdUpAll(failure)
    await this.#turn.stop(failure)
  }

  async #holdUpAll(failure: MarketplaceFailure): Promise<void> {
    this.#stopped = true
    await this.#letAllGo((change) => this.#recorder.holdUp(change, failure, this.#now()))
  }

  async #letAllGo(leave: (change: HeldChange) => Promise<void>): Promise<void> {
    for (const change of [...this.#active]) await this.#letGo(change, () => leave(change))
  }

  async #letGo(change: HeldChange, leave: () => Promise<void>): Promise<void> {
    await this.#own(change, leave)
    this.#active.delete(change)
  }

  /** A change that was lost to another worker is dropped without another word. */
  readonly #own = async (change: HeldChange, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      this.#active.delete(change)
      this.#deps.log.warn({ changeId: change.id }, 'a site change went to another worker')
      return false
    }
  }

  #isOver(): boolean {
    return this.#stopped || this.#turn.signal.aborted
  }

  #now(): number {
    return this.#deps.clock.now()
  }
}

interface ExpireDeps {
  pool: Pool
  clock: Clock
  newId: NewId
}

interface Expired {
  /** Back to queued: their shop cannot be worked on. */
  queued: number
  /** Ended as warning: they waited too long. */
  ended: number
}

/**
 * For changes that no worker comes to, because their shop stands still: what is 変更中 goes back to 待機中 when the
 * shop waits for a person or its time is over, and what has waited for a week ends. Any process may do it,
 * and several at once.
 */
export async function expireChanges(deps: ExpireDeps): Promise<Expired> {
  const now = new Date(deps.clock.now())
  const queued = await move(deps, STANDING_STILL, now, 'queued', standsStill)
  const late = await move(deps, LATE, now, 'warning', expired)
  return { queued, ended: late }
}

const standsStill: Reason = {
  code: 'SHOP_STANDS_STILL',
  message: '店舗がモールに接続できない状態のため、待機しています。',
  nextStep: '店舗の「要対応」を確認してください。解消すると自動で再開します。',
  mallCode: null,
  mallMessage: null,
}

async function move(
  deps: ExpireDeps,
  which: Expiring,
  now: Date,
  state: 'queued' | 'warning',
  reason: Reason,
): Promise<number> {
  const { rows } = await deps.pool.query<{ id: string; orderId: string }>(which.list({ now }))
  if (rows.length === 0) return 0
  const orderIds = rows.map(({ orderId }) => orderId)
  return inTransaction(deps.pool, async (client) => {
    await lockOrders(client, orderIds)
    const changed = await client.query<{ id: string; orderId: string; action: string }>(
      which.move({
        ids: rows.map(({ id }) => id),
        state,
        code: reason.code,
        message: reason.message,
        nextStep: reason.nextStep,
        now,
      }),
    )
    const kind = state === 'queued' ? 'change_waiting' : 'change_warning'
    await writeEvents(
      client,
      changed.rows.map((row) => eventsOf(deps.newId, row, now)(kind, { code: reason.code })),
    )
    await writeOrderStates(client, orderIds, now)
    return changed.rowCount ?? 0
  })
}
