import type { Token } from './command-reader.ts'
import {
  addMail,
  boxOf,
  createBox,
  type SandboxBox,
  type SandboxFolder,
  type StoredMail,
  watchersOf,
} from './store.ts'

/** Commands on one folder. Each writes its untagged lines and returns the text of its tagged OK. */

/** Writes as it is; lines come with their CRLF. */
export type Write = (data: string | Buffer) => void

/** An answer NO instead of OK. */
export class Refused extends Error {}

export interface Opened {
  inbox: SandboxBox
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

/** Sessions tell of it by themselves. @param set UIDs that are meant; absent: all */
export function expunge({ inbox, readOnly }: Opened, set?: Token): string {
  if (readOnly) throw new Refused('[READ-ONLY] Mailbox was opened with EXAMINE')
  const within = set === undefined ? () => true : parseSequenceSet(String(set), inbox.uidNext - 1)
  inbox.mails = inbox.mails.filter(({ uid, flags }) => !(flags.has('\\Deleted') && within(uid)))
  for (const tell of watchersOf(inbox)) tell()
  return 'Expunge completed'
}

export function list(
  account: SandboxFolder,
  command: string,
  [, pattern = '']: Token[],
  write: Write,
): string {
  const asked = String(pattern)
  const names = ['INBOX', ...(account.others?.keys() ?? [])]
  if (asked === '') write(`* ${command} (\\Noselect) "/" ""\r\n`)
  for (const name of names)
    if (/^[*%]$/.test(asked) || name === asked || (name === 'INBOX' && asked.toUpperCase() === name))
      write(`* ${command} (\\HasNoChildren) "/" ${nstring(name)}\r\n`)
  return `${command} completed`
}

export function create(account: SandboxFolder, [name = '']: Token[]): string {
  if (boxOf(account, String(name))) throw new Refused('[ALREADYEXISTS] Mailbox already exists')
  createBox(account, String(name))
  return 'Create completed'
}

export function remove(account: SandboxFolder, [name = '']: Token[]): string {
  if (!account.others?.delete(String(name))) throw new Refused("[NONEXISTENT] Mailbox doesn't exist")
  return 'Delete completed'
}

export function status(account: SandboxFolder, [name = '']: Token[], write: Write): string {
  const inbox = boxOf(account, String(name))
  if (inbox === undefined) throw new Refused("[NONEXISTENT] Mailbox doesn't exist")
  const unseen = inbox.mails.filter((mail) => !mail.flags.has('\\Seen')).length
  const { mails, uidNext, uidValidity } = inbox
  const counts = `MESSAGES ${mails.length} UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity} UNSEEN ${unseen}`
  write(`* STATUS ${nstring(String(name))} (${counts})\r\n`)
  return 'Status completed'
}

/** So that a test may deliver over IMAP. */
export function append(account: SandboxFolder, args: Token[]): string {
  const inbox = boxOf(account, String(args[0]))
  if (inbox === undefined) throw new Refused("[TRYCREATE] Mailbox doesn't exist")
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

/**
 * The mails that match every key. Served: ALL, UID, SINCE, BEFORE, UNSEEN, SEEN. @throws Error on any other
 * key
 */
function search(folder: SandboxBox, keys: Token[]): StoredMail[] {
  const tests: ((mail: StoredMail) => boolean)[] = []
  const rest = [...keys]
  while (rest.length > 0) {
    const key = String(rest.shift()).toUpperCase()
    if (key === 'CHARSET') rest.shift()
    else if (key !== 'ALL') tests.push(testFor(key, rest, folder))
  }
  return folder.mails.filter((mail) => tests.every((test) => test(mail)))
}

function testFor(key: string, rest: Token[], folder: SandboxBox): (mail: StoredMail) => boolean {
  const argument = () => String(rest.shift() ?? '')
  switch (key) {
    case 'UID': {
      const within = parseSequenceSet(argument(), folder.mails.at(-1)?.uid ?? 0)
      return (mail) => within(mail.uid)
    }
    case 'SINCE': {
      const from = day(argument())
      return (mail) => mail.internalDate.getTime() >= from
    }
    case 'BEFORE': {
      const to = day(argument())
      return (mail) => mail.internalDate.getTime() < to
    }
    case 'UNSEEN':
      return (mail) => !mail.flags.has('\\Seen')
    case 'SEEN':
      return (mail) => mail.flags.has('\\Seen')
    default:
      throw new Error(`search key ${key} is not served`)
  }
}

/** `1-Feb-2026` → the start of that day, UTC. */
function day(text: string): number {
  const time = Date.parse(`${text.replaceAll('-', ' ')} UTC`)
  if (Number.isNaN(time)) throw new Error('bad date')
  return time
}

/** `1:3,7,9:*` as a test for numbers. `*` is `last`; a range may run backwards (RFC 3501 §9). */
export function parseSequenceSet(text: string, last: number): (value: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [a = '', b = a] = part.split(':')
    const ends = [a, b].map((end) => (end === '*' ? last : Number(end)))
    if (ends.some((end) => !Number.isSafeInteger(end))) throw new Error('bad sequence set')
    return { low: Math.min(...ends), high: Math.max(...ends) }
  })
  return (value) => ranges.some(({ low, high }) => value >= low && value <= high)
}

