import type { ThrottleLimits } from '../../platform/fair-gate.ts'

/** Intervals of the listener, in milliseconds unless the name says otherwise. */
export interface ListenerTiming {
  /** Interval of checking settings and free mailboxes. */
  tickMs: number
  /**
   * Lifetime of an unrenewed lease. With `tickMs` it bounds how late a dead listener's mailbox is taken over.
   */
  leaseMs: number
  renewEveryMs: number
  /** A session ends this long before an unrenewed lease does, so that two never overlap. */
  leaseMarginMs: number
  /**
   * Silence before a link is probed with NOOP; after as long again it is dead. Longer where there are many,
   * see `quietMsOf`.
   */
  quietMs: number
  /** Longest IDLE before it is renewed; servers drop it after 29 min (RFC 2177 §3). */
  idleMs: number
  /** Poll interval of servers without IDLE. */
  pollMs: number
  /** Interval, give or take a quarter, of asking the server for its newest UID, whatever IDLE announced. */
  probeMs: number
  connectMs: number
  /** Longest time of one command, even when the data trickles steadily. */
  commandMs: number
  /** Lifetime of a link that counts as good and resets the back-off. */
  stableMs: number
  /** Days read of a mailbox that is new or whose UIDVALIDITY changed. */
  firstDays: number
}

export const DEFAULT_TIMING: ListenerTiming = {
  tickMs: 3_000,
  leaseMs: 45_000,
  renewEveryMs: 15_000,
  leaseMarginMs: 8_000,
  quietMs: 40_000,
  idleMs: 20 * 60_000,
  pollMs: 30_000,
  probeMs: 5 * 60_000,
  connectMs: 20_000,
  commandMs: 120_000,
  stableMs: 60_000,
  firstDays: 3,
}

/**
 * Mailboxes that cost next to nothing. Beyond them, about three links a second get a NOOP, each at least once
 * per MOST_QUIET_MS.
 */
const FEW_MAILBOXES = 100
const MS_A_MAILBOX = 333
const MOST_QUIET_MS = 5 * 60_000

/**
 * Idle time before a NOOP. One takes a millisecond; every 40 s, they were most of the cost of thousands of
 * idle mailboxes. The kernel finds a dead network within 15 s for any number; NOOP finds a server that
 * accepts data and does not answer.
 */
export const quietMsOf = (quietMs: number, mailboxes: number): number =>
  Math.max(quietMs, Math.min((mailboxes - FEW_MAILBOXES) * MS_A_MAILBOX, MOST_QUIET_MS))

/**
 * Limits on starting connections, by host; established ones do not count. A TLS handshake costs each side
 * milliseconds of CPU, and providers take many at once from one address for an attack. With these limits a
 * listener takes over some 300 mailboxes of one host within the 60 s allowed after a listener dies. A host
 * that answers every start gets faster ones: `upTo` holds back those alone that answer within 20 ms, as no
 * more than eight are under way.
 */
export const CONNECT_LIMITS: ThrottleLimits = { perKey: 8, total: 40, perSecond: 30, upTo: 400 }
/**
 * Limits on concurrent large downloads: after an outage every mailbox may have one, and each is held in
 * memory.
 */
export const DOWNLOAD_LIMITS: ThrottleLimits = { perKey: 6, total: 6, perSecond: Number.POSITIVE_INFINITY }
