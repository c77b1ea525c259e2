/**
 * Seats for turns of shops whose server a tenant runs (connectors). Such a server answers as slowly as it
 * likes, and a turn holds one of this process's places meanwhile: without a bound a few tenants' servers keep
 * the malls' shops of all others waiting. Whoever gets no seat is woken again by the scheduler.
 */
export interface Seats {
  /** @returns what gives the seat back; null: none is free */
  take(tenantId: string): (() => void) | null
}

/** @param most of one tenant, and of all */
export function createSeats(most: { ofTenant: number; ofAll: number }): Seats {
  const taken = new Map<string, number>()
  let all = 0
  const count = (tenantId: string, by: 1 | -1): void => {
    all += by
    const own = (taken.get(tenantId) ?? 0) + by
    if (own === 0) taken.delete(tenantId)
    else taken.set(tenantId, own)
  }
  return {
    take(tenantId) {
      if (all >= most.ofAll || (taken.get(tenantId) ?? 0) >= most.ofTenant) return null
      count(tenantId, 1)
      return () => count(tenantId, -1)
    },
  }
}
