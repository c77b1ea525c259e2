import { Prisma } from '../../generated/prisma/client.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import { type TokenTable, takeTokenLease } from '../sql.ts'

/** The right to renew one token, from the version that was seen. */
export interface TokenLease {
  /** The shop's, or the mailbox's. */
  id: string
  holder: string
  version: number
}

export interface TokenRow {
  sealedToken: Uint8Array | null
  version: number
  credentialsVersion: number
  refused: boolean
  leaseUntil: Date | null
}

export interface TokenLeases {
  read(id: string): Promise<TokenRow | null>
  /** Null when somebody else holds it, or has renewed since `version` was read. */
  take(id: string, version: number): Promise<TokenLease | null>
  /** Stores the new token and ends the lease. False when another process took over and was faster. */
  commit(
    lease: TokenLease,
    sealedToken: Uint8Array<ArrayBuffer>,
    credentialsVersion: number,
  ): Promise<boolean>
  /** Ends the lease without a result. Does nothing when it is somebody else's by now. */
  giveUp(lease: TokenLease): Promise<void>
  /** It was not taken any more, however long it was to live. */
  refuse(id: string, version: number): Promise<void>
}

/** Longer than the one HTTP exchange of a renewal may take (30 s by default), so that only a dead holder is overtaken. */
const LEASE_MS = 60_000

export interface TokenLeaseTools {
  db: Db
  clock: Clock
  newId: NewId
  /** This process, for whoever reads the table. */
  owner: string
}

export function createTokenLeases(tools: TokenLeaseTools, place: TokenTable): TokenLeases {
  const { db, clock, newId, owner } = tools
  const table = Prisma.raw(place.table)
  const key = Prisma.raw(place.key)
  return {
    async read(id) {
      const [row] = await db.$queryRaw<TokenRow[]>`
        select sealed_token as "sealedToken", version, credentials_version as "credentialsVersion", refused,
          lease_until as "leaseUntil"
        from ${table} where ${key} = ${id}::uuid`
      return row ?? null
    },
    async take(id, version) {
      const now = dateNow(clock)
      const holder = `${owner} ${newId()}`
      const until = new Date(now.getTime() + LEASE_MS)
      const taken = await db.$executeRaw(takeTokenLease(place, { id, holder, version, now, until }))
      return taken === 1 ? { id, holder, version } : null
    },
    async commit({ id, version }, sealedToken, credentialsVersion) {
      const count = await db.$executeRaw`
        update ${table} set sealed_token = ${sealedToken}, credentials_version = ${credentialsVersion}::int,
          version = version + 1, refused = false, lease_owner = null, lease_until = null, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and version = ${version}::int`
      return count === 1
    },
    async giveUp({ id, holder }) {
      await db.$executeRaw`
        update ${table} set lease_owner = null, lease_until = null, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and lease_owner = ${holder}`
    },
    async refuse(id, version) {
      await db.$executeRaw`
        update ${table} set refused = true, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and version = ${version}::int`
    },
  }
}
