import { cp932Length } from '../../platform/csv.ts'
import { moveBuildingOut, shortenNumbers } from './address.ts'
import type { Draft, FillTools, Hold, Measure, Party, Report, Slot } from './format.ts'

/**
 * Puts an address or a name into the cells that a carrier's form has for it. Cells end at a blank, before the
 * first digit of a number or after 号, never inside a number or a word: a parcel with half a house number goes
 * back to its sender.
 */

interface Piece {
  text: string
  /** The separator before it, kept when both are in one cell. */
  gap: string
}

/**
 * Returns one text per cell, '' for unused cells; null when the text does not fit.
 * @param parts texts that belong together (town and number; building): each gets its own cells where there
 * are enough
 */
export function layOut(parts: readonly string[], cells: readonly Measure[]): string[] | null {
  const lines = parts.filter((part) => part !== '').map(piecesOf)
  const apart = fill(lines, cells)
  if (apart) return apart
  const [first = [], ...rest] = lines
  return fill([[...first, ...rest.flatMap(withGap)]], cells)
}

const withGap = ([first, ...rest]: Piece[]): Piece[] => (first ? [{ ...first, gap: ' ' }, ...rest] : [])

/** Each line begins a new cell. */
function fill(lines: readonly (readonly Piece[])[], cells: readonly Measure[]): string[] | null {
  const filled = cells.map(() => '')
  let at = -1
  for (const line of lines) {
    at += 1
    for (const { text, gap } of line) {
      const joined = filled[at] ? `${filled[at]}${gap}${text}` : text
      const measure = cells[at]
      if (measure && fits(measure, joined)) {
        filled[at] = joined
        continue
      }
      // An empty cell that cannot take this piece cannot take a later one either.
      if (!filled[at]) return null
      at += 1
      const next = cells[at]
      if (!next || !fits(next, text)) return null
      filled[at] = text
    }
  }
  return filled
}

const isDigit = (sign: string): boolean => /^[0-9０-９]$/.test(sign)
/** Characters that tie a digit to the text before it: 2-8-1, A-203, B1, 1の2, 第2. */
const TIES = /^[-－―ーA-Za-zＡ-Ｚａ-ｚのノ第#＃/／.．,，:：]$/
/** After a digit these are part of the number: 2丁目8番1号. */
const COUNTERS = new Set('丁目番地号')
/** Characters that continue a number after 号: 203号室, 1号棟. */
const GOES_ON = new Set('室棟館車線')

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  const words = text.split(/([ \u3000])[ \u3000]*/)
  for (const [index, word] of words.entries()) {
    // Odd entries are the blanks between two words.
    if (index % 2 === 1) continue
    let from = 0
    const signs = [...word]
    for (let at = 1; at <= signs.length; at += 1) {
      if (at < signs.length && !mayBreak(signs, at)) continue
      pieces.push({ text: signs.slice(from, at).join(''), gap: from === 0 ? (words[index - 1] ?? '') : '' })
      from = at
    }
  }
  return pieces
}

function mayBreak(signs: readonly string[], at: number): boolean {
  const before = signs[at - 1] ?? ''
  const after = signs[at] ?? ''
  if (before === '号') return !GOES_ON.has(after) && !isDigit(after) && !TIES.test(after)
  if (!isDigit(after) || isDigit(before) || TIES.test(before)) return false
  return !(COUNTERS.has(before) && numberBefore(signs, at))
}

/** True when a number with its counters ends before `at`: 2丁目. */
function numberBefore(signs: readonly string[], at: number): boolean {
  let index = at - 1
  while (index >= 0 && COUNTERS.has(signs[index] ?? '')) index -= 1
  return isDigit(signs[index] ?? '')
}

/**
 * Finds the longest piece that no cell can hold, for the error message. Null when only the sum is too long.
 */
export function tooLongPiece(parts: readonly string[], cells: readonly Measure[]): string | null {
  const [widest] = [...cells].sort((a, b) => b.most - a.most)
  if (!widest) return null
  const long = parts.flatMap(piecesOf).filter(({ text }) => lengthBy(widest, text) > widest.most)
  return long[0]?.text ?? null
}

