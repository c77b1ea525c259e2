import type { Picked } from './bulk/bulk.ts'

/** The ticked orders on their way from the list to another screen. A reload begins without. */
let orders: readonly Picked[] = []

export const choose = (next: readonly Picked[]): void => {
  orders = next
}
export const chosen = (): readonly Picked[] => orders
