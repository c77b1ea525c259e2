/** Cells as the service reads them, by src/marketplaces/order-files/cells.ts; a test holds both equal. */

/** `="0490…"` and `'012` are how a spreadsheet is kept from changing a cell. */
const plainCell = (cell: string): string =>
  cell
    .trim()
    .replace(/^="([^"]{0,200})"$/, '$1')
    .replace(/^'(?=[=+\-@0-9])/, '')

/** Cells of one row that become one field. */
const joinCells = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' ')

/** Words of a map are compared without case and width. */
export const plainWord = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** Different words that rows have in these columns, as they are looked up in a map; empty ones are none. */
export function wordsOf(
  rows: Iterable<readonly string[]>,
  columns: readonly number[],
  most: number,
): string[] {
  const words = new Map<string, string>()
  for (const row of rows) {
    const word = plainCell(joinCells(columns.map((at) => row[at] ?? '')))
    if (word !== '' && !words.has(plainWord(word))) words.set(plainWord(word), word)
    if (words.size >= most) break
  }
  return [...words.values()]
}
