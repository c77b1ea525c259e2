import iconv from 'iconv-lite'

/**
 * ISO-2022-JP as Windows mailers write it (CP50221): JIS X 0208 with NEC row 13 (①, ㈱) and the NEC-selected
 * IBM characters of rows 89–92 (髙, 﨑), half-width kana by escape, by shift-out or as bare 8-bit bytes, and
 * JIS X 0212. iconv-lite has no such decoder; the double bytes are moved to where CP932 keeps them and
 * decoded there.
 */

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
export function hasJapaneseEscapes(bytes: Buffer): boolean {
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
