/** SQLSTATE of a trigger after a database event (prisma/migrations: events_without_notify). */
export const TOLD = 'TK001'

/** Shortest time between rings: one wakes for all events so far; a missed one is found a second later. */
const REST_MS = 15

/**
 * Rings once for whatever was committed since it rang last; a single commit is rung for at once. A NOTIFY in the transaction itself would
 * make all commits of the server wait for each other.
 */
export function createBell(ring: () => Promise<unknown>, restMs = REST_MS): () => void {
  let wanted = false
  let resting = false

  async function run(): Promise<void> {
    resting = true
    wanted = false
    await ring().catch(() => undefined)
    setTimeout(() => {
      resting = false
      if (wanted) void run()
    }, restMs).unref()
  }

  return () => {
    wanted = true
    if (!resting) void run()
  }
}
