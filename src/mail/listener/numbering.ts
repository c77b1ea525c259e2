/**
 * Trust in a server's UIDs. Some number their mails anew at every look that changes nothing (Courier, until
 * somebody opens the mailbox for writing); a mail that came since may then get a UID below one that was read,
 * and a cursor would hide it for good. Their mails are told apart by what stands in them. Pure.
 */
export interface Numbering {
  /** False: mails are told apart by their headers. Never becomes true again in a session. */
  isStable(): boolean
  /** Takes what the server answered to another EXAMINE. */
  looked(opened: OpenedFolder): void
  /** Takes which mail stands behind the UID that was read last; undefined: none any more. */
  seenAgain(identity: string | undefined): void
  /** Notes the last mail that was read. */
  read(last: ReadMail): void
  /** The mail that was read last, until it was seen again. */
  unproven(uidValidity: bigint): ReadMail | null
}

interface OpenedFolder {
  uidValidity: bigint
  uidNext: number | undefined
}

interface ReadMail {
  uid: number
  uidValidity: bigint
  identity: string
}

/** A server that renumbered its mails is not believed for so long. */
const DISTRUST_MS = 7 * 86_400_000

export function createNumbering(opened: OpenedFolder, unstableSince: Date | null, now: number): Numbering {
  const distrusted = unstableSince !== null && now - unstableSince.getTime() < DISTRUST_MS
  let stable = !distrusted && opened.uidNext !== undefined
  let { uidValidity } = opened
  let changedBefore = false
  let lastRead: ReadMail | null = null
  return {
    isStable: () => stable,
    looked(next) {
      const changed = next.uidValidity !== uidValidity
      // A restored mailbox changes it once.
      if (next.uidNext === undefined || (changed && changedBefore)) stable = false
      changedBefore = changed
      uidValidity = next.uidValidity
    },
    seenAgain(identity) {
      if (identity !== undefined && lastRead !== null && identity !== lastRead.identity) stable = false
      lastRead = null
    },
    read(last) {
      lastRead = last
    },
    unproven: (validity) => (lastRead?.uidValidity === validity ? lastRead : null),
  }
}

/** Mails that were read in this session, by what stands in their headers. */
export interface KnownMails {
  /**
   * UIDs of those that were not read, in their order. Of mails that look alike all, when more of them are
   * listed than were read: their content decides.
   */
  unread(listed: ReadonlyMap<number, string>): number[]
  add(identities: Iterable<string>): void
  /** Forgets what is not listed any more. */
  keepOnly(listed: ReadonlyMap<number, string>): void
}

export function createKnownMails(): KnownMails {
  let known = new Map<string, number>()
  return {
    unread(listed) {
      const alike = Map.groupBy(listed, ([, identity]) => identity)
      return [...alike.entries()]
        .filter(([identity, mails]) => mails.length > (known.get(identity) ?? 0))
        .flatMap(([, mails]) => mails.map(([uid]) => uid))
        .sort((a, b) => a - b)
    },
    add(identities) {
      for (const [identity, { length }] of Map.groupBy(identities, (identity) => identity))
        known.set(identity, length)
    },
    keepOnly(listed) {
      const left = new Set(listed.values())
      known = new Map([...known].filter(([identity]) => left.has(identity)))
    },
  }
}
