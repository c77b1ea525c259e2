import { isAscii } from 'node:buffer'
import { decodeText } from './charset.ts'
import { hasJapaneseEscapes } from './iso-2022-jp.ts'

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
