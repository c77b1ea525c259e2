import { useLocation, useSearch } from 'wouter'
import { number } from '../parts/format.ts'
import { useRoomy } from '../parts/now.ts'

/** The list that an order was opened from: ids, address and the order itself. A reload begins without. */
interface Listed {
  ids: readonly string[]
  search: string
  name: string
  /** How many it has, those that are not loaded too, in words. */
  total: string
  opened: string | null
  /** Where the opened order stands, or stood until it left the list. */
  place: number
}

let listed: Listed = { ids: [], search: '', name: '', total: '', opened: null, place: 0 }

const placeIn = (ids: readonly string[], id: string | null, otherwise: number): number =>
  id !== null && ids.includes(id) ? ids.indexOf(id) : otherwise

export const keepListed = (list: Pick<Listed, 'ids' | 'search' | 'name' | 'total'>): void => {
  const { ids, search } = list
  const opened = search === listed.search ? listed.opened : null
  listed = { ...list, opened, place: placeIn(ids, opened, listed.place) }
}
/** Keeps which order of the list is open; one that is not in it was opened from elsewhere. */
export const keepOpened = (id: string): void => {
  if (listed.ids.includes(id)) listed = { ...listed, opened: id, place: listed.ids.indexOf(id) }
}
/** @returns the order from which somebody comes back to the list at this address */
export const openedFrom = (search: string): string | null => (listed.search === search ? listed.opened : null)

/**
 * @returns the orders beside this one in the list; null at its ends, and both when it was not opened from one
 */
export function beside(id: string): {
  before: string | null
  after: string | null
  list: string | null
  name: string
  /** Its place in the list, as 5/20; empty where it is in none. */
  place: string
} {
  const { ids, search, name, total, opened, place } = listed
  const at = ids.indexOf(id)
  if (at < 0 && opened !== id) return { before: null, after: null, list: null, name: '', place: '' }
  // Where the order left the list, the one that took its place is the next.
  const [before, after] = at < 0 ? [place - 1, place] : [at - 1, at + 1]
  return {
    before: ids[before] ?? null,
    after: ids[after] ?? null,
    list: `/orders?${search}`,
    name,
    place: at < 0 ? '' : `${number(at + 1)}/${total}`,
  }
}

/**
 * The conditions of the list on the screen: the address's, or, beside an order on a large screen, those of
 * the list that the order was opened from. Null where no list is shown.
 */
export function useListSearch(): string | null {
  const [location] = useLocation()
  const search = useSearch()
  const roomy = useRoomy()
  if (location === '/orders') return search
  const id = /^\/orders\/([^/]+)$/.exec(location)?.[1]
  if (id === undefined || !roomy || beside(id).list === null) return null
  return listed.search
}
