/** NUL, which Postgres takes in no text, and halves of surrogate pairs, which are no Unicode: JSON can carry both as escapes. */
const UNSTORABLE = /\0|\p{Cs}/u

/** NUL goes, half a pair becomes U+FFFD. */
const storableText = (text: string): string =>
  UNSTORABLE.test(text) ? text.toWellFormed().replaceAll('\0', '') : text

/** The same for all texts of a value, names of fields too. What is well is not copied. */
export const storable = <T>(value: T): T => mended(value) as T

function mended(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const list = value.map(mended)
    return list.every((entry, index) => entry === value[index]) ? value : list
  }
  const entries = Object.entries(value)
  const kept = entries.map(([name, child]) => [storableText(name), mended(child)] as const)
  const same = kept.every(
    ([name, child], index) => name === entries[index]?.[0] && child === entries[index]?.[1],
  )
  return same ? value : Object.fromEntries(kept)
}
