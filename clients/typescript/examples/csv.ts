/** RFC 4180 with a head line. A value that Excel would take for a formula is written as text. */

export const csvLine = (values: readonly string[]): string => `${values.map(csvValue).join(',')}\r\n`

function csvValue(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Rows by the names in the first line. */
export function readCsv(text: string): Record<string, string>[] {
  const [head = [], ...rows] = readLines(text.replace(/^\uFEFF/, ''))
  return rows
    .filter((row) => row.some((value) => value !== ''))
    .map((row) => Object.fromEntries(head.map((name, index) => [name.trim(), (row[index] ?? '').trim()])))
}

function readLines(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [whole, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    if (whole === '' && row.length === 0) break
    row.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
