import type { ZodType } from 'zod'
import type { MarketplaceFailure } from '../port/failures.ts'
import type { ListedOrder, ListPage, ListWindow } from '../port/session.ts'
import { type AnswerFacts, type MallNames, rejected } from './failures.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Checks the window of a list call.
 * @throws MarketplaceFailure `rejected` when it is longer than `mostDays` or ends before it begins
 */
export function checkWindow({ from, to }: ListWindow, mostDays: number, mall: MallNames): void {
  const days = (to.getTime() - from.getTime()) / DAY_MS
  if (days >= 0 && days <= mostDays) return
  throw rejected(`${mall.prefix}_LIST_WINDOW`, `注文一覧の期間は${mostDays}日以内で指定してください。`)()
}

/** The last whole second of a window (ms), for malls whose bounds are inclusive and count seconds. */
export const lastSecondOf = ({ to }: ListWindow): number => Math.ceil(to.getTime() / 1000) * 1000 - 1000

/** An entry of a list that names orders and says nothing of them. */
export const bareEntry = (orderNumber: string): ListedOrder => ({
  orderNumber,
  orderedAt: null,
  mallStatus: null,
  mallState: null,
})

/** Numbers outside this make the database reject the whole page. */
const USABLE_NUMBER = /^[\x21-\x7e]{1,100}$/

/**
 * Reads a page entry by entry. Names an unreadable one by its place and still returns the others.
 * @param read returns null or throws for an unreadable entry
 * @param before count of entries on earlier pages
 */
export function readEntries<Entry>(
  entries: readonly Entry[],
  read: (entry: Entry) => ListedOrder | null,
  before = 0,
): Required<Pick<ListPage, 'orders' | 'unreadable'>> {
  const orders: ListedOrder[] = []
  const unreadable: string[] = []
  for (const [index, entry] of entries.entries()) {
    const order = orNull(() => read(entry))
    if (order && USABLE_NUMBER.test(order.orderNumber)) orders.push(order)
    else unreadable.push(`${before + index + 1}件目`)
  }
  return { orders, unreadable }
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** Omits the field when every entry is readable. */
export const unreadableOf = (names: readonly string[]): Pick<ListPage, 'unreadable'> =>
  names.length > 0 ? { unreadable: names } : {}

/** Omits the field where the list knows the whole window. `until`: milliseconds. */
export const completeUntil = (window: ListWindow, until: number): Pick<ListPage, 'completeUntil'> =>
  until < window.to.getTime() ? { completeUntil: new Date(until) } : {}

/** Position of the next page, as a text that outlives the session that began the walk. */
export const walkPlaces = <Place>(schema: ZodType<Place>, mall: MallNames) => ({
  encode: (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url'),
  /** @throws MarketplaceFailure `rejected` for a text that `encode` did not make */
  decode(page: string): Place {
    try {
      return schema.parse(JSON.parse(Buffer.from(page, 'base64url').toString('utf8')))
    } catch (cause) {
      throw pageLost(mall, { cause })
    }
  },
})

/** Failure for a page position that cannot be used any more. */
export const pageLost = ({ prefix }: MallNames, facts: AnswerFacts): MarketplaceFailure =>
  rejected(`${prefix}_LIST_PAGE`, '注文一覧の続きの位置が使えません。最初から取得し直してください。')(facts)
