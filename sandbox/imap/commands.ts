import type { Token } from './command-reader.ts'
import { nstring } from './envelope.ts'
import { fetchItems, fetchResponse } from './fetch.ts'
import { search } from './search.ts'
import { parseSequenceSet } from './sequence-set.ts'
import { addMail, type SandboxFolder, type StoredMail } from './store.ts'

/** Commands on one folder. Each writes its untagged lines and returns the text of its tagged OK. */

/** Writes as it is; lines come with their CRLF. */
export type Write = (data: string | Buffer) => void

/** An answer NO instead of OK. */
export class Refused extends Error {}

export interface Opened {
  inbox: SandboxFolder
  readOnly: boolean
  /** UIDs that FETCH leaves out. */
  withheld: ReadonlySet<number>
  broken: ReadonlyMap<number, 'all' | 'text' | 'gone'>
}

export function fetch(
  { inbox, readOnly, withheld, broken }: Opened,
  [set = '', wanted]: Token[],
  byUid: boolean,
  write: Write,
): string {
  const items = fetchItems(wanted, byUid)
  const last = byUid ? (inbox.mails.at(-1)?.uid ?? 0) : inbox.mails.length
  const within = parseSequenceSet(String(set), last)
  const asksText = items.some((item) => item.startsWith('BODY') && !item.includes('[HEADER'))
  const isRefused = (uid: number) => broken.get(uid) === 'all' || (asksText && broken.get(uid) === 'text')
  if (inbox.mails.some((mail, index) => within(byUid ? mail.uid : index + 1) && isRefused(mail.uid)))
    throw new Refused('Some messages could not be FETCHed')
  inbox.mails.forEach((mail, index) => {
    if (
      within(byUid ? mail.uid : index + 1) &&
      !withheld.has(mail.uid) &&
      !(asksText && broken.get(mail.uid) === 'gone')
    )
      write(fetchResponse(mail, index + 1, items, readOnly))
  })
  return 'Fetch completed'
}

export function find({ inbox }: Opened, keys: Token[], byUid: boolean, write: Write): string {
  const number = (mail: StoredMail) => (byUid ? mail.uid : inbox.mails.indexOf(mail) + 1)
  write(`${['* SEARCH', ...search(inbox, keys).map(number)].join(' ')}\r\n`)
  return 'Search completed'
}

export function store(
  { inbox, readOnly }: Opened,
  [set = '', operation = '', flags = []]: Token[],
  byUid: boolean,
): string {
  if (readOnly) throw new Refused('[READ-ONLY] Mailbox was opened with EXAMINE')
  const within = parseSequenceSet(String(set), inbox.uidNext - 1)
  const removes = String(operation).startsWith('-')
  inbox.mails.forEach((mail, index) => {
    if (!within(byUid ? mail.uid : index + 1)) return
    for (const flag of [flags].flat().map(String)) {
      if (removes) mail.flags.delete(flag)
      else mail.flags.add(flag)
    }
  })
  return 'Store completed'
}

export function list(command: string, [, pattern = '']: Token[], write: Write): string {
  if (pattern === '') write(`* ${command} (\\Noselect) "/" ""\r\n`)
  else if (/^(inbox|\*|%)$/i.test(String(pattern))) write(`* ${command} (\\HasNoChildren) "/" INBOX\r\n`)
  return `${command} completed`
}

export function status(inbox: SandboxFolder, [name = '']: Token[], write: Write): string {
  const unseen = inbox.mails.filter((mail) => !mail.flags.has('\\Seen')).length
  const { mails, uidNext, uidValidity } = inbox
  const counts = `MESSAGES ${mails.length} UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity} UNSEEN ${unseen}`
  write(`* STATUS ${nstring(String(name))} (${counts})\r\n`)
  return 'Status completed'
}

/** So that a test may deliver over IMAP. */
export function append(inbox: SandboxFolder, args: Token[]): string {
  const flags = args.find((token) => Array.isArray(token)) ?? []
  const source = Buffer.from(String(args.at(-1)), 'latin1')
  const uid = addMail(inbox, source, new Date(), flags.map(String))
  return `[APPENDUID ${inbox.uidValidity} ${uid}] Append completed`
}

export function describe({ inbox, readOnly }: Opened, write: Write): string {
  write(
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n' +
      `* ${inbox.mails.length} EXISTS\r\n* 0 RECENT\r\n` +
      `* OK [UIDVALIDITY ${inbox.uidValidity}] UIDs valid\r\n* OK [UIDNEXT ${inbox.uidNext}] Predicted next UID\r\n`,
  )
  return readOnly ? '[READ-ONLY] Examine completed' : '[READ-WRITE] Select completed'
}
