export const SIMPLE_ACTIONS = [
  'confirm',
  'mark_paid',
  'complete',
  'hold',
  'release',
  'memo',
  'cancel',
] as const
/** Changes at the mall that need a word at most. */
export type SimpleAction = (typeof SIMPLE_ACTIONS)[number]

/** What can be done with the orders that are ticked, or with those that wait. */
export type Bulk = 'pull' | 'move' | 'ship' | 'reimport' | SimpleAction
