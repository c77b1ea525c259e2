import type pg from 'pg'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import { jitteredMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { createThrottle } from '../../platform/fair-gate.ts'
import type { NewId } from '../../platform/ids.ts'
import { createRepeatLog } from '../../platform/log-once.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import type { Random } from '../../platform/random.ts'
import type { MailboxAccess } from '../../shops/mailboxes/sign-in.ts'

import { createIntake, type IntakeDeps } from '../intake/intake.ts'
import type { MailJudge } from '../recognition/judge.ts'
import {
  createLeaseStore,
  createMailboxStore,
  createQuietMailboxStore,
  listMailboxShops,
  type MailboxRow,
  type MailboxState,
  type MailboxStore,
} from '../statements.ts'
import type { HostGuard, SignedIn } from './connection.ts'
import {
  LIMIT_BACKOFF,
  LINK_BACKOFF,
  MAILS_UNREAD,
  type MailboxFailure,
  needsAttention,
  REFUSED_BACKOFF,
  wasRefused,
} from './failures.ts'
import { type Following, IdleDeaf } from './mailbox-reader.ts'
import { createQuietMailboxWatch } from './quiet-mailbox.ts'
import { createSession, type RunSession, SessionFailed, SessionRenewed } from './session.ts'
import { Supervisor } from './supervisor.ts'
import { CONNECT_LIMITS, DEFAULT_TIMING, DOWNLOAD_LIMITS, type ListenerTiming } from './timing.ts'

export interface ListenerDeps extends Pick<IntakeDeps, 'storeFiles'> {
  db: Db
  /** The same connections as `db`. */
  pool: pg.Pool
  sealer: Sealer
  clock: Clock
  random: Random
  newId: NewId
  log: Logger
  metrics: Pick<Metrics, 'mails' | 'mailsByTrust' | 'mailboxes' | 'mailboxConnects' | 'mailboxProbes'>
  marketplaces: ListenedMalls
  wakeQueue: Pick<WakeQueue, 'wake'> & Partial<Pick<WakeQueue, 'wakeEarly'>>
  judge: MailJudge
  /** Resolves a mailbox's host to an address; refuses private ones unless the operator allows them. */
  hostGuard: HostGuard
  /** Tokens of the mailboxes that sign in by OAuth. */
  access: MailboxAccess
  /** Unique to this start of this process: two with one name would listen to the same mailboxes. */
  owner: string
  timing?: Partial<ListenerTiming>
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string | undefined
}

export interface Listener extends Pick<Supervisor, keyof Supervisor> {
  /** Compares the mailboxes in use with their quietMailboxes now instead of at the next time. */
  lookForQuiet(): Promise<void>
}

/**
 * Listens to its share of the enabled mailboxes. Only reads them; results go to `intake`. Unreachable
 * mailboxes are retried forever, and their row shows it.
 */
export function createListener(deps: ListenerDeps): Listener {
  const { clock, log, owner, random, sealer } = deps
  const timing = { ...DEFAULT_TIMING, ...deps.timing }
  const states = countStates(deps.metrics)
  const session = createSession({
    clock,
    random,
    sealer,
    owner,
    timing,
    onProbe: (result) => deps.metrics.mailboxProbes.inc({ result }),
    malls: deps.marketplaces,
    judge: deps.judge,
    hostGuard: deps.hostGuard,
    access: deps.access,
    mailboxes: () => supervisor.held().length,
    connects: createThrottle(clock, random, CONNECT_LIMITS),
    downloads: createThrottle(clock, random, DOWNLOAD_LIMITS),
    loadShops: (mailboxId) => listMailboxShops(deps.pool, mailboxId),
    intake: createIntake(deps),
    ...(deps.ca === undefined ? {} : { ca: deps.ca }),
  })
  const runner = {
    clock,
    random,
    log,
    logRepeat: createRepeatLog(log),
    timing,
    session,
    mailboxes: createMailboxStore(deps.pool, owner),
    onState: states.set,
    onAttempt: (result: string) => deps.metrics.mailboxConnects.inc({ result }),
  }
  const supervisor = new Supervisor({
    clock,
    log,
    timing,
    leases: createLeaseStore(deps.pool, owner),
    keep: (id, signal) => keepMailbox(id, runner, signal),
    onGone: (id) => states.set(id, null),
  })
  const quietMailboxes = createQuietMailboxWatch({
    clock,
    log,
    quietMailboxes: createQuietMailboxStore(deps.pool, owner),
  })
  return {
    refresh: () => supervisor.refresh(),
    held: () => supervisor.held(),
    start() {
      supervisor.start()
      quietMailboxes.start()
    },
    async stop(timeoutMs) {
      const looked = quietMailboxes.stop()
      await supervisor.stop(timeoutMs)
      await looked
    },
    lookForQuiet: quietMailboxes.look,
  }
}

function countStates(metrics: ListenerDeps['metrics']) {
  const states = new Map<string, MailboxState>()
  return {
    set(id: string, state: MailboxState | null) {
      const before = states.get(id)
      if (before !== undefined) metrics.mailboxes.dec({ state: before })
      if (state === null) states.delete(id)
      else {
        states.set(id, state)
        metrics.mailboxes.inc({ state })
      }
    },
  }
}

/** Least part of the usual silence that a server can ask for: of 40 s it is five. */
const LEAST_QUIET = 1 / 8

/** Deaf connections in a row before it is asked every half minute. */
const MOST_DEAF = 2

interface RunnerTools {
  clock: Clock
  random: Random
  log: Logger
  /** Shared by all mailboxes: their database is one. */
  logRepeat: ReturnType<typeof createRepeatLog>
  mailboxes: MailboxStore
  timing: Pick<ListenerTiming, 'stableMs' | 'quietMs'>
  session: RunSession
  onState(id: string, state: MailboxState): void
  /** `connected`, or the code of what went wrong. */
  onAttempt(result: string): void
}

const wasSilent = (error: unknown): boolean =>
  error instanceof SessionFailed && error.failure.wasSilent === true

/** Keeps one mailbox connected until the signal aborts or another listener holds it. Never rejects. */
export async function keepMailbox(id: string, tools: RunnerTools, signal: AbortSignal): Promise<void> {
  const log = tools.log.child({ mailboxId: id })
  let failures: number | null = null
  let refusals: number | null = null
  /** Connections in a row whose IDLE was deaf. */
  let deaf = 0
  let mostQuietMs: number | null = null
  /** Logged in before the last connection was closed for it. */
  let next: SignedIn | undefined
  while (!signal.aborted) {
    try {
      const mailbox = await tools.mailboxes.load(id)
      if (mailbox === null) return next?.link.close()
      failures ??= mailbox.failures
      refusals ??= wasRefused(mailbox.attentionCode) ? mailbox.failures : 0
      const signed = next
      next = undefined
      const { error, livedMs } = await attempt(mailbox, signed)
      if (signal.aborted) return
      if (error instanceof SessionRenewed) {
        next = error.next
        continue
      }
      deaf = error instanceof IdleDeaf ? deaf + 1 : 0
      if (error instanceof IdleDeaf) continue
      if (livedMs !== null && wasSilent(error)) {
        const quietMs: number = (mostQuietMs ?? tools.timing.quietMs) / 2
        if (quietMs >= tools.timing.quietMs * LEAST_QUIET) {
          mostQuietMs = quietMs
          log.info({ quietMs }, 'mailbox: the server ends silent connections; it is asked more often')
          continue
        }
      }
      const isStable = livedMs !== null && livedMs >= tools.timing.stableMs
      failures = isStable ? 1 : failures + 1
      if (isStable) refusals = 0
      if (error instanceof SessionFailed) {
        if (error.failure.refused) refusals += 1
        await rest(error.failure, failures, refusals)
      } else {
        // Another process has the lease, or moved the cursor; the next look at the row shows which.
        await sleep(jitteredMs(1, tools.random.float(), LINK_BACKOFF))
      }
    } catch (error) {
      // Only the service's own database is left to fail here.
      failures = (failures ?? 0) + 1
      tools.logRepeat({ err: error }, 'mailbox: row could not be read or written')
      await sleep(jitteredMs(failures, tools.random.float(), LINK_BACKOFF))
    }
  }

  async function attempt(
    mailbox: MailboxRow,
    signed: SignedIn | undefined,
  ): Promise<{ error: unknown; livedMs: number | null }> {
    let followedAt: number | null = null
    try {
      if (signed === undefined) {
        tools.onState(id, 'connecting')
        await tools.mailboxes.connecting(id)
      }
      const following = async ({ state, unread, unnumbered }: Following) => {
        followedAt ??= tools.clock.now()
        tools.onState(id, state)
        tools.onAttempt('connected')
        log.info({ state }, 'mailbox: listening')
        if (unread) log.warn({ code: MAILS_UNREAD.code }, 'mailbox: the server keeps mails back')
        if (unnumbered) log.info('mailbox: UIDs are not stable; mails are told apart by their headers')
        const attention = unread ? MAILS_UNREAD : null
        await tools.mailboxes.following(id, { state, attention, unnumbered }, new Date(tools.clock.now()))
      }
      const habits = { mayIdle: deaf < MOST_DEAF, mostQuietMs }
      return await tools.session(mailbox, signal, following, habits, signed)
    } catch (error) {
      return { error, livedMs: followedAt === null ? null : tools.clock.now() - followedAt }
    }
  }

  async function rest(failure: MailboxFailure, failures: number, refusals: number): Promise<void> {
    const jitter = tools.random.float()
    // Counts refused logins apart: a link lost six times is no reason to wait an hour after the first one,
    // since servers refuse some at start.
    const waitMs = failure.refused
      ? jitteredMs(refusals, jitter, REFUSED_BACKOFF)
      : Math.max(
          jitteredMs(failures, jitter, failure.limit ? LIMIT_BACKOFF : LINK_BACKOFF),
          failure.limit?.waitMs ?? 0,
        )
    const now = tools.clock.now()
    const attention = needsAttention(failure, failures)
      ? { code: failure.code, message: failure.message }
      : null
    tools.onState(id, attention === null ? 'waiting' : 'attention')
    tools.onAttempt(failure.code)
    log.warn({ code: failure.code, failures, waitMs }, 'mailbox: not listening; retrying')
    await tools.mailboxes.failed(
      id,
      { failures, nextAttemptAt: new Date(now + waitMs), attention },
      new Date(now),
    )
    await sleep(waitMs)
  }

  /** Cut short by an abort, which the loop then sees. */
  async function sleep(ms: number): Promise<void> {
    await tools.clock.sleep(ms, signal).catch(() => {})
  }
}
