/** Guards for facts that TypeScript cannot see, in one place instead of a cast at each use. */

/** The keys of a literal table: TypeScript types them as strings, as an object may have more. */
export const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(table) as K[]

/** The same for what wants at least one, as `z.enum` does. @throws for an empty table */
export function someKeysOf<K extends string>(table: Readonly<Record<K, unknown>>): [K, ...K[]] {
  const [first, ...rest] = keysOf(table)
  if (first === undefined) throw new Error('a table without any key')
  return [first, ...rest]
}

/**
 * The fields of something foreign (an error, parsed JSON), each unknown; none of what is no object. Getters
 * are asked when read.
 */
export const factsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Without the fields that are undefined: Prisma and JSON want them absent. */
export const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<
    Record<keyof T, never>
  >

/** Asserts a value that the code around guarantees. @throws TypeError where it is missing */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('something that must be there is not')
  return value
}
