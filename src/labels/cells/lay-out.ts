import { fits, lengthBy, type Measure } from './measure.ts'

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
