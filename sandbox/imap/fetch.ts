import type { Token } from './command-reader.ts'
import { envelopeOf, headerOf } from './envelope.ts'
import type { StoredMail } from './store.ts'

/** One FETCH response line. BODY[…] without PEEK sets \Seen, unless the folder was opened with EXAMINE. */
export function fetchResponse(
  mail: StoredMail,
  sequence: number,
  items: string[],
  readOnly: boolean,
): Buffer {
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
export function fetchItems(token: Token | undefined, withUid: boolean): string[] {
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
