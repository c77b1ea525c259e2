import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { RowSealer } from '../../platform/crypto/sealer.ts'
import { differingPaths, overlaps, valueAt, withValues } from './differences.ts'

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
    edits: apply === 'none' ? edits : keepAuthors(editsOf(now, result), edits),
  }
}

const editsOf = (mall: NormalisedOrder, detail: NormalisedOrder): Edits =>
  editsBetween(mall, detail, {}, { at: '', by: '' })

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
