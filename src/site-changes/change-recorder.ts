import type { PoolClient } from 'pg'
import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { shipping } from '../marketplaces/port/shipping.ts'
import type { ChangeRules, MallCarrier } from '../marketplaces/port/site-changes.ts'
import { type ParcelChange, writeShipped } from '../orders/store/parcels.ts'
import {
  type OwnChange,
  type Refreshed,
  type ReleasedHook,
  readKnownOrders,
  refresh,
  writeRefreshed,
} from '../orders/store/refresh.ts'
import { noRequest, type OrderMarker, prepareOrder } from '../orders/store/stage.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { LeaseLost } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import { settingsOf } from '../shops/shops/settings.ts'
import { isOwnWait } from '../worker/mall-failures.ts'
import type { WorkingShop } from '../worker/shop-job.ts'
import type { Decision } from './decide.ts'
import { followStatus, type LeftWith, parcelChange, statusAfter, takeOverOf } from './order-after.ts'
import { heldUp, type Reason } from './reasons.ts'
import {
  type ChangeEvent,
  type CheckedChange,
  eventsOf,
  FIND_COMPLETING,
  FIND_TURN,
  insertChanges,
  type Leaving,
  leave,
  type MakeEvent,
  type StoreDeps,
  saveSteps,
} from './statements.ts'
import { begun, type CallResult, type HeldChange, type Step, withStep } from './steps.ts'

export interface RecorderDeps extends StoreDeps {
  clock: Clock
  newId: NewId
  log: Logger
  metrics: Pick<Metrics, 'siteChanges'>
  wakeLater: { at(shopId: string, at: number): void }
  /** A change may be the first to see that a hold is over, and nobody would see it again. */
  onReleased?: ReleasedHook
  /** Absent: orders are not marked. */
  marker?: Pick<OrderMarker, 'rewrite'>
}

type Found = Extract<FetchOutcome, { kind: 'found' }>
type KnownResult = Extract<CallResult, { kind: 'answered' | 'rejected' | 'lost' }>

/** Writes the changes that a worker holds. Each method @throws LeaseLost when another worker has them. */
export class ChangeRecorder {
  readonly #deps: RecorderDeps
  readonly #shop: WorkingShop
  readonly #carriers: readonly MallCarrier[]

  /** 完了 that the shop wants some days after shipping; null: none, or the mall has none. */
  readonly #completeAfterDays: number | null

  constructor(deps: RecorderDeps, shop: WorkingShop, rules: Pick<ChangeRules, 'carriers' | 'actions'>) {
    this.#deps = deps
    this.#shop = shop
    this.#carriers = rules.carriers
    const offered = rules.actions.some(({ action }) => action === 'complete')
    this.#completeAfterDays = offered ? (settingsOf(shop.settings).completeAfterDays ?? null) : null
  }

