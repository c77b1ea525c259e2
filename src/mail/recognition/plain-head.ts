import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { decodeIso2022Jp, decodeRawHeader } from './charset.ts'

/** Headers that show a mail's path, verbatim, topmost first. */
interface Traces {
  authentication: string[]
  signatures: string[]
  returnPath: string
}

/** The headers that count, of a head in the form that nearly all mails have. */
export interface PlainHead extends Traces {
  from: string[]
  to: string[]
  subject: string
  /** Unfolded; empty where the head has none. */
  contentType: string
  transferEncoding: string
  disposition: string
}

/** Half of what mailparser takes, which counts 64 bytes for each line at least. */
const MOST_LINES = 400
const MOST_ADDRESSES = 100
/** The receiving host's results are on top; a stranger may have written any number of others below. */
const MOST_TRACES = 10
const LONGEST_TRACE = 4_096

const FIELDS = new Set([
  'from',
  'to',
  'subject',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
])
const KEY = /^[A-Za-z0-9_-]{1,80}$/

/**
 * Reads a head without mailparser, which takes most of a small mail's time. Null when anything in it is
 * unusual: a field that counts and comes twice, a group of addresses, a broken encoded word. mailparser knows
 * what to make of it.
 * @param head a string of bytes (latin1), without the empty line at its end
 */
export function parsePlainHead(head: string): PlainHead | null {
  const lines = splitFields(head)
  if (lines === null) return null
  const raw = new Map<string, string>()
  for (const { key, line } of lines) {
    if (!FIELDS.has(key)) continue
    const value = line.slice(key.length + 1)
    if (raw.has(key) || (key.startsWith('content-') && value.trim() === '')) return null
    raw.set(key, value)
  }
  const textOf = (key: string) => unfold(raw.get(key) ?? '')
  const from = parseAddresses(textOf('from'))
  const to = parseAddresses(textOf('to'))
  const subject = parseSubject(raw.get('subject') ?? '')
  const contentType = textOf('content-type')
  const transferEncoding = textOf('content-transfer-encoding')
  const disposition = textOf('content-disposition')
  if (from === null || to === null || subject === null) return null
  if (contentType === null || transferEncoding === null || disposition === null) return null
  return { from, to, subject, ...tracesOf(lines), contentType, transferEncoding, disposition }
}

export function tracesOf(lines: readonly { key: string; line: string }[]): Traces {
  const valuesOf = (key: string) =>
    lines
      .filter((line) => line.key === key)
      .slice(0, MOST_TRACES)
      .map(({ line }) => line.slice(line.indexOf(':') + 1, LONGEST_TRACE))
  return {
    authentication: valuesOf('authentication-results'),
    signatures: valuesOf('dkim-signature'),
    returnPath: valuesOf('return-path')[0] ?? '',
  }
}

/** Null unless each line is a field or continues one. */
function splitFields(head: string): { key: string; line: string }[] | null {
  if (BROKEN_LINE.test(head)) return null
  const lines = head.split('\n')
  if (lines.length > MOST_LINES) return null
  const fields: { key: string; line: string }[] = []
  for (const whole of lines) {
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole
    const last = fields.at(-1)
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last === undefined) return null
      last.line += `\r\n${line}`
      continue
    }
    const key = line.slice(0, line.indexOf(':'))
    if (!KEY.test(key)) return null
    fields.push({ key: key.toLowerCase(), line })
  }
  return fields
}

const BROKEN_LINE = /\0|\r(?!\n|$)/
const PRINTABLE = /^[\t -~]*$/

/** Null unless it is plain ASCII. */
function unfold(raw: string): string | null {
  const value = raw.replace(/\r\n[ \t]*/g, ' ').trim()
  return PRINTABLE.test(value) ? value : null
}

