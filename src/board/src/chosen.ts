import type { Picked } from './bulk/bulk.ts'

/** The ticked orders on their way from the list to another screen. A reload begins without. */
let orders: readonly Picked[] = []
let list: string | null = null

/** @param from address of the list: back there, they are ticked again */
export const choose = (next: readonly Picked[], from: string | null = null): void => {
  orders = next
  list = from
}
export const chosen = (): readonly Picked[] => orders

/** What was ticked in this list when it was left for another screen; once. */
export function takeTicked(search: string): readonly Picked[] {
  if (list !== search) return []
  list = null
  return orders
}
