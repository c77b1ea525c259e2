export const SIMPLE_ACTIONS = [
  'confirm',
  'mark_paid',
  'complete',
  'hold',
  'release',
  'memo',
  'sub_status',
  'cancel',
] as const
/** Changes at the mall that say the same of each order. */
export type SimpleAction = (typeof SIMPLE_ACTIONS)[number]

/** Changes at the mall that are entered for one order, beside what it has. */
export const ORDER_ACTIONS = ['correct_shipment', 'change_content'] as const
export type OrderAction = (typeof ORDER_ACTIONS)[number]

/** Actions for ticked orders, or for those that wait. */
export type Bulk = 'pull' | 'move' | 'ship' | 'reimport' | SimpleAction | OrderAction
