import type { Clock } from '../../platform/clock.ts'
import { createRepeatLog } from '../../platform/log-once.ts'
import type { Logger } from '../../platform/logger.ts'
import type { ChangedMailbox, ClaimedMailbox, Fleet, LeaseStore } from '../statements.ts'
import type { ListenerTiming } from './timing.ts'

export interface SupervisorTools {
  clock: Clock
  log: Logger
  leases: LeaseStore
  timing: Pick<ListenerTiming, 'tickMs' | 'leaseMs' | 'renewEveryMs' | 'leaseMarginMs'>
  /** Keeps one mailbox connected until aborted. Never rejects; ends early when another listener holds it. */
  keep(id: string, signal: AbortSignal): Promise<void>
  /** Called after a mailbox is released. */
  onGone(id: string): void
}

/** Mailboxes claimed at a time, so that processes that start together take turns. */
const CLAIM_BATCH = 200

/**
 * Holds leases on its share of the mailboxes and keeps one session for each. Takes all decisions from rows,
 * so listeners may come and go without talking to each other.
 */
export class Supervisor {
  readonly #tools: SupervisorTools
  readonly #logRepeat: ReturnType<typeof createRepeatLog>
  readonly #held: HeldLeases
  readonly #stopped = new AbortController()
  /** Null until this listener is registered. */
  #renewedAt: number | null = null
  #leasedUntil = 0
  /** Raised whenever another listener may hold our mailboxes. */
  #epoch = 0
  #looking: Promise<void> = Promise.resolve()
  #loops: Promise<unknown> = Promise.resolve()

  constructor(tools: SupervisorTools) {
    this.#tools = tools
    this.#logRepeat = createRepeatLog(tools.log)
    this.#held = createHeldLeases(tools)
  }

