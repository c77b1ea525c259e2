import type { Db } from '../platform/db/database.ts'

const KEPT_DAYS = 30

/** Longer than any queue keeps a message (14 days), so that none comes twice for having been forgotten. */
export const forgetNotifications =
  ({ db, clock }: { db: Db; clock: { now(): number } }) =>
  async (): Promise<void> => {
    const oldest = new Date(clock.now() - KEPT_DAYS * 24 * 60 * 60_000)
    await db.mallNotification.deleteMany({ where: { seenAt: { lt: oldest } } })
  }
