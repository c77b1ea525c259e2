/** When the content of an order file was true at its cart: an older one replaces nothing newer. */

interface DatedFile {
  fileName: string
  /** Said by who sent it, or by the mail. */
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

/** Never later than it came. */
export function ageOf({ fileName, exportedAt, createdAt }: DatedFile): Date {
  const told = exportedAt?.getTime() ?? timeInName(fileName) ?? createdAt.getTime()
  return new Date(Math.min(told, createdAt.getTime()))
}

/** Revision as it stands with the order: the content's, and when that was true. */
export const datedRevision = (revision: string, age: Date): string => `${revision} ${age.toISOString()}`

/** @returns when the content was true; null: of a time when that was not kept */
export function readRevision(dated: string | null): { revision: string; age: Date | null } {
  const [revision = '', time = ''] = (dated ?? '').split(' ')
  const age = Date.parse(time)
  return { revision, age: Number.isNaN(age) ? null : new Date(age) }
}
