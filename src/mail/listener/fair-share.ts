/** Divides mailboxes among listeners. Pure: counts in, decisions out. */
export interface Fleet {
  /** Mailboxes that need a listener. */
  mailboxes: number
  /** Live listeners, including this one. */
  listeners: number
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
