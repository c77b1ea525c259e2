/**
 * Table of a mall's codes without a prototype: a text such as `valueOf` or `constructor` finds nothing, while
 * a plain object would return its prototype's property.
 */
export const codeTable = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries))

/** Finds the meaning of a mall's words: the first row whose pattern matches, full-width as half-width. */
export const byWords = <T>(
  rows: readonly (readonly [words: RegExp, meaning: T])[],
  text: string | null,
): T | undefined => {
  const plain = (text ?? '').normalize('NFKC')
  return rows.find(([words]) => words.test(plain))?.[1]
}