  start(): void {
    this.#loops = Promise.all([
      this.#every(this.#tools.timing.tickMs, () => this.#lookNow()),
      this.#every(OVERDUE_CHECK_MS, () => this.#endOverdue()),
    ])
  }

  /** Checks settings and free mailboxes now instead of at the next tick. */
  refresh(): Promise<void> {
    return this.#lookNow()
  }

  /** Ends all sessions, waits at most `timeoutMs` for what they are storing, and releases the leases. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopped.abort(new Error('listener stopping'))
    const limit = new AbortController()
    await Promise.race([this.#giveBack(), this.#tools.clock.sleep(timeoutMs, limit.signal).catch(() => {})])
    limit.abort()
  }

  held(): string[] {
    return this.#held.all().map(([id]) => id)
  }

  async #look(): Promise<void> {
    if (this.#stopped.signal.aborted) return
    try {
      // At first: those that start together share from the beginning.
      await this.#renew()
      await this.#followSettings()
      const fleet = await this.#tools.leases.fleet(new Date(this.#tools.clock.now()))
      await this.#giveUp(fleet)
      await this.#claim(fleet)
    } catch (error) {
      this.#logRepeat({ err: error }, 'listener: lease check failed; retrying')
    }
  }

  /** One look at a time. */
  #lookNow(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look())
    return this.#looking
  }

  async #renew(): Promise<void> {
    const now = this.#tools.clock.now()
    // If the clock was set back, renew now: an expiry from the old time would outlive us by the difference.
    if (
      this.#renewedAt !== null &&
      now >= this.#renewedAt &&
      now - this.#renewedAt < this.#tools.timing.renewEveryMs
    )
      return
    const until = now + this.#tools.timing.leaseMs
    if (this.#renewedAt === null || !(await this.#tools.leases.renew(new Date(until)))) {
      if (this.#renewedAt !== null)
        this.#tools.log.warn('listener: others declared it dead; releasing all mailboxes and starting again')
      for (const [id, mailbox] of this.#held.all()) void this.#held.end(id, mailbox)
      this.#epoch += 1
      await this.#tools.leases.register(new Date(until))
    }
    this.#renewedAt = now
    this.#leasedUntil = until
  }

  async #followSettings(): Promise<void> {
    const asked = new Map(this.#held.all())
    const rows = await this.#tools.leases.changed(
      [...asked].map(([id, { settingsVersion }]) => ({ id, settingsVersion })),
    )
    const applied = rows.flatMap((row) => {
      const mailbox = asked.get(row.id)
      return mailbox ? [this.#applySettings(mailbox, row)] : []
    })
    await this.#forOneTick(Promise.all(applied))
  }

  /** Waits one tick at most, so that a slow session delays its own mailbox and not the renewal of others. */
  async #forOneTick(work: Promise<unknown>): Promise<void> {
    const limit = new AbortController()
    const tick = this.#tools.clock
      .sleep(this.#tools.timing.tickMs, AbortSignal.any([this.#stopped.signal, limit.signal]))
      .catch(() => {})
    await Promise.race([work, tick])
    limit.abort()
  }

  async #applySettings(mailbox: HeldLease, row: ChangedMailbox): Promise<void> {
    // An earlier round may have released it while its row was read; then it is not ours to begin again.
    if (!this.#held.has(row.id, mailbox)) return
    const begun = this.#epoch
    await this.#held.end(row.id, mailbox)
    if (!this.#isStillOurs(begun)) return
    if (row.wanted) this.#begin(row)
    else await this.#tools.leases.release([row.id], new Date(this.#tools.clock.now()))
  }

  /**
   * True while a lease held in that epoch is still ours. False when the session ended so slowly that the
   * lease nearly expired or was lost. The mailbox is then claimed again, here or elsewhere; releasing it now
   * could let two listeners run.
   */
  #isStillOurs(begun: number) {
    return (
      this.#epoch === begun && this.#leasedUntil > this.#tools.clock.now() + this.#tools.timing.leaseMarginMs
    )
  }

  /** Releases one at a time, so that each lacks a listener only while it moves. */
  async #giveUp(fleet: Fleet): Promise<void> {
    const most = toGiveUp(this.#held.size(), fleet)
    if (most === 0) return
    await this.#forOneTick(this.#leaveToOthers(this.#held.all().slice(-most)))
    this.#tools.log.info({ ...fleet, held: this.#held.size() }, 'listener: released mailboxes to others')
  }

  async #leaveToOthers(mailboxes: [string, HeldLease][]): Promise<void> {
    for (const [id, mailbox] of mailboxes) {
      if (this.#stopped.signal.aborted) return
      // Its session may have ended meanwhile, and a new one may have begun.
      if (!this.#held.has(id, mailbox)) continue
      const begun = this.#epoch
      await this.#held.end(id, mailbox)
      if (this.#isStillOurs(begun)) await this.#tools.leases.release([id], new Date(this.#tools.clock.now()))
    }
  }

  async #claim(fleet: Fleet): Promise<void> {
    for (let more = true; more && !this.#stopped.signal.aborted; ) {
      const limit = Math.min(toClaim(this.#held.size(), fleet), CLAIM_BATCH)
      if (limit === 0) return
      const claimed = await this.#tools.leases.claim(
        new Date(this.#tools.clock.now()),
        limit,
        this.#held.running(),
      )
      for (const mailbox of claimed) this.#begin(mailbox)
      if (claimed.length > 0)
        this.#tools.log.info(
          { mailboxes: claimed.length, held: this.#held.size() },
          'listener: claimed mailboxes',
        )
      more = claimed.length === limit
    }
  }

  #begin({ id, settingsVersion }: ClaimedMailbox): void {
    if (!this.#stopped.signal.aborted) this.#held.begin(id, settingsVersion)
  }

  /** Needs no database: a process cut off from it must fall silent before others take its mailboxes. */
  #endOverdue(): void {
    if (
      this.#leasedUntil > this.#tools.clock.now() + this.#tools.timing.leaseMarginMs ||
      this.#held.size() === 0
    )
      return
    this.#tools.log.warn(
      { mailboxes: this.#held.size() },
      'listener: leases could not be renewed; releasing all mailboxes',
    )
    for (const [id, mailbox] of this.#held.all()) void this.#held.end(id, mailbox)
  }

  /** Releases leases only once none of our sessions runs; otherwise they expire. */
  async #giveBack(): Promise<void> {
    await this.#held.endAll()
    await this.#loops
    await this.#held.endAll()
    await this.#tools.leases.releaseAll(new Date(this.#tools.clock.now())).catch((error: unknown) => {
      this.#tools.log.warn({ err: error }, 'listener: leases could not be released; they will expire')
    })
  }

  async #every(ms: number, work: () => Promise<void> | void): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await work()
      await this.#tools.clock.sleep(ms, this.#stopped.signal).catch(() => {})
    }
  }
}

