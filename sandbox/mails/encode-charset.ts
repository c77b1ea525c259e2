import iconv from 'iconv-lite'

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
