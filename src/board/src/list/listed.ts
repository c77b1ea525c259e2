/** The list that an order was opened from: ids, address and the order itself. A reload begins without. */
interface Listed {
  ids: readonly string[]
  search: string
  opened: string | null
}

let listed: Listed = { ids: [], search: '', opened: null }

export const keepListed = (ids: readonly string[], search: string): void => {
  listed = { ...listed, ids, search }
}
export const keepOpened = (id: string): void => {
  listed = { ...listed, opened: id }
}
/** @returns the order from which somebody comes back to the list at this address */
export const openedFrom = (search: string): string | null => (listed.search === search ? listed.opened : null)

/**
 * @returns the orders beside this one in the list; null at its ends, and both when it was not opened from one
 */
export function beside(id: string): { before: string | null; after: string | null; list: string | null } {
  const at = listed.ids.indexOf(id)
  if (at < 0) return { before: null, after: null, list: null }
  return {
    before: listed.ids[at - 1] ?? null,
    after: listed.ids[at + 1] ?? null,
    list: `/orders?${listed.search}`,
  }
}
