import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { present } from '../../platform/narrow.ts'

/**
 * Bytes of a mail to text. A declared charset is believed as long as the bytes agree with it; a missing,
 * unknown or wrong one is guessed: ISO-2022-JP by its escapes, then UTF-8, then whichever of Shift_JIS and
 * EUC-JP fits better. Never throws.
 */
export function decodeText(bytes: Buffer, declared: string): string {
  const charset = canonicalCharset(declared)
  if (charset === 'iso-2022-jp')
    return !isAscii(bytes) && !hasJapaneseEscapes(bytes) ? guess(bytes) : decodeIso2022Jp(bytes)
  if (charset === null || charset === 'utf-8') return guess(bytes)
  const text = iconv.decode(bytes, charset)
  // Every byte is a character there, so that nothing in the bytes ever disagrees: forwarders label Japanese
  // mails so.
  if (WESTERN.test(charset) && (!isAscii(bytes) || hasJapaneseEscapes(bytes)))
    return guess(bytes, { charset, text })
  return text.includes('\uFFFD') ? guess(bytes, { charset, text }) : text
}

type Charset = 'utf-8' | 'iso-2022-jp' | (string & {})

const WESTERN = /^(?:iso[-_]?8859|latin|windows-?125|cp-?125|mac|l\d$)/i

const NOT_CHARSETS = /utf-?7|base64|hex|binary|ucs|utf-?(?:16|32)|internal/

/** Null when the name is missing or unknown, or names no charset for mail text. */
function canonicalCharset(declared: string): Charset | null {
  const name = declared.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (name === '' || /^(?:us)?ascii$|^7bit$|^8bit$|^unknown/.test(name)) return null
  if (/^(?:cs)?iso2022jp|^cp5022|^jis/.test(name)) return 'iso-2022-jp'
  if (/sjis|shiftjis|windows31j|932|mskanji/.test(name)) return 'cp932'
  if (/euc.*jp|ujis|eucpkdfmtjapanese|cp51932/.test(name)) return 'euc-jp'
  if (/^utf8/.test(name)) return 'utf-8'
  return !NOT_CHARSETS.test(declared.toLowerCase()) && iconv.encodingExists(declared) ? declared : null
}

interface Decoded {
  charset: string
  text: string
}

function guess(bytes: Buffer, declared?: Decoded): string {
  if (hasJapaneseEscapes(bytes)) return decodeIso2022Jp(bytes)
  if (isUtf8(withoutCutCharacter(bytes))) return bytes.toString('utf8').replace(/\uFFFD$/, '')
  const rest = ['utf-8', 'cp932', 'euc-jp']
    .filter((charset) => charset !== declared?.charset)
    .map((charset) => ({ charset, text: iconv.decode(bytes, charset) }))
  const candidates = declared ? [declared, ...rest] : rest
  let best = present(candidates[0])
  let least = oddity(best.text)
  for (const candidate of candidates.slice(1)) {
    const odd = oddity(candidate.text)
    if (odd < least) [best, least] = [candidate, odd]
  }
  return best.text
}

/**
 * Scores how unlikely a text is. Undecodable bytes weigh most; half-width kana are what other Japanese
 * charsets look like in CP932.
 */
function oddity(text: string): number {
  let odd = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0xfffd) odd += 10
    else if (unit >= 0xff61 && unit <= 0xff9f) odd += 2
    else if (unit >= 0x80 && unit < 0xa0) odd += 10
  }
  return odd
}

/** Drops a UTF-8 character that the download limit cut off, which says nothing against the rest. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes.readUInt8(bytes.length - back)
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back)
    if (byte < 0x80) break
  }
  return bytes
}

// ISO-2022-JP as Windows mailers write it (CP50221): JIS X 0208 with NEC row 13 (①, ㈱) and the NEC-selected
// IBM characters of rows 89–92 (髙, 﨑), half-width kana by escape, by shift-out or as bare 8-bit bytes, and
// JIS X 0212. iconv-lite has no such decoder; the double bytes are moved to where CP932 keeps them and
// decoded there.

const ESC = 0x1b
const SHIFT_OUT = 0x0e
const SHIFT_IN = 0x0f
const LINE_FEED = 0x0a
/** Byte that CP932 decodes to U+FFFD. */
const UNDECODABLE = 0xff

type Mode = 'ascii' | 'kana' | 'jis0208' | 'jis0212' | 'foreign'

interface Escape {
  sequence: readonly number[]
  mode: Mode
}

const after = (sequence: string, mode: Mode): Escape => ({ sequence: [...Buffer.from(sequence)], mode })

