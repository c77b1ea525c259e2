import { isDeepStrictEqual } from 'node:util'
import { totalsFrom } from '../../marketplaces/kit/money.ts'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { RowSealer } from '../../platform/crypto/sealer.ts'
import { japaneseDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { factsOf } from '../../platform/narrow.ts'

/** An order's sealed content: its detail, and what staff edited in it. */

const detailContext = (orderId: string): string => `order:${orderId}:detail`

/** Seals an order's detail for its row. */
export const sealDetail = (
  sealer: Pick<RowSealer, 'sealJson'>,
  orderId: string,
  detail: NormalisedOrder,
): Uint8Array => sealer.sealJson(detailContext(orderId), detail)

/**
 * Opens the detail of an order in the form that orders have today, whichever release stored it.
 * @throws where it was sealed by a key that is gone, or for another row
 */
export function openDetail(
  sealer: Pick<RowSealer, 'openJson'>,
  orderId: string,
  sealed: Uint8Array,
): NormalisedOrder {
  const detail = sealer.openJson<NormalisedOrder>(detailContext(orderId), sealed)
  const { payment, delivery, holds, totals } = detail
  // Releases before 0.9 stored the total of one mall without fees.
  if (totals) detail.totals = totalsFrom(totals.billed, detail.discounts)
  // … and these as each mall gives them: some a day, some a time, some in UTC. A part that is missing is none
  // of this function's business.
  if (payment?.paidAt) payment.paidAt = timeOf(payment.paidAt)
  if (delivery?.shipBy) delivery.shipBy = dayOf(delivery.shipBy)
  for (const hold of holds ?? []) if (hold.until) hold.until = timeOf(hold.until)
  return detail
}

/** `2026-05-19T21:04:11+09:00`; of a day its beginning. What is neither stays as it is. */
function timeOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00+09:00`
  const ms = text.endsWith('Z') ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : toJapaneseRfc3339(ms)
}

/** The day in Japan. */
function dayOf(text: string): string {
  const ms = text.length > 10 ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? text : japaneseDay(ms)
}

/** Edit by staff in place of the mall's value. `mall` and `edited` are missing for no value. */
interface Edit {
  mall?: unknown
  edited?: unknown
  /** RFC 3339 */
  at: string
  /** key:<api key id> */
  by: string
}

/** By JSON pointer. No pointer lies within another. */
export type Edits = Readonly<Record<string, Edit>>

const editsContext = (orderId: string): string => `order:${orderId}:edits`

/** @throws SealError */
export const openEdits = (
  sealer: Pick<RowSealer, 'openJson'>,
  orderId: string,
  sealed: Uint8Array | null,
): Edits => (sealed === null ? {} : sealer.openJson<Edits>(editsContext(orderId), sealed))

/** Null when nothing is edited (any more). */
export const sealEdits = (
  sealer: Pick<RowSealer, 'sealJson'>,
  orderId: string,
  edits: Edits,
): Buffer | null =>
  Object.keys(edits).length === 0 ? null : Buffer.from(sealer.sealJson(editsContext(orderId), edits))

/** The order as the mall last gave it. */
export const withoutEdits = (detail: NormalisedOrder, edits: Edits): NormalisedOrder =>
  withValues(
    detail,
    Object.entries(edits).map(([path, { mall }]) => [path, mall]),
  )

/** Edits that make `detail` of the mall's data. Existing ones keep their author and time. */
export function editsBetween(
  mall: NormalisedOrder,
  detail: NormalisedOrder,
  known: Edits,
  author: { at: string; by: string },
): Edits {
  return Object.fromEntries(
    differingPaths(mall, detail).map((path) => {
      const edited = valueAt(detail, path)
      const before = known[path]
      const same = before !== undefined && differingPaths(before.edited, edited).length === 0
      const { at, by } = same ? before : author
      return [path, { mall: valueAt(mall, path), edited, at, by }]
    }),
  )
}

export const APPLY_MODES = ['all', 'mall-wins', 'keep-edits', 'none'] as const
export type ApplyMode = (typeof APPLY_MODES)[number]

export interface Difference {
  path: string
  /** mall: changed there; here: edited here; both: on either side, or one within the other. */
  kind: 'mall' | 'here' | 'both'
  mallBefore?: unknown
  mallNow?: unknown
  here?: unknown
  /** Side whose value the order has now. */
  applied: 'mall' | 'here'
}

export interface Reconciled {
  differences: Difference[]
  detail: NormalisedOrder
  edits: Edits
}

/** Brings together what the mall gave before, what staff made of it and what the mall says now. */
export function reconcile(
  detail: NormalisedOrder,
  edits: Edits,
  now: NormalisedOrder,
  apply: ApplyMode,
): Reconciled {
  const before = withoutEdits(detail, edits)
  const atMall = differingPaths(before, now)
  const here = Object.keys(edits)
  const clashes = (path: string): boolean => atMall.some((other) => overlaps(path, other))
  const kept = apply === 'all' ? [] : apply === 'mall-wins' ? here.filter((path) => !clashes(path)) : here
  // An edit within a part that the mall changed as a whole keeps that whole part: its place in the new one is
  // not known.
  const places = [
    ...new Set(kept.map((path) => atMall.find((other) => path.startsWith(`${other}/`)) ?? path)),
  ]
  const result =
    apply === 'none'
      ? detail
      : withValues(
          now,
          places.map((path) => [path, valueAt(detail, path)]),
        )
  const all = [...new Set([...atMall, ...here])].sort()
  return {
    differences: all.map((path) => ({
      path,
      kind: !clashes(path) ? 'here' : here.some((other) => overlaps(path, other)) ? 'both' : 'mall',
      mallBefore: valueAt(before, path),
      mallNow: valueAt(now, path),
      here: valueAt(detail, path),
      applied: differingPaths(valueAt(result, path), valueAt(now, path)).length === 0 ? 'mall' : 'here',
    })),
    detail: result,
    edits: apply === 'none' ? edits : keepAuthors(editsBetween(now, result, {}, { at: '', by: '' }), edits),
  }
}

/** Keeps the authors of edits. A part that was kept whole gets the last author within it. */
function keepAuthors(edits: Edits, known: Edits): Edits {
  return Object.fromEntries(
    Object.entries(edits).map(([path, edit]) => {
      const authors = Object.entries(known)
        .filter(([other]) => overlaps(path, other))
        .map(([, { at, by }]) => ({ at, by }))
        .sort((one, other) => one.at.localeCompare(other.at))
      return [path, { ...edit, ...authors.at(-1) }]
    }),
  )
}

// Comparing and changing JSON values by JSON pointers (RFC 6901): `/recipients/0/person/phone`.

type Json = unknown

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

const valueIn = (value: Json, parts: readonly string[]): Json =>
  parts.reduce<Json>(
    (here, part) =>
      typeof here === 'object' && here !== null && Object.hasOwn(here, part)
        ? factsOf(here)[part]
        : undefined,
    value,
  )

/** Undefined where there is nothing. */
export const valueAt = (value: Json, pointer: string): Json => valueIn(value, pointerParts(pointer))

/** A copy with these values in place; undefined removes. Places without surroundings are left out. */
export function withValues<T>(value: T, values: Iterable<readonly [string, Json]>): T {
  const copy = structuredClone(value)
  for (const [pointer, wanted] of values) {
    const parts = pointerParts(pointer)
    const name = parts.pop()
    const place = valueIn(copy, parts)
    if (name === undefined || typeof place !== 'object' || place === null) continue
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
