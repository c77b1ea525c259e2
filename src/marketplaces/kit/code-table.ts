/**
 * What a mall's codes mean, asked by what the mall sends: a text such as `valueOf` or `constructor` is in no table, as it would be in a plain
 * object, which has them from its prototype.
 */
export const codeTable = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries))
