import type { ThrottleLimits } from '../../platform/throttle.ts'

/** How the listener spends time. Milliseconds unless the name says otherwise. */
export interface ListenerTiming {
  /** How often settings and free mailboxes are looked at. */
  tickMs: number
  /** How long a mailbox stays ours without a renewal; with `tickMs` this bounds how late a dead holder's is taken over. */
  leaseMs: number
  renewEveryMs: number
  /** A session ends this long before a lease that was not renewed, so that two never overlap. */
  leaseMarginMs: number
  /** A link that is silent this long is asked (NOOP); silent as long again, it is dead. Longer where there are many, see `quietMsOf`. */
  quietMs: number
  /** IDLE is begun anew at the latest after this; servers drop it after 29 min (RFC 2177 §3). */
  idleMs: number
  /** Servers without IDLE are asked this often. */
  pollMs: number
  /** The server is asked this often, give or take a quarter, how far its mails go, whatever IDLE told. */
  probeMs: number
  connectMs: number
  /** Longest time for one read from the server, however steadily it trickles. */
  commandMs: number
  /** A link that lived this long was a good one: the back-off starts again from the beginning. */
  stableMs: number
  /** Days that are read of a mailbox that is new, or whose UIDVALIDITY changed. */
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

/** As many cost next to nothing; of more, some three a second are asked whether they still live, and none less often than it is probed. */
const FEW_MAILBOXES = 100
const MS_A_MAILBOX = 333
const MOST_QUIET_MS = 5 * 60_000

/**
 * How long a link may be silent before it is asked. Asking takes a millisecond: each 40 s it was most of what thousands of idle mailboxes cost. A network
 * that is gone the kernel finds within 15 s whatever their number; this is for a server that takes what is sent and does not answer.
 */
export const quietMsOf = (quietMs: number, mailboxes: number): number =>
  Math.max(quietMs, Math.min((mailboxes - FEW_MAILBOXES) * MS_A_MAILBOX, MOST_QUIET_MS))

/**
 * Connection starts, by host; what is connected does not count any more. A TLS handshake costs each side milliseconds of
 * CPU, and providers take many at once from one address for an attack. So many a second let a listener take over some 300
 * mailboxes of one host within the 60 s in which a dead one's are to be listened to again; a host that answers all of them gets faster ones.
 */
export const CONNECT_LIMITS: ThrottleLimits = { perKey: 8, total: 40, perSecond: 30, upTo: 200 }
/** Big downloads at a time: after an outage every mailbox may have one, and each is held in memory. */
export const DOWNLOAD_LIMITS: ThrottleLimits = { perKey: 6, total: 6, perSecond: Number.POSITIVE_INFINITY }
