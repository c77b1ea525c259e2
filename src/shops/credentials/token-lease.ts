import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import { takeTokenLease } from '../sql.ts'

/** The right to renew one shop's mall session, from the version that was seen. */
export interface TokenLease {
  shopId: string
  holder: string
  version: number
}

export interface TokenLeases {
  /** Null when somebody else holds it, or has renewed since `version` was read. */
  take(shopId: string, version: number): Promise<TokenLease | null>
  /** Stores the new session and ends the lease. False when another process took over and was faster. */
  commit(
    lease: TokenLease,
    sealedToken: Uint8Array<ArrayBuffer>,
    credentialsVersion: number,
  ): Promise<boolean>
  /** Ends the lease without a result. Does nothing when it is somebody else's by now. */
  giveUp(lease: TokenLease): Promise<void>
}

/** Longer than the one HTTP exchange of a renewal may take (30 s by default), so that only a dead holder is overtaken. */
const LEASE_MS = 60_000

export function createTokenLeases(tools: { db: Db; clock: Clock; newId: NewId; owner: string }): TokenLeases {
  const { db, clock, newId, owner } = tools
  return {
    async take(shopId, version) {
      const now = dateNow(clock)
      const holder = `${owner} ${newId()}`
      const until = new Date(now.getTime() + LEASE_MS)
      const taken = await db.$executeRaw(takeTokenLease({ shopId, holder, version, now, until }))
      return taken === 1 ? { shopId, holder, version } : null
    },

    async commit({ shopId, version }, sealedToken, credentialsVersion) {
      const { count } = await db.shopToken.updateMany({
        where: { shopId, version },
        data: {
          sealedToken,
          credentialsVersion,
          version: version + 1,
          refused: false,
          leaseOwner: null,
          leaseUntil: null,
          updatedAt: dateNow(clock),
        },
      })
      return count === 1
    },

    async giveUp({ shopId, holder }) {
      await db.shopToken.updateMany({
        where: { shopId, leaseOwner: holder },
        data: { leaseOwner: null, leaseUntil: null, updatedAt: dateNow(clock) },
      })
    },
  }
}
