/** Reading position in a mailbox. UIDs are valid only with the UIDVALIDITY under which they were read. */
export interface Cursor {
  uidValidity: bigint
  lastUid: number
}

export type ReadingStart =
  /** Everything above `lastUid` is new. */
  | { kind: 'continue'; cursor: Cursor }
  /** Never read, or the server renumbered its mails (RFC 3501 §2.3.1.1): the last days are read, by date. */
  | { kind: 'recent' }

/**
 * Decides where reading begins in a newly opened mailbox. A UIDNEXT at or below the last UID read, under the
 * same UIDVALIDITY, breaks the protocol's promise. Such a mailbox was replaced (restored, or another
 * account); its cursor is void and would hide every new mail.
 */
export function decideStart(
  stored: Cursor | null,
  opened: { uidValidity: bigint; uidNext: number | undefined },
): ReadingStart {
  if (stored === null) return { kind: 'recent' }
  const sameNumbers = stored.uidValidity === opened.uidValidity
  const goesOn = opened.uidNext === undefined || opened.uidNext > stored.lastUid
  return sameNumbers && goesOn ? { kind: 'continue', cursor: stored } : { kind: 'recent' }
}

/** The UID range after the cursor. Its answer may hold one mail from before: see `onlyAfter`. */
export const rangeAfter = (lastUid: number): string => `${lastUid + 1}:*`

/**
 * Drops mails that were read before, and sorts. `n:*` means `*:n` when n is above the highest UID, and then
 * names the last mail (RFC 3501 §6.4.8), so a server returns an old mail when there is no new one.
 */
export function onlyAfter<T extends { uid: number }>(lastUid: number, mails: readonly T[]): T[] {
  return mails.filter((mail) => mail.uid > lastUid).sort((a, b) => a.uid - b.uid)
}