const OVERDUE_CHECK_MS = 1_000

/**
 * Mailboxes that this process holds. Each has at most one session at any time, including one that is ending.
 */
interface HeldLease {
  /** The session read its settings no earlier than this version appeared. */
  settingsVersion: number
  stopping: AbortController
  done: Promise<void>
}

interface HeldLeases {
  /** Does nothing while the mailbox has a session. */
  begin(id: string, settingsVersion: number): void
  /** Ends the session and resolves when it is over. */
  end(id: string, mailbox: HeldLease): Promise<void>
  /** True while this very session is held. */
  has(id: string, mailbox: HeldLease): boolean
  /** Ends all sessions and waits for those already ending too. */
  endAll(): Promise<void>
  all(): [string, HeldLease][]
  /** Ids of held and ending mailboxes. */
  running(): string[]
  size(): number
}

interface HeldLeasesTools {
  keep(id: string, signal: AbortSignal): Promise<void>
  onGone(id: string): void
}

export function createHeldLeases(tools: HeldLeasesTools): HeldLeases {
  const held = new Map<string, HeldLease>()
  /** Sessions asked to end that may still be storing something. */
  const ending = new Map<string, HeldLease>()

  async function end(id: string, mailbox: HeldLease): Promise<void> {
    if (held.get(id) === mailbox) {
      held.delete(id)
      ending.set(id, mailbox)
      mailbox.stopping.abort(new Error('mailbox released'))
    }
    await mailbox.done
    if (ending.get(id) !== mailbox) return
    ending.delete(id)
    tools.onGone(id)
  }

  return {
    begin(id, settingsVersion) {
      if (held.has(id) || ending.has(id)) return
      const stopping = new AbortController()
      const done = tools.keep(id, stopping.signal)
      held.set(id, { settingsVersion, stopping, done })
    },
    end,
    has: (id, mailbox) => held.get(id) === mailbox,
    async endAll() {
      await Promise.all([...held, ...ending].map(([id, mailbox]) => end(id, mailbox)))
    },
    all: () => [...held],
    running: () => [...held.keys(), ...ending.keys()],
    size: () => held.size,
  }
}

/** Mailboxes released per round: each costs a login at its mail host and some seconds without a listener. */
export const MOST_GIVEN_UP = 10

/**
 * Rounds up, so that all shares together cover every mailbox, even while listeners briefly see different
 * numbers.
 */
export const fairShare = ({ mailboxes, listeners }: Fleet): number =>
  Math.ceil(mailboxes / Math.max(1, listeners))

/** Surplus that a listener keeps, so that a mailbox that comes or goes does not move others. */
const slack = (share: number): number => 1 + Math.floor(share / 50)

/** Counts the mailboxes to claim now. */
export const toClaim = (held: number, fleet: Fleet): number => Math.max(0, fairShare(fleet) - held)

/** Counts the mailboxes to release to other listeners now. */
export function toGiveUp(held: number, fleet: Fleet): number {
  const share = fairShare(fleet)
  return held > share + slack(share) ? Math.min(held - share, MOST_GIVEN_UP) : 0
}
