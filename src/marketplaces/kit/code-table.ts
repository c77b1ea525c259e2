/**
 * Table of a mall's codes without a prototype: a text such as `valueOf` or `constructor` finds nothing, while
 * a plain object would return its prototype's property.
 */
export const codeTable = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries))
