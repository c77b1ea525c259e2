import type { Quota } from '../port/session.ts'

/** A second's calls may come at once. `key` as in Quota. */
export const quotaOf = (key: string, perSecond: number): Quota => ({
  key,
  perSecond,
  burst: Math.max(1, Math.floor(perSecond)),
})
