import { encodeText, type MailCharset } from './encode-charset.ts'

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
