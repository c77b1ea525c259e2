/** Columns that line up although Japanese characters are two cells wide. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

const cells = (text: string): number =>
  [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - cells(text)))

export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(cells(title), ...rows.map((row) => cells(row[column] ?? ''))),
  )
  const line = (row: string[]) =>
    `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ')}`.trimEnd()
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
