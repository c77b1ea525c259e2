/** What the sandbox's mailboxes hold: an INBOX for each user, and folders that were created. */

export interface StoredMail {
  uid: number
  source: Buffer
  flags: Set<string>
  internalDate: Date
  /** ENVELOPE as it goes over the wire, made when it is first asked for. */
  envelope?: Buffer
}

export interface SandboxBox {
  uidValidity: number
  uidNext: number
  mails: StoredMail[]
}

/** An account with its INBOX. */
export interface SandboxFolder extends SandboxBox {
  user: string
  password: string
  /** Folders beside INBOX, by their names in modified UTF-7; absent in what earlier versions kept. */
  others?: Map<string, SandboxBox>
  /** UIDVALIDITY of the folder that was created last. */
  lastValidity?: number
}

/** Called after every new mail: connections that idle tell their client. */
const watchers = new WeakMap<SandboxBox, Set<() => void>>()

export function watchersOf(folder: SandboxBox): Set<() => void> {
  const own = watchers.get(folder) ?? new Set()
  watchers.set(folder, own)
  return own
}

export function createFolder(user: string, password: string, uidValidity: number): SandboxFolder {
  return { user, password, uidValidity, uidNext: 1, mails: [] }
}

/** INBOX in any case, or a folder that was created. */
export const boxOf = (account: SandboxFolder, name: string): SandboxBox | undefined =>
  name.toUpperCase() === 'INBOX' ? account : account.others?.get(name)

/** A name that was used before gets a UIDVALIDITY that it never had. */
export function createBox(account: SandboxFolder, name: string): void {
  const uidValidity = (account.lastValidity ?? account.uidValidity) + 1
  account.lastValidity = uidValidity
  account.others ??= new Map()
  account.others.set(name, { uidValidity, uidNext: 1, mails: [] })
}

/** @returns the new mail's UID */
export function addMail(
  folder: SandboxBox,
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
