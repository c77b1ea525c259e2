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

/** Actions for ticked orders, or for those that wait. */
export type Bulk = 'pull' | 'move' | 'ship' | 'reimport' | SimpleAction
