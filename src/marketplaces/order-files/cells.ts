/** Cells of an order file as words, as src/board/src/csv/cells.ts reads them. Pure. */

/** `="0490…"` and `'012` are how a spreadsheet is kept from changing a cell. */
export const plainCell = (cell: string): string =>
  cell
    .trim()
    .replace(/^="([^"]{0,200})"$/, '$1')
    .replace(/^'(?=[=+\-@0-9])/, '')

/** Cells of one row that become one field. */
export const joinCells = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' ')

/** Words of a map are compared without case and width. */
export const plainWord = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
