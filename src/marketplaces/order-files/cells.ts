/**
 * How headings, cells and words of an order file are compared; src/board/src/csv/column-map.ts does the same.
 * Pure.
 */

/** Width, blanks and case of a heading do not matter. */
export const plainHeading = (heading: string): string =>
  heading
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[\s'"]/g, '')
    .toLowerCase()

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
