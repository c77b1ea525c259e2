/** ENVELOPE (RFC 3501 §7.4.2) from a mail's header, encoded words left as they are, as real servers do. */

const HEADER_END = /\r?\n\r?\n/

/** The header with its closing empty line, as latin1 text (one character a byte). */
export function headerOf(source: Buffer): string {
  const text = source.toString('latin1', 0, Math.min(source.length, 256 * 1024))
  const end = HEADER_END.exec(text)
  return end === null ? text : text.slice(0, end.index + end[0].length)
}

export function envelopeOf(source: Buffer): Buffer {
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
export function nstring(value: string | null): string {
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
