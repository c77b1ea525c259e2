/**
 * Which request of a shop goes first; smaller is sooner. The closed set lets the ticker look each one up in the index
 * (shop, state, priority, due time).
 */
export const PRIORITY = { newOrder: 0, refresh: 10, period: 20, sweep: 30 } as const

export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]

export const PRIORITIES: readonly Priority[] = Object.values(PRIORITY)
