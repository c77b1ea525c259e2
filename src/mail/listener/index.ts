import type pg from 'pg'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import type { Random } from '../../platform/random.ts'
import { createThrottle } from '../../platform/throttle.ts'
import type { MailboxAccess } from '../../shops/mailboxes/oauth/access.ts'
import { createIntake } from '../intake/intake.ts'
import { loadMailboxShops } from '../intake/shops.ts'
import { createQuietMailboxStore } from '../quiet-mailbox/store.ts'
import { createQuietMailboxWatch } from '../quiet-mailbox/watch.ts'
import type { MailJudge } from '../recognition/judge.ts'
import type { HostGuard } from './connection.ts'
import { createLeaseStore } from './lease-store.ts'
import { createMailboxStore, type MailboxState } from './mailbox-store.ts'
import { keepMailbox } from './runner.ts'
import { createSession } from './session.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { CONNECT_LIMITS, DEFAULT_TIMING, DOWNLOAD_LIMITS, type ListenerTiming } from './timing.ts'

export interface ListenerDeps {
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
  wakeQueue: Pick<WakeQueue, 'wake'>
  judge: MailJudge
  /** Resolves a mailbox's host to the address to connect to; refuses private ones unless the operator allows them. */
  hostGuard: HostGuard
  /** Tokens of the mailboxes that sign in by OAuth. */
  access: MailboxAccess
  /** Unique to this start of this process: two with one name would listen to the same mailboxes. */
  owner: string
  timing?: Partial<ListenerTiming>
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string
}

export interface Listener extends Supervisor {
  /** Compares the mailboxes that are listened to with their quietMailboxes now instead of at the next time. */
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
    loadShops: (mailboxId) => loadMailboxShops(deps.pool, mailboxId),
    intake: createIntake(deps),
    ...(deps.ca === undefined ? {} : { ca: deps.ca }),
  })
  const runner = {
    clock,
    random,
    log,
    timing,
    session,
    mailboxes: createMailboxStore(deps.pool, owner),
    onState: states.set,
    onAttempt: (result: string) => deps.metrics.mailboxConnects.inc({ result }),
  }
  const supervisor = createSupervisor({
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
    ...supervisor,
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
