import type { Picked } from './bulk/bulk.ts'

/** The ticked orders on their way from the list to a screen of their own. A reload begins without: nothing is done to a guess. */
let orders: readonly Picked[] = []

export const choose = (next: readonly Picked[]): void => {
  orders = next
}
export const chosen = (): readonly Picked[] => orders