  /** Before the call: who finds this after a crash knows that the mall may have done it. */
  async noteSent(change: HeldChange, index: number, settlesAfterMs: number): Promise<void> {
    const now = this.#now()
    const { sends, name, label, facts } = present(change.steps[index])
    change.waitedFor = null
    change.steps = withStep(change.steps, index, {
      state: 'sent',
      sends: sends + 1,
      sentAt: now.toISOString(),
      settlesAt: new Date(now.getTime() + settlesAfterMs).toISOString(),
    })
    await this.#save(change, now, (make) => [
      make('change_sent', { ...facts, step: name, label, ...(sends > 0 ? { again: sends } : {}) }),
    ])
  }

  /** The call was not made after all, or did nothing: the step is what it was. */
  undoSent(change: HeldChange, index: number, before: Step): void {
    change.steps = withStep(change.steps, index, before)
  }

  /** @param settlesAfterMs for so long from now on a call whose answer was lost may still be carried out */
  async noteResult(
    change: HeldChange,
    index: number,
    result: KnownResult,
    settlesAfterMs: number,
  ): Promise<void> {
    const now = this.#now()
    const { name } = present(change.steps[index])
    if (result.kind === 'lost') {
      const settles = Math.max(result.until, now.getTime() + settlesAfterMs)
      change.steps = withStep(change.steps, index, { settlesAt: new Date(settles).toISOString() })
      const facts = { step: name, result: 'lost', code: result.code }
      return this.#save(change, now, (make) => [make('change_answered', facts)])
    }
    const { kind, answer, facts } = result
    change.attempts = 0
    change.isolated = false
    change.steps = withStep(change.steps, index, { state: kind, answer })
    await this.#save(change, now, (make) => [
      make('change_answered', { ...facts, step: name, result: kind, ...inTimeline(answer) }),
    ])
  }

  /** Looked at again at `until`. */
  async wait(change: HeldChange, until: number, reason: Reason | null, found: Found | null): Promise<void> {
    change.attempts += 1
    const events = (make: MakeEvent) => (change.attempts === 1 ? [waiting(make, change, reason, found)] : [])
    await this.#leave(change, { state: 'changing', reason, nextAttemptAt: new Date(until) }, events)
    this.#deps.wakeLater.at(this.#shop.id, until)
  }

  /** The mall's rules want it later: queued until then. A repeated wait is in the timeline once. */
  async later(
    change: HeldChange,
    { until, reason, attempts = change.attempts }: Extract<Decision, { kind: 'later' }>,
    found: Found,
  ): Promise<void> {
    change.deadline = null
    change.attempts = attempts
    const leaving = { state: 'queued', reason, nextAttemptAt: new Date(until) } as const
    const isNew = reason.code !== change.waitedFor
    await this.#leave(change, leaving, (make) => (isNew ? [waiting(make, change, reason, found)] : []))
  }

  /** Nothing can be done at the mall now: it waits as queued, and says why. */
  async holdUp(change: HeldChange, failure: MarketplaceFailure, until: number): Promise<void> {
    if (isOwnWait(failure)) return this.giveBack(change, Math.max(until, failure.until?.getTime() ?? 0))
    change.deadline = null
    const reason = heldUp(failure)
    await this.#leave(change, { state: 'queued', reason, nextAttemptAt: new Date(until) }, (make) => [
      make('change_waiting', { code: reason.code }),
    ])
  }

  /** This turn is over. Begun work stays under way, the rest is untouched; what waits knows for what. */
  async giveBack(change: HeldChange, nextAttemptAt: number): Promise<void> {
    const state = begun(change.steps) ? 'changing' : 'queued'
    if (state === 'queued') change.deadline = null
    const keepsReason = change.waitedFor !== null
    const leaving = { state, reason: null, keepsReason, nextAttemptAt: new Date(nextAttemptAt) } as const
    await this.#leave(change, leaving, () => [])
  }

  /**
   * A reading that another one has overtaken ends nothing: the change is given back, to be read again.
   * @returns false then: whatever this turn reads from here on is overtaken, too
   */
  async end(
    change: HeldChange,
    state: 'succeeded' | 'warning' | 'failed',
    reason: Reason | null,
    found: Found | null,
  ): Promise<boolean> {
    const now = this.#now()
    try {
      await this.#leave(
        change,
        { state, reason, nextAttemptAt: now },
        (make) => [make(`change_${state}`, ended(reason, found))],
        found,
      )
    } catch (error) {
      if (!(error instanceof ReadingOvertaken)) throw error
      await this.giveBack(change, now.getTime())
      return false
    }
    const { marketplace, id: shopId } = this.#shop
    this.#deps.metrics.siteChanges.inc({ marketplace, state })
    this.#deps.log.info({ shopId, changeId: change.id, state, code: reason?.code }, 'site change ended')
    return true
  }

  /** Keeps the steps as the order shows them; new ones reach the timeline with the next write. */
  learn(change: HeldChange, steps: readonly Step[], found: Found): void {
    const before = new Map(change.steps.map((step) => [step.name, step.state]))
    const applied = steps.filter(({ name, state }) => state === 'applied' && before.get(name) !== 'applied')
    change.notes = [
      ...change.notes,
      ...applied.map((step) => ({ step: step.name, result: step.state, ...statusOf(found) })),
    ]
    if (applied.length > 0) change.attempts = 0
    change.steps = [...steps]
  }

  async #save(change: HeldChange, now: Date, events: (make: MakeEvent) => ChangeEvent[]): Promise<void> {
    await saveSteps(this.#deps, change, this.#events(change, now, events), now)
    change.notes = []
  }

  async #leave(
    change: HeldChange,
    leaving: Pick<Leaving, 'state' | 'reason' | 'keepsReason' | 'nextAttemptAt'>,
    events: (make: MakeEvent) => ChangeEvent[],
    found: Found | null = null,
  ): Promise<void> {
    const now = this.#now()
    const all = { ...leaving, now, events: this.#events(change, now, events) }
    if (!found) return leave(this.#deps, change, all)
    const takeOver = takeOverOf(change, leaving.state)
    const ours = {
      parcels: parcelChange(change, leaving.state, this.#carriers, found.order),
      own: takeOver && { changeId: change.id, action: change.action, takeOver },
    }
    const follow = async (client: PoolClient, left: LeftWith) => {
      const to = leaving.state === 'succeeded' ? statusAfter(change, found.order, left) : null
      if (to) await followStatus(client, this.#deps.newId, change, to, now)
      if (leaving.state === 'succeeded') await this.#completeLater(client, change, found, now)
    }
    let refreshed: Refreshed[] = []
    const also: Leaving['also'] = async (client) => {
      const read = await refreshOrder(client, this.#deps, this.#shop, change, found, now, ours)
      refreshed = read.refreshed
      await this.#deps.onReleased?.(this.#shop, refreshed)?.(client, now)
      await follow(client, read)
    }
    try {
      await leave(this.#deps, change, { ...all, also })
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof ReadingOvertaken) throw error
      // An order that cannot be stored must not keep its change from ending.
      this.#deps.log.error(
        { err: error, changeId: change.id },
        'order could not be refreshed after its change',
      )
      const left = shipping(ours.parcels?.(found.order) ?? found.order)
      await leave(this.#deps, change, { ...all, also: (client) => follow(client, { left, before: null }) })
      return
    }
    // Rewrites marks, as the change may alter their facts: address, shared parcels, a cancelled order.
    if (refreshed.length > 0) await this.#deps.marker?.rewrite(this.#shop, [change.orderId])
  }

  /** In the transaction that ends the shipping, so it is queued once. Part of an order is not completed. */
  async #completeLater(client: PoolClient, change: HeldChange, { order }: Found, now: Date): Promise<void> {
    const afterDays = this.#completeAfterDays
    if (afterDays === null || change.action !== 'ship' || order.mallState !== 'shipped') return
    const { id: shopId, tenantId, marketplace } = this.#shop
    const wanted: CheckedChange = {
      action: 'complete',
      parameters: { afterDays },
      order: { id: change.orderId, shopId, marketplace },
    }
    // The same shipping may be asked for twice, and go well twice.
    const { rowCount } = await client.query(FIND_COMPLETING({ order: change.orderId }))
    if (rowCount !== 0) return
    await insertChanges(client, this.#deps, { tenantId, actor: 'worker', request: null }, [wanted], now)
  }

  #events(change: HeldChange, now: Date, events: (make: MakeEvent) => ChangeEvent[]): ChangeEvent[] {
    const make = eventsOf(this.#deps.newId, change, now)
    return [...change.notes.map((note) => make('change_read', note)), ...events(make)]
  }

  #now(): Date {
    return new Date(this.#deps.clock.now())
  }
}

function waiting(make: MakeEvent, change: HeldChange, reason: Reason | null, found: Found | null) {
  const step = change.steps.find(({ state }) => state === 'sent' || state === 'answered')
  return make('change_waiting', {
    ...(reason ? { code: reason.code } : {}),
    ...(step ? { step: step.name, stepState: step.state } : {}),
    ...(found ? statusOf(found) : {}),
  })
}

/** The mall's words stand with the change alone, sealed. */
const inTimeline = ({ code, message, mallCode, warnings }: NonNullable<Step['answer']>) => ({
  code,
  message,
  mallCode,
  warnings: warnings.map((warning) => ({ code: warning.code })),
})

const ended = (reason: Reason | null, found: Found | null) => ({
  ...(reason ? { code: reason.code, mallCode: reason.mallCode } : {}),
  ...(found ? statusOf(found) : {}),
})

const statusOf = ({ order }: Found) => ({
  mallStatus: order.mallStatus.code,
  mallSubStatus: order.mallSubStatus?.code ?? null,
  mallState: order.mallState,
})

/** Another turn has the shop since the mall was asked: what is here may be newer than the reading. */
class ReadingOvertaken extends Error {
  constructor() {
    super('another turn may have read the order since it was read for a site change')
    this.name = 'ReadingOvertaken'
  }
}

/**
 * Refreshes a locked order from a change's reading: status, holds and flags follow it.
 * @returns what was written of it, empty when the order is gone; how the order has left then, and before
 * @throws ReadingOvertaken
 */
async function refreshOrder(
  client: PoolClient,
  tools: { sealer: Sealer; newId: NewId },
  shop: WorkingShop,
  change: { orderId: string; orderNumber: string },
  { order, raw, rereadAt, revision = null, takenBack = [] }: Found,
  at: Date,
  { parcels, own }: { parcels: ParcelChange | null; own: OwnChange | null } = { parcels: null, own: null },
): Promise<LeftWith & { refreshed: Refreshed[] }> {
  const readKnown = async () => (await readKnownOrders(client, [change.orderId])).get(change.orderId)
  const known = await readKnown()
  if (!known) return { refreshed: [], left: shipping(order), before: null }
  // A turn that begins from here on reads later, and waits for the order to write that.
  const turn = await client.query(FIND_TURN({ shop: shop.id, holder: shop.holder }))
  if (turn.rowCount === 0) throw new ReadingOvertaken()
  const { orderId: id, orderNumber } = change
  const request = noRequest(shop, { id, orderNumber }, 'change')
  const found = { request, order, raw, rereadAt, revision, takenBack }
  const fresh = prepareOrder(found, change.orderId, tools.sealer)
  const one = refresh(known, fresh, { ...tools, at }, null, own)
  // The order is locked, and nothing newer is in it.
  await writeRefreshed(client, [one], at, null)
  const atMall = one.fresh.order
  const after = parcels && (await readKnown())
  const left =
    parcels && after
      ? await writeShipped(
          client,
          { sealer: tools.sealer, tenantId: shop.tenantId },
          after,
          parcels,
          atMall,
          at,
        )
      : shipping(atMall)
  return { refreshed: [one], left, before: known.shipping }
}
