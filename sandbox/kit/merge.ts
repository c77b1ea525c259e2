/**
 * `patch` laid over `base`, without changing either. Objects merge; a list takes the patch's length, each
 * entry merged into the one at its place (or into the first, so that 2,000 part-filled lines become 2,000
 * whole ones).
 */
export function mergeDeep<T>(base: T, patch: unknown): T {
  if (Array.isArray(patch)) {
    const old: unknown[] = Array.isArray(base) ? base : []
    return patch.map((entry, index) => mergeDeep(structuredClone(old[index] ?? old[0]), entry)) as T
  }
  if (!isObject(patch)) return patch as T
  const merged: Record<string, unknown> = isObject(base) ? { ...base } : {}
  for (const [key, value] of Object.entries(patch)) merged[key] = mergeDeep(merged[key], value)
  return merged as T
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
