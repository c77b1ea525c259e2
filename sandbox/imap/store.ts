/** What the sandbox's mailboxes hold. One folder per user: INBOX. */

export interface StoredMail {
  uid: number
  source: Buffer
  flags: Set<string>
  internalDate: Date
  /** ENVELOPE as it goes over the wire, made when it is first asked for. */
  envelope?: Buffer
}

export interface SandboxFolder {
  user: string
  password: string
  uidValidity: number
  uidNext: number
  mails: StoredMail[]
}

/** Called after every new mail: connections that idle tell their client. */
const watchers = new WeakMap<SandboxFolder, Set<() => void>>()

export function watchersOf(folder: SandboxFolder): Set<() => void> {
  const own = watchers.get(folder) ?? new Set()
  watchers.set(folder, own)
  return own
}

export function createFolder(user: string, password: string, uidValidity: number): SandboxFolder {
  return { user, password, uidValidity, uidNext: 1, mails: [] }
}

/** @returns the new mail's UID */
export function addMail(
  folder: SandboxFolder,
  source: Buffer,
  internalDate: Date,
  flags: Iterable<string> = [],
): number {
  const uid = folder.uidNext
  folder.uidNext += 1
  folder.mails.push({ uid, source, flags: new Set(flags), internalDate })
  for (const tell of watchersOf(folder)) tell()
  return uid
}

/** What a restored server does: the same mails under new UIDs. */
export function renumber(folder: SandboxFolder): void {
  folder.uidValidity += 1
  folder.uidNext = 1
  for (const mail of folder.mails) {
    mail.uid = folder.uidNext
    folder.uidNext += 1
  }
}
