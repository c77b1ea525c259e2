/** The keys of a table that was written out with just these: TypeScript calls them strings, as an object may have more. */
export const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(table) as K[]

/** The same for what wants at least one, as `z.enum` does. @throws for an empty table */
export function someKeysOf<K extends string>(table: Readonly<Record<K, unknown>>): [K, ...K[]] {
  const [first, ...rest] = keysOf(table)
  if (first === undefined) throw new Error('a table without any key')
  return [first, ...rest]
}
