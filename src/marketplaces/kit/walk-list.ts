import type { ZodType } from 'zod'
import { MarketplaceFailure } from '../port/failures.ts'
import type { ListedOrder, ListPage, ListWindow } from '../port/session.ts'
import type { MallNames } from './http-failures.ts'

/** What walking a mall's order list needs at every mall: a window that it takes, and a place to go on from. */

const DAY_MS = 24 * 60 * 60 * 1000

/** Raises `rejected` for a window that is longer than that, or ends before it begins. */
export function checkWindow({ from, to }: ListWindow, mostDays: number, mall: MallNames): void {
  const days = (to.getTime() - from.getTime()) / DAY_MS
  if (days >= 0 && days <= mostDays) return
  throw new MarketplaceFailure({
    kind: 'rejected',
    code: `${mall.prefix}_LIST_WINDOW`,
    message: `注文一覧の期間は${mostDays}日以内で指定してください。`,
  })
}

/** Anything else would be refused by the database, with the whole page. */
const USABLE_NUMBER = /^[\x21-\x7e]{1,100}$/

/**
 * Reads a page entry by entry: one that cannot be read is named by its place and does not keep the others from being known.
 * @param read null, or an error, for an entry that cannot be read
 * @param before how many entries the pages before this one had
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

/** Only where there are any: a page without them says nothing of it. */
export const unreadableOf = (names: readonly string[]): Pick<ListPage, 'unreadable'> =>
  names.length > 0 ? { unreadable: names } : {}

interface WalkPlaces<Place> {
  /** The text that stands for the next page. It outlives the session that began the walk. */
  encode(place: Place): string
  /** Raises `rejected` for a text that is none of ours. */
  decode(page: string): Place
}

export const walkPlaces = <Place>(schema: ZodType<Place>, mall: MallNames): WalkPlaces<Place> => ({
  encode: (place) => Buffer.from(JSON.stringify(place)).toString('base64url'),
  decode(page) {
    try {
      return schema.parse(JSON.parse(Buffer.from(page, 'base64url').toString('utf8')))
    } catch (cause) {
      throw pageLost(mall, { cause })
    }
  },
})

/** Where a walk stood is not to be had any more. */
export const pageLost = (
  mall: MallNames,
  facts: Partial<ConstructorParameters<typeof MarketplaceFailure>[0]> = {},
): MarketplaceFailure =>
  new MarketplaceFailure({
    ...facts,
    kind: 'rejected',
    code: `${mall.prefix}_LIST_PAGE`,
    message: '注文一覧の続きの位置が使えません。最初から取得し直してください。',
  })
