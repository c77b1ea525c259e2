import { z } from 'zod'
import { isStorableTime, STORABLE_TIME } from '../platform/storable.ts'

/** Pieces that every area's routes share, so that the same thing is described the same way everywhere. */

export const Id = z.uuid().describe('UUID (ID)')

/** RFC 3339 with offset, as it goes out. */
export const Time = z.iso
  .datetime({ offset: true })
  .refine(isStorableTime, STORABLE_TIME)
  .describe('RFC 3339 (日時)')

/**
 * A time that is asked for. What sends it without an offset (a generated client of C#, in an address) means
 * the clock on the wall.
 */
export const AskedTime = z.iso
  .datetime({ offset: true, local: true })
  .transform((text) => (/(?:z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}+09:00`))
  .pipe(z.iso.datetime({ offset: true }).refine(isStorableTime, STORABLE_TIME))
  .meta({
    format: 'date-time',
    description: 'RFC 3339; without an offset it is Japan’s (日時、時差なしは日本時間)',
  })

/** A day in Japan. */
export const Day = z.iso
  .date()
  .refine(isStorableTime, STORABLE_TIME)
  .describe('A day in Japan: 2026-01-15 (日本時間の日付)')

/** Within a cursor, which anybody can make up. */
export const CursorTime = z.iso.datetime().refine(isStorableTime, STORABLE_TIME)

export const IdParams = z.object({ id: Id })

/** Several values in one parameter of a query, with commas between them: `ids=a,b`. */
export const CommaList = <T extends string>(value: z.ZodType<T, string>, most: number) =>
  z
    .string()
    .max(most * 40)
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(value).min(1).max(most))
    .optional()

/** A yes/no in a query string. `z.coerce.boolean` would read "false" as true. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Of a request that may be asked as a question. */
export const DryRun = z
  .boolean()
  .optional()
  .describe('Only says what would happen: nothing is changed, stored or sent (実行せずに結果だけを確認する)')

/** Of its answer. */
export const WasDryRun = z
  .literal(true)
  .optional()
  .describe('Nothing was done: the request said `dryRun` (確認だけの結果)')

const nextCursor = () =>
  z.string().nullable().describe('Pass as `cursor` for the next page; null at the end (次ページのカーソル)')

export const NextCursor = nextCursor()

/** The same of a list that its route answers whole, with null: `pageWholeLists` cuts it. */
export const CutLater = nextCursor()

const Limit = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).describe(`Rows per page, ${most} at most (件数)`)

const Cursor = z.string().max(500).optional().describe('`nextCursor` of the page before (カーソル)')

/** Query of a list that is cut later: whoever names no limit gets all of it. */
export const wholeQuery = {
  cursor: Cursor,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('Rows per page; all when left out (件数)'),
}

/** Query of a list; spread further filters into `z.strictObject({ ...pageQuery(), … })`. */
export const pageQuery = (most = 500, usual = 100) => ({ cursor: Cursor, limit: Limit(most, usual) })

export const iso = (time: Date): string => time.toISOString()
export const isoOrNull = (time: Date | null): string | null => time?.toISOString() ?? null
