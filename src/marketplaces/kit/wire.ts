import { z } from 'zod'

/**
 * Field types of malls that answer JSON: strict where identity, money or a quantity depends on them;
 * elsewhere absent, null or another shape all count the same.
 */

/** Text or number, as text; anything else, and an empty text, counts as absent. */
export const text = z
  .unknown()
  .optional()
  .transform((value): string | null => {
    if (typeof value === 'string') return value === '' ? null : value
    return typeof value === 'number' ? String(value) : null
  })

/** Amounts and counts end in 32-bit columns; nothing a shop sells comes near. */
export const int32 = z.int().min(-2_147_483_648).max(2_147_483_647)

/** Identity: must be there. */
export const id = z.union([z.string().min(1), z.int()]).transform(String)

/** Absent is none; an entry that cannot be read is an error. */
export const listOf = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .nullish()
    .transform((list) => list ?? [])

/** Absent is null; a value that cannot be read is an error. */
export const orNull = <T extends z.ZodType>(entry: T) => entry.nullish().transform((value) => value ?? null)

/** An answer's JSON, walked beside the parsed order to keep fields that the normalised order lacks. */
export type Raw = Readonly<Record<string, unknown>>

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The entry of a list inside the raw order. */
export function entryOf(raw: Raw, key: string, index: number): unknown {
  const list = raw[key]
  return Array.isArray(list) ? list[index] : undefined
}

type Names<List extends string> = List extends `${infer First} ${infer Rest}` ? First | Names<Rest> : List

/** The names of a list with one blank between two, as literal types. */
export const names = <List extends string>(list: List): Names<List>[] => list.split(' ') as Names<List>[]

/** One value under several names: `each(text, 'city subAddress')` are two fields of one type in a schema. */
export const each = <T, List extends string>(value: T, list: List): Record<Names<List>, T> =>
  Object.fromEntries(names(list).map((name) => [name, value])) as Record<Names<List>, T>
