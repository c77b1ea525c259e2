import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { present } from '../../platform/narrow.ts'
import { decodeIso2022Jp, hasJapaneseEscapes } from './iso-2022-jp.ts'

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
