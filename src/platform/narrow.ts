/** What the code knows and TypeScript cannot see, asked in one place instead of claimed by a cast at each. */

/** The keys of a table that was written out with just these: TypeScript calls them strings, as an object may have more. */
export const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(table) as K[]

/** The same for what wants at least one, as `z.enum` does. @throws for an empty table */
export function someKeysOf<K extends string>(table: Readonly<Record<K, unknown>>): [K, ...K[]] {
  const [first, ...rest] = keysOf(table)
  if (first === undefined) throw new Error('a table without any key')
  return [first, ...rest]
}

/** The fields of something foreign (an error, parsed JSON), each unknown; none of what is no object. Getters are asked when read. */
export const factsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** What the code around it has made sure of. @throws where it was mistaken, instead of going on with nothing */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('something that must be there is not')
  return value
}
