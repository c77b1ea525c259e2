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

export interface Supervisor {
  start(): void
  /** Checks settings and free mailboxes now instead of at the next tick. */
  refresh(): Promise<void>
  /** Ends all sessions, waits at most `timeoutMs` for what they are storing, and releases the leases. */
  stop(timeoutMs: number): Promise<void>
  held(): string[]
}

/** Mailboxes claimed at a time, so that processes that start together take turns. */
const CLAIM_BATCH = 200

/**
 * Holds leases on its share of the mailboxes and keeps one session for each. Takes all decisions from rows,
 * so listeners may come and go without talking to each other.
 */
export function createSupervisor(tools: SupervisorTools): Supervisor {
  const { clock, timing, leases, log } = tools
  const logRepeat = createRepeatLog(log)
  const held = createHeldLeases(tools)
  const stopped = new AbortController()
  /** Null until this listener is registered. */
  let renewedAt: number | null = null
  let leasedUntil = 0
  /** Raised whenever another listener may hold our mailboxes. */
  let epoch = 0
  let looking: Promise<void> = Promise.resolve()
  let loops: Promise<unknown> = Promise.resolve()

  async function look(): Promise<void> {
    if (stopped.signal.aborted) return
    try {
      // At first: those that start together share from the beginning.
      await renew()
      await followSettings()
      const fleet = await leases.fleet(new Date(clock.now()))
      await giveUp(fleet)
      await claim(fleet)
    } catch (error) {
      logRepeat({ err: error }, 'listener: lease check failed; retrying')
    }
  }

  /** One look at a time. */
  function lookNow(): Promise<void> {
    looking = looking.then(look)
    return looking
  }

  async function renew(): Promise<void> {
    const now = clock.now()
    // If the clock was set back, renew now: an expiry from the old time would outlive us by the difference.
    if (renewedAt !== null && now >= renewedAt && now - renewedAt < timing.renewEveryMs) return
    const until = now + timing.leaseMs
    if (renewedAt === null || !(await leases.renew(new Date(until)))) {
      if (renewedAt !== null)
        log.warn('listener: others declared it dead; releasing all mailboxes and starting again')
      for (const [id, mailbox] of held.all()) void held.end(id, mailbox)
      epoch += 1
      await leases.register(new Date(until))
    }
    renewedAt = now
    leasedUntil = until
  }

  async function followSettings(): Promise<void> {
    const asked = new Map(held.all())
    const rows = await leases.changed(
      [...asked].map(([id, { settingsVersion }]) => ({ id, settingsVersion })),
    )
    const applied = rows.flatMap((row) => {
      const mailbox = asked.get(row.id)
      return mailbox ? [applySettings(mailbox, row)] : []
    })
    await forOneTick(Promise.all(applied))
  }

  /** Waits one tick at most, so that a slow session delays its own mailbox and not the renewal of others. */
  async function forOneTick(work: Promise<unknown>): Promise<void> {
    const limit = new AbortController()
    const tick = clock.sleep(timing.tickMs, AbortSignal.any([stopped.signal, limit.signal])).catch(() => {})
    await Promise.race([work, tick])
    limit.abort()
  }

  async function applySettings(mailbox: HeldLease, row: ChangedMailbox): Promise<void> {
    // An earlier round may have released it while its row was read; then it is not ours to begin again.
    if (!held.has(row.id, mailbox)) return
    const begun = epoch
    await held.end(row.id, mailbox)
    if (!isStillOurs(begun)) return
    if (row.wanted) begin(row)
    else await leases.release([row.id], new Date(clock.now()))
  }

  /**
   * True while a lease held in that epoch is still ours. False when the session ended so slowly that the
   * lease nearly expired or was lost. The mailbox is then claimed again, here or elsewhere; releasing it now
   * could let two listeners run.
   */
  const isStillOurs = (begun: number) => epoch === begun && leasedUntil > clock.now() + timing.leaseMarginMs

  /** Releases one at a time, so that each lacks a listener only while it moves. */
  async function giveUp(fleet: Fleet): Promise<void> {
    const most = toGiveUp(held.size(), fleet)
    if (most === 0) return
    await forOneTick(leaveToOthers(held.all().slice(-most)))
    log.info({ ...fleet, held: held.size() }, 'listener: released mailboxes to others')
  }

  async function leaveToOthers(mailboxes: [string, HeldLease][]): Promise<void> {
    for (const [id, mailbox] of mailboxes) {
      if (stopped.signal.aborted) return
      // Its session may have ended meanwhile, and a new one may have begun.
      if (!held.has(id, mailbox)) continue
      const begun = epoch
      await held.end(id, mailbox)
      if (isStillOurs(begun)) await leases.release([id], new Date(clock.now()))
    }
  }

  async function claim(fleet: Fleet): Promise<void> {
    for (let more = true; more && !stopped.signal.aborted; ) {
      const limit = Math.min(toClaim(held.size(), fleet), CLAIM_BATCH)
      if (limit === 0) return
      const claimed = await leases.claim(new Date(clock.now()), limit, held.running())
      for (const mailbox of claimed) begin(mailbox)
      if (claimed.length > 0)
        log.info({ mailboxes: claimed.length, held: held.size() }, 'listener: claimed mailboxes')
      more = claimed.length === limit
    }
  }

  function begin({ id, settingsVersion }: ClaimedMailbox): void {
    if (!stopped.signal.aborted) held.begin(id, settingsVersion)
  }

  /** Needs no database: a process cut off from it must fall silent before others take its mailboxes. */
  function endOverdue(): void {
    if (leasedUntil > clock.now() + timing.leaseMarginMs || held.size() === 0) return
    log.warn({ mailboxes: held.size() }, 'listener: leases could not be renewed; releasing all mailboxes')
    for (const [id, mailbox] of held.all()) void held.end(id, mailbox)
  }

  /** Releases leases only once none of our sessions runs; otherwise they expire. */
  async function giveBack(): Promise<void> {
    await held.endAll()
    await loops
    await held.endAll()
    await leases.releaseAll(new Date(clock.now())).catch((error: unknown) => {
      log.warn({ err: error }, 'listener: leases could not be released; they will expire')
    })
  }

  async function every(ms: number, work: () => Promise<void> | void): Promise<void> {
    while (!stopped.signal.aborted) {
      await work()
      await clock.sleep(ms, stopped.signal).catch(() => {})
    }
  }

  return {
    start() {
      loops = Promise.all([every(timing.tickMs, lookNow), every(OVERDUE_CHECK_MS, endOverdue)])
    },
    refresh: lookNow,
    async stop(timeoutMs) {
      stopped.abort(new Error('listener stopping'))
      const limit = new AbortController()
      await Promise.race([giveBack(), clock.sleep(timeoutMs, limit.signal).catch(() => {})])
      limit.abort()
    },
    held: () => held.all().map(([id]) => id),
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
