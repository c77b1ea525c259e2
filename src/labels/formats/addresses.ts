import { layOut, tooLongPiece } from '../cells/lay-out.ts'
import { type Measure, measureWords } from '../cells/measure.ts'
import type { Party, Report } from './format.ts'

/**
 * Lays out an address in a form's cells, or reports what does not fit: nothing is ever cut.
 * @param who 送付先 or ご依頼主, for the message
 */
export function addressCells(
  who: string,
  party: Party,
  cells: readonly Measure[],
  problem: Report,
): string[] {
  return laidOut(`${who}住所`, 'ADDRESS_TOO_LONG', party.address, cells, problem)
}

export function nameCells(who: string, party: Party, cells: readonly Measure[], problem: Report): string[] {
  return laidOut(`${who}名`, 'NAME_TOO_LONG', [party.company, party.name], cells, problem)
}

function laidOut(
  field: string,
  code: string,
  parts: readonly string[],
  cells: readonly Measure[],
  problem: Report,
): string[] {
  const found = layOut(parts, cells)
  if (found) return found
  const long = tooLongPiece(parts, cells)
  const room = cells.map(measureWords).join('、')
  const why = long === null ? '欄に収まりません' : `「${long}」が1つの欄に収まりません`
  problem(
    field,
    code,
    `${field}が長く、${why}（欄: ${room}）。受注を編集して短くするか、区切りたい所に空白を入れてください。`,
  )
  return cells.map(() => '')
}
