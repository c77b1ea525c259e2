/** When the content of an order file was true at its cart: an older one replaces nothing newer. */

interface DatedFile {
  fileName: string
  /** `person` or `mail`. */
  source: string
  /** Given by the person who sent the file; of a mail its date. */
  exportedAt: Date | null
  createdAt: Date
}

/** 20260401, 2026-04-01_09-30-00 or 2026年4月1日 09時30分 within a name. */
const IN_NAME =
  /(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2]|(?<=年)[1-9])[-_.月]?([0-2]\d|3[01]|(?<=月)[1-9])日?(?:[-_.T ]{0,3}([01]\d|2[0-3])[-_.:時]?([0-5]\d)[-_.:分]?([0-5]\d)?)?(?!\d)/g
const JAPAN_MS = 9 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000

/** The latest day or time that its name has; a day alone counts to its end. Null: none. */
function timeInName(fileName: string): number | null {
  const times = [...fileName.slice(0, 200).normalize('NFKC').matchAll(IN_NAME)].flatMap((found) => {
    const [, year, month, day, hour, minute, second] = found.map((text) => Number(text ?? Number.NaN))
    const start = Date.UTC(year ?? 0, (month ?? 0) - 1, day)
    if (new Date(start).getUTCDate() !== day) return []
    const within =
      hour === undefined || Number.isNaN(hour)
        ? DAY_MS - 1
        : (hour * 3_600 + (minute ?? 0) * 60 + (second || 0)) * 1_000
    return [start + within - JAPAN_MS]
  })
  return times.length > 0 ? Math.max(...times) : null
}

/** Never later than it came. The date of a mail is that of its last sending: its file may be older. */
export function ageOf({ fileName, source, exportedAt, createdAt }: DatedFile): Date {
  const said = exportedAt?.getTime() ?? null
  const named = timeInName(fileName)
  const told = source === 'mail' ? [said, named] : [said ?? named]
  return new Date(Math.min(...told.map((time) => time ?? createdAt.getTime()), createdAt.getTime()))
}

/** When an order's content was true, by its file and by its own row. */
export interface Ages {
  file: Date
  row: Date | null
}

/** A row later than its file's arrival says nothing: 9999-12-31 would keep everything out after it. */
export function createAges(file: DatedFile): (changedAt: Date | null) => Ages {
  const age = ageOf(file)
  const saidByPerson = file.source !== 'mail' && file.exportedAt !== null
  return (changedAt) => ({
    file: age,
    row: saidByPerson || (changedAt && changedAt > file.createdAt) ? null : changedAt,
  })
}

/** Rows meet rows and files meet files: a row's time says when it changed, a file's when it held. */
export function isOlder(one: Ages, here: Ages | null): boolean {
  if (here === null) return false
  const byRow = one.row && here.row ? one.row.getTime() - here.row.getTime() : 0
  return (byRow || one.file.getTime() - here.file.getTime()) < 0
}

const later = (one: Date, other: Date): Date => new Date(Math.max(one.getTime(), other.getTime()))

/** Ages of content that was taken from `one`, or that `one` confirms: no order grows older. */
export function raisedBy(one: Ages, here: Ages | null): Ages {
  if (here === null) return one
  return {
    file: later(one.file, here.file),
    row: one.row && here.row ? later(one.row, here.row) : one.row,
  }
}

/** Revision as it stands with the order: the content's, and when that was true. */
export const datedRevision = (revision: string, { file, row }: Ages): string =>
  [revision, file.toISOString(), ...(row ? [row.toISOString()] : [])].join(' ')

/** @returns ages null: of a time when none were kept */
export function readRevision(dated: string | null): { revision: string; ages: Ages | null } {
  const [revision = '', fileTime = '', rowTime = ''] = (dated ?? '').split(' ')
  const file = Date.parse(fileTime)
  const row = Date.parse(rowTime)
  const ages = Number.isNaN(file)
    ? null
    : { file: new Date(file), row: Number.isNaN(row) ? null : new Date(row) }
  return { revision, ages }
}