/**
 * Escape sequences after ESC. The last two belong to other countries' character sets, whose bytes must not be
 * read as kanji.
 */
const ESCAPES: readonly Escape[] = [
  after('(B', 'ascii'),
  after('(J', 'ascii'),
  after('(H', 'ascii'),
  after('(I', 'kana'),
  after('$@', 'jis0208'),
  after('$B', 'jis0208'),
  after('$(@', 'jis0208'),
  after('$(B', 'jis0208'),
  after('$(D', 'jis0212'),
  after('$A', 'foreign'),
  after('$(C', 'foreign'),
]

/** True when bytes hold an escape into Japanese. Cheap, and practically free of false alarms. */
function hasJapaneseEscapes(bytes: Buffer): boolean {
  return (
    bytes.includes('\x1b$B') ||
    bytes.includes('\x1b$@') ||
    bytes.includes('\x1b$(') ||
    bytes.includes('\x1b(I')
  )
}

/**
 * Never throws; undecodable bytes become U+FFFD. A line end returns to ASCII, as the standard requires of
 * writers.
 */
export function decodeIso2022Jp(bytes: Buffer): string {
  const text = new TextCollector(bytes.length)
  let mode: Mode = 'ascii'
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.readUInt8(at)
    const escaped = byte === ESC ? readEscape(bytes, at + 1) : undefined
    if (escaped) {
      mode = escaped.mode
      at += escaped.sequence.length
    } else if (byte === SHIFT_OUT || byte === SHIFT_IN) {
      mode = byte === SHIFT_OUT ? 'kana' : 'ascii'
    } else if (byte < 0x21 || byte >= 0x7f || mode === 'ascii') {
      if (byte === LINE_FEED) mode = 'ascii'
      text.add('cp932', byte)
    } else if (mode === 'kana') {
      text.add('cp932', byte < 0x60 ? byte | 0x80 : byte)
    } else if (isCell(bytes[at + 1])) {
      at += 1
      addPair(text, mode, byte, bytes.readUInt8(at))
    } else {
      text.add('cp932', UNDECODABLE)
    }
  }
  return text.end()
}

const isCell = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x21 && byte <= 0x7e

function addPair(text: TextCollector, mode: Mode, lead: number, trail: number): void {
  if (mode === 'jis0208') text.add('cp932', ...toShiftJis(lead, trail))
  else if (mode === 'jis0212') text.add('euc-jp', 0x8f, lead | 0x80, trail | 0x80)
  else text.add('cp932', UNDECODABLE)
}

/** Decodes runs of bytes of the same encoding at once. */
class TextCollector {
  #encoding = 'cp932'
  /** A pair becomes three bytes at most. */
  readonly #bytes: Buffer
  #length = 0
  #text = ''

  constructor(inputLength: number) {
    this.#bytes = Buffer.allocUnsafe(inputLength * 2)
  }

  add(encoding: 'cp932' | 'euc-jp', ...bytes: number[]): void {
    if (encoding !== this.#encoding) this.#flush(encoding)
    for (const byte of bytes) this.#bytes[this.#length++] = byte
  }

  end(): string {
    this.#flush(this.#encoding)
    return this.#text
  }

  #flush(next: string): void {
    this.#text += iconv.decode(this.#bytes.subarray(0, this.#length), this.#encoding)
    this.#length = 0
    this.#encoding = next
  }
}

function readEscape(bytes: Buffer, at: number): Escape | undefined {
  return ESCAPES.find(({ sequence }) => sequence.every((byte, place) => bytes[at + place] === byte))
}

/** Row and cell of a JIS double byte (0x21–0x7E each) to the Shift_JIS bytes of the same row and cell. */
function toShiftJis(lead: number, trail: number): [number, number] {
  const row = (lead - 0x21) >> 1
  const shifted = lead % 2 === 1 ? trail + (trail < 0x60 ? 0x1f : 0x20) : trail + 0x7e
  return [row + (row < 0x1f ? 0x81 : 0xc1), shifted]
}

/**
 * Decodes a header in bare ISO-2022-JP, Shift_JIS or EUC-JP instead of encoded words, as older Japanese
 * programs write it. `raw` is a string of bytes (latin1). Null for plain ASCII, whose encoded words
 * mailparser decodes well.
 */
export function decodeRawHeader(raw: string): string | null {
  const bytes = Buffer.from(raw, 'latin1')
  if (!hasJapaneseEscapes(bytes) && isAscii(bytes)) return null
  return decodeText(bytes, '')
    .replace(/\r?\n[ \t]*/g, ' ')
    .trim()
}
