/** The answer's JSON, walked beside the parsed order to keep fields that the normalised order lacks. */
export type Raw = Readonly<Record<string, unknown>>

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Copies without the fields named by their paths (`product.title`), and without objects that this empties.
 */
export function leftover(raw: unknown, mapped: readonly string[]): Record<string, unknown> {
  if (!isRaw(raw)) return {}
  const here = new Set(mapped.filter((path) => !path.includes('.')))
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (here.has(key) || value === null) continue
    const below = mapped
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1))
    const kept = below.length > 0 && isRaw(value) ? leftover(value, below) : value
    if (!(below.length > 0 && isRaw(kept) && Object.keys(kept).length === 0)) rest[key] = kept
  }
  return rest
}

/** The entry of a list inside the raw order. */
export function entryOf(raw: Raw, key: string, index: number): unknown {
  const list = raw[key]
  return Array.isArray(list) ? list[index] : undefined
}
