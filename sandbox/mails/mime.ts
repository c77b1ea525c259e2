import iconv from 'iconv-lite'

export type TransferEncoding = '7bit' | '8bit' | 'base64' | 'quoted-printable'

export interface MimePart {
  headers: readonly string[]
  body: Buffer
}

const CRLF = '\r\n'

/** The common choices of mail programs. Shift_JIS as 8bit shows a mail whose bytes nothing protects. */
const USUAL: Readonly<Record<MailCharset, TransferEncoding>> = {
  'utf-8': 'base64',
  'iso-2022-jp': '7bit',
  shift_jis: '8bit',
}

export function textPart(
  subtype: 'plain' | 'html',
  text: string,
  charset: MailCharset,
  encoding: TransferEncoding = USUAL[charset],
): MimePart {
  const bytes = encodeText(text.replaceAll('\n', CRLF), charset)
  return {
    headers: [
      `Content-Type: text/${subtype}; charset="${charset}"`,
      `Content-Transfer-Encoding: ${encoding}`,
    ],
    body: transfer(bytes, encoding),
  }
}

export function multipart(
  subtype: 'alternative' | 'mixed',
  boundary: string,
  parts: readonly MimePart[],
): MimePart {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}${CRLF}${part.headers.join(CRLF)}${CRLF}${CRLF}`),
    part.body,
    Buffer.from(CRLF),
  ])
  return {
    headers: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--${CRLF}`)]),
  }
}

export function attachedMail(source: Buffer): MimePart {
  return { headers: ['Content-Type: message/rfc822', 'Content-Disposition: attachment'], body: source }
}

export function joinMessage(headers: readonly string[], part: MimePart): Buffer {
  const head = [...headers, 'MIME-Version: 1.0', ...part.headers].join(CRLF)
  return Buffer.concat([Buffer.from(head + CRLF + CRLF), part.body])
}

/** RFC 2047 encoded words of at most 75 characters, each ending in ASCII state, never inside a character. */
export function encodeHeader(text: string, charset: MailCharset): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const words: string[] = []
  let chunk = ''
  for (const character of text) {
    if (chunk !== '' && wordLength(chunk + character, charset) > 75) {
      words.push(chunk)
      chunk = ''
    }
    chunk += character
  }
  return [...words, chunk].map((word) => encodedWord(word, charset)).join(`${CRLF} `)
}

const encodedWord = (text: string, charset: MailCharset): string =>
  `=?${charset.toUpperCase()}?B?${encodeText(text, charset).toString('base64')}?=`

const wordLength = (text: string, charset: MailCharset): number =>
  charset.length + 7 + Math.ceil(encodeText(text, charset).length / 3) * 4

function transfer(bytes: Buffer, encoding: TransferEncoding): Buffer {
  if (encoding === 'base64') return Buffer.from(bytes.toString('base64').replace(/.{76}/g, `$&${CRLF}`))
  if (encoding === 'quoted-printable') return Buffer.from(quotedPrintable(bytes), 'latin1')
  return bytes
}

/** Lines are broken wherever they reach 76 columns, even in an order number, as mail programs do. */
function quotedPrintable(bytes: Buffer): string {
  const lines = bytes.toString('latin1').split(CRLF)
  return lines.map((line) => softBreaks(line)).join(CRLF)
}

function softBreaks(line: string): string {
  const out: string[] = []
  let width = 0
  const last = line.length - 1
  for (const [at, character] of [...line].entries()) {
    const plain = /[\x21-\x3c\x3e-\x7e]/.test(character) || (character === ' ' && at !== last)
    const token = plain
      ? character
      : `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    if (width + token.length > 75) {
      out.push(`=${CRLF}`)
      width = 0
    }
    out.push(token)
    width += token.length
  }
  return out.join('')
}

export type MailCharset = 'utf-8' | 'iso-2022-jp' | 'shift_jis'

/** Text to the bytes of a charset. What it has no character for becomes 〓 (or `?` where there is none). */
export function encodeText(text: string, charset: MailCharset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8')
  const bytes = encodeCp932(text)
  return charset === 'shift_jis' ? bytes : toIso2022Jp(bytes)
}

/** Unicode has two of each of these; CP932 knows the second. */
const CP932_TWINS: Readonly<Record<string, string>> = {
  '〜': '～',
  '−': '－',
  '‖': '∥',
  '—': '―',
  '¢': '￠',
  '£': '￡',
  '¬': '￢',
}

function encodeCp932(text: string): Buffer {
  const fitting = text.replace(/[〜−‖—¢£¬]/g, (character) => CP932_TWINS[character] ?? character)
  return iconv.encode(fitting.replace(/[\u{10000}-\u{10FFFF}]/gu, '〓'), 'cp932')
}

const ASCII = '\x1b(B'
const KANJI = '\x1b$B'
const KANA = '\x1b(I'

/** As Windows mailers do (CP50221): NEC row 13 and NEC-selected IBM by row, half-width kana by escape. */
function toIso2022Jp(cp932: Buffer): Buffer {
  const out = Buffer.allocUnsafe(cp932.length * 4 + 8)
  let length = 0
  let mode = ASCII
  const enter = (next: string) => {
    if (mode !== next) length += out.write(next, length, 'latin1')
    mode = next
  }
  for (let at = 0; at < cp932.length; at++) {
    const byte = cp932[at] as number
    if (byte < 0x80) {
      enter(ASCII)
      out[length++] = byte
    } else if (byte >= 0xa1 && byte <= 0xdf) {
      enter(KANA)
      out[length++] = byte & 0x7f
    } else {
      at += 1
      enter(KANJI)
      const [lead, trail] = toJis(byte, cp932[at] as number)
      out[length++] = lead
      out[length++] = trail
    }
  }
  enter(ASCII)
  return Buffer.from(out.subarray(0, length))
}

function toJis(lead: number, trail: number): [number, number] {
  if (lead >= 0xfa) [lead, trail] = necSelected(lead, trail)
  const row = (lead - (lead < 0xe0 ? 0x81 : 0xc1)) * 2 + 0x21
  if (trail >= 0x9f) return [row + 1, trail - 0x7e]
  return [row, trail - (trail > 0x7f ? 0x20 : 0x1f)]
}

let necRows: Map<string, [number, number]> | undefined

/** CP932 keeps 髙 and its like in IBM's rows, outside of JIS, and again in NEC's rows inside JIS. */
function necSelected(lead: number, trail: number): [number, number] {
  necRows ??= readRows([0x87, 0xed, 0xee, 0x81])
  const character = iconv.decode(Buffer.from([lead, trail]), 'cp932')
  return necRows.get(character) ?? [0x81, 0xac]
}

function readRows(leads: readonly number[]): Map<string, [number, number]> {
  const rows = new Map<string, [number, number]>()
  for (const lead of leads) {
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const character = iconv.decode(Buffer.from([lead, trail]), 'cp932')
      if (character.length === 1 && character !== '\uFFFD') rows.set(character, [lead, trail])
    }
  }
  return rows
}