export const lengthBy = (measure: Measure, text: string): number =>
  measure.by === 'wide' ? [...text].length : cp932Length(text)

export const fits = (measure: Measure, text: string): boolean =>
  lengthBy(measure, text) <= measure.most && (measure.by !== 'digits' || /^\d*$/.test(text))

/** For staff: 全角16文字（半角32文字）. */
export function measureWords({ by, most }: Measure): string {
  if (by === 'digits') return `半角数字${most}桁`
  return by === 'wide' ? `${most}文字` : `全角${Math.floor(most / 2)}文字（半角${most}文字）`
}

const DAKUTEN = /[\uff66-\uff9d][\uff9e\uff9f]?|[\uff9e\uff9f]/g

/** Half-width letters, digits, signs and kana as full-width ones. */
export const toFullWidth = (text: string): string =>
  text
    .replace(DAKUTEN, (kana) => kana.normalize('NFKC'))
    .replace(/[\u0021-\u007e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
    .replaceAll(' ', '\u3000')

/**
 * Lays out an address in a form's cells, or reports what does not fit: nothing is ever cut.
 * @param who 送付先 or ご依頼主, for the message
 */
export function addressCells(
  who: string,
  party: Party,
  cells: readonly Measure[],
  { problem, warning, shortenAddress }: AddressTools,
  /** Names the part that does not fit, where the tool has parts. */
  partOf: (parts: readonly string[]) => string = () => '',
): string[] {
  const found = layOutAddress(party.address, cells)
  if (found) return found
  const [street = '', ...rest] = party.address
  const short = [shortenNumbers(street), ...rest]
  const shorter = layOutAddress(short, cells)
  if (shorter && shortenAddress) {
    warning(
      `${who}住所`,
      'ADDRESS_SHORTENED',
      `${who}の住所を「${short[0]}」と短く出力します。受注の住所はそのままです。`,
    )
    return shorter
  }
  const field = `${who}住所${partOf(party.address)}`
  const advice = shorter ? '「番地を短くする」を選ぶと収まります。' : ''
  tellTooLong(field, 'ADDRESS_TOO_LONG', party, party.address, cells, problem, advice)
  return cells.map(() => '')
}

export type AddressTools = Pick<FillTools<unknown>, 'problem' | 'warning' | 'shortenAddress'>

/** A building written behind the number goes to its own cell where the number's cell cannot hold both. */
export function layOutAddress(parts: readonly string[], cells: readonly Measure[]): string[] | null {
  const [street = '', ...rest] = parts
  const moved = cells[0] && !fits(cells[0], street) ? moveBuildingOut(street) : null
  const apart = moved && layOut([moved.town, [moved.building, ...rest].filter(Boolean).join(' ')], cells)
  return apart ?? layOut(parts, cells)
}

export function nameCells(who: string, party: Party, cells: readonly Measure[], problem: Report): string[] {
  const parts = [party.company, party.name]
  const found = layOut(parts, cells)
  if (!found) tellTooLong(`${who}名`, 'NAME_TOO_LONG', party, parts, cells, problem)
  return found ?? cells.map(() => '')
}

function tellTooLong(
  field: string,
  code: string,
  { mend }: Party,
  parts: readonly string[],
  cells: readonly Measure[],
  problem: Report,
  advice = '',
): void {
  const long = tooLongPiece(parts, cells)
  const room = cells.map(measureWords).join('、')
  const why = long === null ? '欄に収まりません' : `「${long}」が1つの欄に収まりません`
  problem(
    field,
    code,
    `${field}が長く、${why}（欄: ${room}）。${advice}${mend}短くするか、区切りたい所に空白を入れてください。`,
  )
}

// Requested dates and times in the carriers' terms. A slot that a carrier has withdrawn is reported, never
// replaced by another.

/** The carrier's slots: `am`, or from and to, with its code. */
export type SlotCodes = readonly { from: 'am' | number; to: number; code: string }[]

/** Slots that a carrier had once; older orders and shops' own settings still name them. */
type Withdrawn = readonly { from: number; to: number }[]

export function slotCode(
  slot: Slot | null,
  codes: SlotCodes,
  withdrawn: Withdrawn,
  tools: Pick<FillTools<unknown>, 'dropTimeSlot' | 'problem' | 'warning'>,
): string {
  if (slot === null) return ''
  const found = codes.find(({ from, to }) => from === slot.from && (from === 'am' || to === slot.to))
  if (found) return found.code
  const offered = codes.map(({ from, to }) => (from === 'am' ? '午前中' : `${from}-${to}時`)).join('、')
  if (tools.dropTimeSlot) {
    tools.warning('希望時間帯', 'TIME_SLOT_LEFT_OUT', `希望時間帯「${slot.words}」は指定せずに出力します。`)
    return ''
  }
  const gone = withdrawn.some(({ from, to }) => from === slot.from && to === slot.to)
  const why = gone ? 'は廃止されました' : 'はこの配送会社にありません'
  tools.problem(
    '希望時間帯',
    gone ? 'TIME_SLOT_WITHDRAWN' : 'TIME_SLOT_UNKNOWN',
    `希望時間帯「${slot.words}」${why}。受注の希望時間帯を直すか、「指定できない時間帯は外す」を選んでください（指定できる時間帯: ${offered || 'なし'}）。`,
  )
  return ''
}

/** Empty for one parcel, as most files are. Refused where the service has one label for one parcel. */
export function packagesCell({ packages, cod }: Draft, offered: boolean, problem: Report): string {
  if (packages === 1) return ''
  if (!offered)
    problem(
      '個数口',
      'PACKAGES_NOT_OFFERED',
      'この送り状の種類では個数口を指定できません。1個にしてください。',
    )
  else if (cod)
    problem(
      '個数口',
      'COD_SPLIT',
      '代引の受注です。荷物ごとに代金を集めないよう、個数口は1個にしてください。',
    )
  return String(packages)
}

/** For tools whose code of 代引, or of クール便, no public source has, and for services without it. */
export function refuseCod({ cod }: Draft, label: string, problem: Report): void {
  if (cod)
    problem(
      '代引',
      'COD_NOT_OFFERED',
      `${label}では代金引換を出力できません。ほかの送り状ソフトを選んでください。`,
    )
}

export function refuseCool({ temperature }: Draft, label: string, problem: Report): void {
  if (temperature !== 'normal')
    problem(
      '保冷',
      'COOL_NOT_OFFERED',
      `${label}では保冷を指定できません。常温で送る受注なら温度帯を「普通」にしてください。`,
    )
}

/**
 * The office of a parcel that is to wait there; null where it goes to the door.
 * @param wanted what the form has a column for; null: none for this service
 */
export function holdCell(
  { hold }: Draft,
  wanted: 'code' | 'name' | null,
  { problem }: Pick<FillTools<unknown>, 'problem'>,
  codeLength = 6,
): Hold | null {
  if (hold === null) return null
  if (wanted === null) {
    problem(
      '止置き',
      'HOLD_NOT_OFFERED',
      'この送り状の種類では営業所止め・局留めを指定できません。種類を選び直すか、確認結果の「止め置き先」で「お届け先へ配達」を選んでください。',
    )
    return null
  }
  const isThere = wanted === 'name' ? hold.name !== '' : new RegExp(`^\\d{1,${codeLength}}$`).test(hold.code)
  if (isThere) return hold
  const what = wanted === 'name' ? '営業所名・郵便局名' : `営業所コード（半角数字${codeLength}桁まで）`
  problem(
    '止置き',
    'HOLD_OFFICE_MISSING',
    `営業所止め・局留めの希望がありますが、${what}がありません。確認結果の「止め置き先」に入力するか、「お届け先へ配達」を選んでください。`,
  )
  return null
}

export const withoutHyphens = (date: string | null): string => (date ?? '').replaceAll('-', '')
export const withSlashes = (date: string | null): string => (date ?? '').replaceAll('-', '/')
export const hyphenated = (postalCode: string): string =>
  postalCode === '' ? '' : `${postalCode.slice(0, 3)}-${postalCode.slice(3)}`
