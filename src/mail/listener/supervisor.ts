import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import type { ClaimedMailbox, LeaseStore, WatchedMailbox } from './lease-store.ts'
import type { ListenerTiming } from './timing.ts'

export interface SupervisorTools {
  clock: Clock
  log: Logger
  leases: LeaseStore
  timing: Pick<ListenerTiming, 'tickMs' | 'leaseMs' | 'renewEveryMs' | 'leaseMarginMs'>
  /** Keeps one mailbox connected until aborted. Never rejects; ends early when the mailbox is not ours any more. */
  keep(id: string, signal: AbortSignal): Promise<void>
  /** Called after a mailbox is let go of. */
  onGone(id: string): void
}

export interface Supervisor {
  start(): void
  /** Looks at settings and free mailboxes now instead of at the next tick. */
  refresh(): Promise<void>
  /** Ends all sessions, waits for what they are storing, at most `timeoutMs`, and gives the leases back. */
  stop(timeoutMs: number): Promise<void>
  held(): string[]
}

interface Held {
  /** The session read its settings at least as late as this version was seen. */
  settingsVersion: number
  leaseUntil: number
  stopping: AbortController
  done: Promise<void>
}

/** How many mailboxes are taken at a time: processes that start together take turns. */
const CLAIM_BATCH = 200

/** Holds leases and keeps one session for each. All decisions are taken from rows, so a second process changes nothing. */
export function createSupervisor(tools: SupervisorTools): Supervisor {
  const { clock, timing, leases, log } = tools
  const held = new Map<string, Held>()
  /** Sessions that were told to end and may still be storing something. */
  const ending = new Set<Promise<void>>()
  const stopped = new AbortController()
  let renewedAt = clock.now()
  let looking: Promise<void> = Promise.resolve()
  let loops: Promise<unknown> = Promise.resolve()

  async function look(): Promise<void> {
    if (stopped.signal.aborted) return
    try {
      await renew()
      await followSettings()
      await claim()
    } catch (error) {
      log.warn({ err: error }, 'listener: leases could not be looked after, will try again')
    }
  }

  /** One look at a time. */
  function lookNow(): Promise<void> {
    looking = looking.then(look)
    return looking
  }

  async function renew(): Promise<void> {
    const now = clock.now()
    if (now - renewedAt < timing.renewEveryMs) return
    const until = now + timing.leaseMs
    const asked = [...held]
    const ours = new Set(
      await leases.renew(
        asked.map(([id]) => id),
        new Date(until),
      ),
    )
    renewedAt = now
    for (const [id, mailbox] of asked) {
      if (ours.has(id)) mailbox.leaseUntil = until
      else void end(id, mailbox)
    }
  }

  async function followSettings(): Promise<void> {
    const asked = [...held]
    const rows = new Map((await leases.watch(asked.map(([id]) => id))).map((row) => [row.id, row]))
    const changed = asked.filter(([id, mailbox]) => !isUnchanged(mailbox, rows.get(id)))
    const applied = Promise.all(changed.map(([id, mailbox]) => applySettings(id, mailbox, rows.get(id))))
    // A session that is slow to end holds up its own mailbox, not the renewal of the others.
    await Promise.race([applied, clock.sleep(timing.tickMs, stopped.signal).catch(() => {})])
  }

  async function applySettings(id: string, mailbox: Held, row: WatchedMailbox | undefined): Promise<void> {
    await end(id, mailbox)
    if (row?.wanted) begin(row, mailbox.leaseUntil)
    else await leases.release([id], new Date(clock.now()))
  }

  async function claim(): Promise<void> {
    for (let more = true; more && !stopped.signal.aborted; ) {
      const now = clock.now()
      const until = now + timing.leaseMs
      const claimed = await leases.claim(new Date(now), new Date(until), CLAIM_BATCH)
      for (const mailbox of claimed) begin(mailbox, until)
      if (claimed.length > 0)
        log.info({ mailboxes: claimed.length, held: held.size }, 'listener: took over mailboxes')
      more = claimed.length === CLAIM_BATCH
    }
  }

  function begin({ id, settingsVersion }: ClaimedMailbox, leaseUntil: number): void {
    if (stopped.signal.aborted) return
    const stopping = new AbortController()
    const done = tools.keep(id, stopping.signal)
    held.set(id, { settingsVersion, leaseUntil, stopping, done })
  }

  async function end(id: string, mailbox: Held): Promise<void> {
    held.delete(id)
    mailbox.stopping.abort(new Error('the mailbox is let go of'))
    ending.add(mailbox.done)
    await mailbox.done
    ending.delete(mailbox.done)
    tools.onGone(id)
  }

  /** Needs no database: a process that cannot reach it must still be silent before others may take its mailboxes. */
  function endOverdue(): void {
    const limit = clock.now() + timing.leaseMarginMs
    for (const [id, mailbox] of held) {
      if (mailbox.leaseUntil > limit) continue
      log.warn({ mailboxId: id }, 'listener: lease could not be renewed, letting go of the mailbox')
      void end(id, mailbox)
    }
  }

  /** Leases are given back only once nothing of ours runs any more; otherwise they run out. */
  async function giveBack(): Promise<void> {
    await Promise.all([...held].map(([id, mailbox]) => end(id, mailbox)))
    await loops
    await Promise.all(ending)
    await leases.releaseAll(new Date(clock.now())).catch((error: unknown) => {
      log.warn({ err: error }, 'listener: leases could not be given back, they run out by themselves')
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
      stopped.abort(new Error('the listener stops'))
      const limit = new AbortController()
      await Promise.race([giveBack(), clock.sleep(timeoutMs, limit.signal).catch(() => {})])
      limit.abort()
    },
    held: () => [...held.keys()],
  }
}

const OVERDUE_CHECK_MS = 1_000

function isUnchanged(mailbox: Held, row: WatchedMailbox | undefined): boolean {
  return row?.wanted === true && !row.reset && mailbox.settingsVersion === row.settingsVersion
}
