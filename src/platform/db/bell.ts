/** SQLSTATE of a trigger after a database event (prisma/migrations: events_without_notify). */
export const TOLD = 'TK001'

/**
 * Longest time from a commit to its ring: a mail and its order, some milliseconds later, are one. A missed
 * ring is found a second later.
 */
const RING_AFTER_MS = 15

/**
 * Rings once for whatever is committed within that time. A NOTIFY in the transaction itself would make all
 * commits of the server wait for each other; one straight after it would take the processor from the next
 * step of the same mail.
 */
export function createBell(ring: () => Promise<unknown>, afterMs = RING_AFTER_MS): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      ring().catch(() => undefined)
    }, afterMs).unref()
  }
}
