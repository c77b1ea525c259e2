import { isDeepStrictEqual } from 'node:util'
import { factsOf } from '../../platform/narrow.ts'

/** Comparing and changing JSON values by JSON pointers (RFC 6901): `/recipients/0/person/phone`. */

export type Json = unknown

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Pointers of what differs, as deep as it goes. A list that became longer or shorter differs as a whole: by
 * position alone nobody could say which of its entries was changed and which one moved.
 */
export function differingPaths(before: Json, after: Json, at = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) => differingPaths(before[name], after[name], `${at}/${escapePart(name)}`))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((entry, index) => differingPaths(entry, after[index], `${at}/${index}`))
  }
  return isDeepStrictEqual(before, after) ? [] : [at]
}

const escapePart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
const unescapePart = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

export const pointerParts = (pointer: string): string[] => pointer.split('/').slice(1).map(unescapePart)

/** Undefined where there is nothing. */
export function valueAt(value: Json, pointer: string): Json {
  let here = value
  for (const part of pointerParts(pointer)) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined
    here = factsOf(here)[part]
  }
  return here
}

/** A copy with these values in place; undefined removes. Places without surroundings are left out. */
export function withValues<T>(value: T, values: Iterable<readonly [string, Json]>): T {
  const copy = structuredClone(value)
  for (const [pointer, wanted] of values) {
    const parts = pointerParts(pointer)
    const name = parts.pop()
    if (name === undefined) continue
    const place = parts.reduce<Json>(
      (here, part) =>
        typeof here === 'object' && here !== null && Object.hasOwn(here, part)
          ? factsOf(here)[part]
          : undefined,
      copy,
    )
    if (typeof place !== 'object' || place === null) continue
    if (wanted === undefined) Reflect.deleteProperty(place, name)
    else Reflect.set(place, name, structuredClone(wanted))
  }
  return copy
}

/** True when one path lies within the other, or both are the same. */
export const overlaps = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)

/**
 * JSON merge patch (RFC 7396) with one difference: null sets null, because an order has all of its fields at
 * all times and null is how it says "none".
 */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) merged[name] = mergePatch(merged[name], value)
  return merged
}