const ADDRESS = /^[a-z0-9._+=-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/
const LONGEST_ADDRESS = 320
const NAME = /^(?:"[^"\\@<>(),:;]*"|[^"\\@<>(),:;'[\]]*)$/

function parseAddresses(list: string | null): string[] | null {
  if (list === null || list === '') return list === null ? null : []
  const entries = list.split(',', MOST_ADDRESSES + 1)
  if (entries.length > MOST_ADDRESSES) return null
  const addresses: string[] = []
  for (const entry of entries) {
    const whole = entry.trim()
    const open = whole.indexOf('<')
    const named = open >= 0 && whole.endsWith('>') && NAME.test(whole.slice(0, open).trim())
    const address = (named ? whole.slice(open + 1, -1) : whole).toLowerCase()
    if (address.length > LONGEST_ADDRESS || address.includes('xn--') || !ADDRESS.test(address)) return null
    addresses.push(address)
  }
  return addresses
}

function parseSubject(raw: string): string | null {
  const bare = decodeRawHeader(raw)
  if (bare !== null) return bare === '' ? null : bare
  const value = unfold(raw)
  if (value === null) return null
  return value.includes('=?') ? decodeWords(value) : value
}

const WORD = /=\?([A-Za-z0-9_-]{1,20})\?([BbQq])\?([!->@-~]*)\?=/g
/** Encoded words (RFC 2047); null when one is broken, of a rare charset, or has bytes outside it. */
function decodeWords(value: string): string | null {
  const runs: { before: string; kind: string; charset: string; bytes: Buffer[] }[] = []
  let end = 0
  for (const match of value.matchAll(WORD)) {
    const between = value.slice(end, match.index)
    const [whole, charset = '', encoding = '', content = ''] = match
    const kind = `${charset} ${encoding}`.toLowerCase()
    const bytes = decodeWord(encoding.toUpperCase(), content)
    if (bytes === null || between.includes('=?')) return null
    const last = runs.at(-1)
    // Blanks between two words only part them, and a character may be parted between two of one charset.
    const blank = last !== undefined && between.trim() === ''
    if (blank && last.kind === kind) last.bytes.push(bytes)
    else runs.push({ before: blank ? '' : between, kind, charset: charset.toLowerCase(), bytes: [bytes] })
    end = match.index + whole.length
  }
  const rest = value.slice(end)
  if (rest.includes('=?')) return null
  let text = ''
  for (const { before, charset, bytes } of runs) {
    const decoded = decodeStrictly(Buffer.concat(bytes), charset)
    if (decoded === null) return null
    text += before + decoded
  }
  return text + rest
}

/** ASCII, JIS X 0208 and half-width kana by their escapes, whole characters only. */
const PLAIN_ISO_2022_JP =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what the charset is made of
  /^[ -~]*(?:\x1b(?:\$[@B](?:[!-~]{2})+|\(I[!-_]+|\([BJ][ -~]*))*$/

function decodeStrictly(bytes: Buffer, charset: string): string | null {
  if (charset === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : null
  if (charset === 'iso-2022-jp')
    return PLAIN_ISO_2022_JP.test(bytes.toString('latin1')) ? withoutFaults(decodeIso2022Jp(bytes)) : null
  return charset === 'shift_jis' || charset === 'euc-jp' ? withoutFaults(iconv.decode(bytes, charset)) : null
}

const withoutFaults = (text: string): string | null => (text.includes('\uFFFD') ? null : text)

function decodeWord(encoding: string, content: string): Buffer | null {
  if (encoding === 'B') return content.length % 4 === 0 ? decodeBase64(content) : null
  return decodeHexEscapes(content.replaceAll('_', ' '))
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Null unless it is one run of base64 with its padding at the end; line ends are skipped. */
export function decodeBase64(content: string): Buffer | null {
  const characters = content.replace(/[\r\n]+/g, '')
  return BASE64.test(characters) ? Buffer.from(characters, 'base64') : null
}

/** Quoted-printable without line breaks: null when a `=` is no part of an escape. */
export function decodeHexEscapes(content: string): Buffer | null {
  const bytes = Buffer.from(content, 'latin1')
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte !== EQUALS) {
      bytes[length++] = byte
      continue
    }
    const value = hexValue(bytes[at + 1]) * 16 + hexValue(bytes[at + 2])
    if (!(value >= 0)) return null
    bytes[length++] = value
    at += 2
  }
  return bytes.subarray(0, length)
}

const EQUALS = 0x3d

/** NaN when it is no hexadecimal digit. */
function hexValue(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}