/** One FETCH response line. BODY[…] without PEEK sets \Seen, unless the folder was opened with EXAMINE. */
function fetchResponse(mail: StoredMail, sequence: number, items: string[], readOnly: boolean): Buffer {
  const parts: Buffer[] = []
  for (const item of items) {
    if (parts.length > 0) parts.push(Buffer.from(' '))
    parts.push(...fetchItem(mail, item, readOnly))
  }
  return Buffer.concat([Buffer.from(`* ${sequence} FETCH (`), ...parts, Buffer.from(')\r\n')])
}

/**
 * The items of a FETCH, in upper case, UID first for UID FETCH. @throws Error on an item that is not served
 */
function fetchItems(token: Token | undefined, withUid: boolean): string[] {
  const wanted = (Array.isArray(token) ? token : [token]).map((item) => {
    if (typeof item !== 'string' || !SERVED.test(item)) throw new Error('item not served')
    return item.toUpperCase()
  })
  return withUid ? ['UID', ...wanted.filter((item) => item !== 'UID')] : wanted
}

const BODY = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/i
const SERVED = new RegExp(`^(?:UID|FLAGS|INTERNALDATE|RFC822\\.SIZE|ENVELOPE)$|${BODY.source}`, 'i')

function fetchItem(mail: StoredMail, item: string, readOnly: boolean): Buffer[] {
  switch (item) {
    case 'UID':
      return [Buffer.from(`UID ${mail.uid}`)]
    case 'FLAGS':
      return [Buffer.from(`FLAGS (${[...mail.flags].join(' ')})`)]
    case 'INTERNALDATE':
      return [Buffer.from(`INTERNALDATE "${imapDate(mail.internalDate)}"`)]
    case 'RFC822.SIZE':
      return [Buffer.from(`RFC822.SIZE ${mail.source.length}`)]
    case 'ENVELOPE':
      mail.envelope ??= envelopeOf(mail.source)
      return [Buffer.from('ENVELOPE '), mail.envelope]
    default:
      return body(mail, item, readOnly)
  }
}

function body(mail: StoredMail, item: string, readOnly: boolean): Buffer[] {
  const [, section = '', start, length] = BODY.exec(item) ?? []
  if (!item.startsWith('BODY.PEEK') && !readOnly) mail.flags.add('\\Seen')
  const whole = sectionOf(mail.source, section)
  const from = Number(start ?? 0)
  const part = start === undefined ? whole : whole.subarray(from, from + Number(length))
  const origin = start === undefined ? '' : `<${from}>`
  return [Buffer.from(`BODY[${section}]${origin} {${part.length}}\r\n`), part]
}

function sectionOf(source: Buffer, section: string): Buffer {
  if (section === '') return source
  const header = headerOf(source)
  if (section === 'HEADER') return Buffer.from(header, 'latin1')
  if (section === 'TEXT') return source.subarray(header.length)
  const names = /^HEADER\.FIELDS \(([^)]*)\)$/.exec(section)?.[1]?.split(' ') ?? []
  const lines = header
    .split(/\r?\n(?![ \t])/)
    .filter((line) => names.includes(line.split(':', 1)[0]?.toUpperCase() ?? ''))
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function imapDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = date.toISOString().slice(11, 19)
  return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`
}

// ENVELOPE (RFC 3501 §7.4.2) from a mail's header, encoded words left as they are, as real servers do.

const HEADER_END = /\r?\n\r?\n/

/** The header with its closing empty line, as latin1 text (one character a byte). */
function headerOf(source: Buffer): string {
  const text = source.toString('latin1', 0, Math.min(source.length, 256 * 1024))
  const end = HEADER_END.exec(text)
  return end === null ? text : text.slice(0, end.index + end[0].length)
}

function envelopeOf(source: Buffer): Buffer {
  const fields = readFields(headerOf(source))
  const get = (name: string) => fields.get(name) ?? null
  const from = addresses(get('from'))
  const parts = [
    nstring(get('date')),
    nstring(get('subject')),
    from,
    get('sender') === null ? from : addresses(get('sender')),
    get('reply-to') === null ? from : addresses(get('reply-to')),
    addresses(get('to')),
    addresses(get('cc')),
    addresses(get('bcc')),
    nstring(get('in-reply-to')),
    nstring(get('message-id')),
  ]
  return Buffer.from(`(${parts.join(' ')})`, 'latin1')
}

function readFields(header: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of header.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

/** NIL, a quoted string, or a literal where a quoted string may not hold it. */
function nstring(value: string | null): string {
  if (value === null) return 'NIL'
  if (/^[\x20-\x7e]*$/.test(value)) return `"${value.replace(/[\\"]/g, '\\$&')}"`
  return `{${value.length}}\r\n${value}`
}

function addresses(value: string | null): string {
  if (value === null || value === '') return 'NIL'
  const listed = splitOutsideQuotes(value)
    .map(address)
    .filter((one) => one !== null)
  return listed.length === 0 ? 'NIL' : `(${listed.join('')})`
}

function splitOutsideQuotes(value: string): string[] {
  return value.match(/(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,])+/g) ?? []
}

function address(text: string): string | null {
  const angle = /^(.*?)<([^>]*)>\s*$/.exec(text.trim())
  const name =
    angle === null
      ? null
      : (angle[1] ?? '')
          .trim()
          .replace(/^"(.*)"$/, '$1')
          .replace(/\\(.)/g, '$1')
  const mail = (angle === null ? text : (angle[2] ?? '')).trim()
  const at = mail.lastIndexOf('@')
  if (mail === '') return null
  const local = at < 0 ? mail : mail.slice(0, at)
  return `(${nstring(name === '' ? null : name)} NIL ${nstring(local)} ${at < 0 ? 'NIL' : nstring(mail.slice(at + 1))})`
}
