/** Counts how many of something there are by key. A key of which none is left takes no room. */
export interface KeyCounts {
  of(key: string): number
  add(key: string): void
  remove(key: string): void
  /** The highest count of any key. */
  most(): number
}

export function createKeyCounts(): KeyCounts {
  const counts = new Map<string, number>()
  const of = (key: string) => counts.get(key) ?? 0
  return {
    of,
    add: (key) => void counts.set(key, of(key) + 1),
    remove(key) {
      if (of(key) > 1) counts.set(key, of(key) - 1)
      else counts.delete(key)
    },
    most: () => Math.max(0, ...counts.values()),
  }
}
