/** How many mailboxes a listener should hold. Pure: counts in, decisions out. */
export interface Fleet {
  /** Mailboxes that are to be listened to. */
  mailboxes: number
  /** Listeners that are alive, this one among them. */
  listeners: number
}

/** Let go of in one look: each is a login more at its mail host, and nobody listens to it for some seconds. */
export const MOST_GIVEN_UP = 10

/** All shares together hold every mailbox, also while the listeners do not see the same numbers for a moment. */
export const fairShare = ({ mailboxes, listeners }: Fleet): number =>
  Math.ceil(mailboxes / Math.max(1, listeners))

/** Held above the share without giving up: a mailbox that comes or goes must not move others about. */
const slack = (share: number): number => 1 + Math.floor(share / 50)

/** How many more to take now. */
export const toClaim = (held: number, fleet: Fleet): number => Math.max(0, fairShare(fleet) - held)

/** How many to leave to others now. */
export function toGiveUp(held: number, fleet: Fleet): number {
  const share = fairShare(fleet)
  return held > share + slack(share) ? Math.min(held - share, MOST_GIVEN_UP) : 0
}
