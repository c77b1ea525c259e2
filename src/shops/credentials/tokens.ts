import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../../generated/prisma/client.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { TokenStore } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { ifOpens, type Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import { claimTokenLease, type TokenTable } from '../statements.ts'

export interface TokenStoreTools extends TokenLeaseTools {
  sealer: Pick<Sealer, 'of'>
}

/** Differences between the tokens of shops and of mailboxes. */
export interface TokenPlace extends TokenTable {
  sealContext(id: string): string
  /** Said to all who wait for the same renewal, instead of being repeated by each. */
  isShared(error: unknown): boolean
  busy(until: Date): Error
  outdated(at: Date): Error
}

export interface TokenStores {
  /** The store of one shop, for the credentials that the caller works with. */
  forShop(shop: TokenOwner, credentialsVersion: number): TokenStore<unknown>
}

/** A shop or mailbox, and whose it is. */
interface TokenOwner {
  id: string
  tenantId: string
}

export type TokenStoreFor = (owner: TokenOwner, credentialsVersion: number) => TokenStore<unknown>

/** A renewal takes a second. Beyond this the caller leaves its worker to other shops. */
const RENEWAL_WAIT_MS = 10_000
const POLL_MS = 100

/**
 * Tokens in the table of a place, sealed. One caller in all processes renews, holding the row's lease; the
 * others wait for what it commits. A lease whose holder died is taken over once it has run out.
 *
 * A process that dies between the mall's answer and the commit loses that answer: the next caller renews from
 * the old session. That is safe because no mall here replaces the refresh token when it is used, and
 * Microsoft and Google take the replaced one for as long; with a provider that does not, the consent would be
 * needed again.
 *
 * `get` raises what `renew` raised, `busy` when another process did not finish in time, and `outdated` when
 * there are newer credentials than the caller's.
 */
export function createTokenStoresAt(tools: TokenStoreTools, place: TokenPlace): TokenStoreFor {
  const { clock } = tools
  const leases = createTokenLeases(tools, place)
  /** Renewals of this process: other callers wait for the same promise and share its failure. */
  const renewing = new Map<string, Promise<unknown>>()

  function open({ id, tenantId }: TokenOwner, row: TokenRow | null, credentialsVersion: number): unknown {
    if (row?.sealedToken == null || row.credentialsVersion !== credentialsVersion) return null
    const { sealedToken } = row
    // Sealed with a key that is gone: the credentials make a new one.
    return ifOpens(() => tools.sealer.of(tenantId).openJson(place.sealContext(id), sealedToken))
  }

  async function obtain(owner: TokenOwner, credentialsVersion: number, get: Get): Promise<unknown> {
    const { id } = owner
    const until = clock.now() + RENEWAL_WAIT_MS
    for (;;) {
      const row = await leases.read(id)
      if (row !== null && row.credentialsVersion > credentialsVersion) throw place.outdated(dateNow(clock))
      const stored = open(owner, row, credentialsVersion)
      if (stored !== null && row?.refused === false && get.isFresh(stored)) return stored
      const lease = await leases.take(id, row?.version ?? 0)
      if (lease !== null) {
        const renewed = await renew(owner, lease, credentialsVersion, () => get.renew(stored))
        if (renewed.committed) return renewed.token
      } else if (clock.now() >= until) {
        throw place.busy(row?.leaseUntil ?? dateNow(clock))
      } else {
        await clock.sleep(POLL_MS)
      }
    }
  }

  async function renew(
    { tenantId }: TokenOwner,
    lease: TokenLease,
    credentialsVersion: number,
    call: () => Promise<unknown>,
  ) {
    try {
      const token = await call()
      const sealedToken = tools.sealer.of(tenantId).sealJson(place.sealContext(lease.id), token)
      return { token, committed: await leases.commit(lease, sealedToken, credentialsVersion) }
    } catch (error) {
      await leases.giveUp(lease)
      throw error
    }
  }

  function shared(owner: TokenOwner, credentialsVersion: number, get: Get): Promise<unknown> {
    const key = `${owner.id} ${credentialsVersion}`
    const running = renewing.get(key)
    if (running !== undefined)
      return running.catch((error: unknown) => {
        if (place.isShared(error)) throw error
        // The other caller was aborted, or met a fault of its own.
        return shared(owner, credentialsVersion, get)
      })
    const started = obtain(owner, credentialsVersion, get).finally(() => {
      if (renewing.get(key) === started) renewing.delete(key)
    })
    renewing.set(key, started)
    return started
  }

  return (owner, credentialsVersion) => ({
    get: (isFresh, renew) => shared(owner, credentialsVersion, { isFresh, renew }),
    async invalidate(token) {
      const { id } = owner
      const row = await leases.read(id)
      const stored = open(owner, row, credentialsVersion)
      if (row === null || !isDeepStrictEqual(stored, JSON.parse(JSON.stringify(token)))) return
      await leases.refuse(id, row.version)
      // Stops sharing a running renewal, which may have read the session before its refusal. It still holds
      // the lease, so no second renewal starts.
      renewing.delete(`${id} ${credentialsVersion}`)
    },
  })
}

/** Mall sessions in `shop_tokens`; both failures are `throttled`, since the mall said nothing. */
export const createTokenStores = (tools: TokenStoreTools): TokenStores => ({
  forShop: createTokenStoresAt(tools, {
    table: 'shop_tokens',
    key: 'shop_id',
    sealContext: (id) => `shop:${id}:token`,
    isShared: (error) => error instanceof MarketplaceFailure,
    busy: tookTooLong,
    outdated,
  }),
})

interface Get {
  isFresh(token: unknown): boolean
  renew(old: unknown): Promise<unknown>
}

/** Another process is renewing the session; the mall said nothing. */
export const TOKEN_RENEWAL_BUSY = 'TOKEN_RENEWAL_BUSY'
/** The shop has newer credentials than the caller. */
export const CREDENTIALS_CHANGED = 'CREDENTIALS_CHANGED'

const tookTooLong = (until: Date) =>
  new MarketplaceFailure({
    kind: 'throttled',
    code: TOKEN_RENEWAL_BUSY,
    message: 'モールの認証を別の処理が更新中です。自動で再実行しますので、操作は不要です。',
    until,
  })

const outdated = (until: Date) =>
  new MarketplaceFailure({
    kind: 'throttled',
    code: CREDENTIALS_CHANGED,
    message: 'モールの認証情報が変更されました。新しい認証情報で自動的に再実行しますので、操作は不要です。',
    until,
  })

/** The right to renew one token, from the version that was seen. */
interface TokenLease {
  /** The shop's, or the mailbox's. */
  id: string
  holder: string
  version: number
}

interface TokenRow {
  sealedToken: Uint8Array | null
  version: number
  credentialsVersion: number
  refused: boolean
  leaseUntil: Date | null
}

/** Longer than a renewal's one HTTP exchange (30 s by default): only a dead holder is overtaken. */
const LEASE_MS = 60_000

interface TokenLeaseTools {
  db: Db
  clock: Clock
  newId: NewId
  /** This process, for whoever reads the table. */
  owner: string
}

function createTokenLeases(tools: TokenLeaseTools, place: TokenTable) {
  const { db, clock, newId, owner } = tools
  const table = Prisma.raw(place.table)
  const key = Prisma.raw(place.key)
  return {
    async read(id: string): Promise<TokenRow | null> {
      const [row] = await db.$queryRaw<TokenRow[]>`
        select sealed_token as "sealedToken", version, credentials_version as "credentialsVersion", refused,
          lease_until as "leaseUntil"
        from ${table} where ${key} = ${id}::uuid`
      return row ?? null
    },
    /** Null when somebody else holds it, or has renewed since `version` was read. */
    async take(id: string, version: number): Promise<TokenLease | null> {
      const now = dateNow(clock)
      const holder = `${owner} ${newId()}`
      const until = new Date(now.getTime() + LEASE_MS)
      const taken = await db.$executeRaw(claimTokenLease(place, { id, holder, version, now, until }))
      return taken === 1 ? { id, holder, version } : null
    },
    /** Stores the new token and ends the lease. False when another process took over and was faster. */
    async commit(
      { id, version }: TokenLease,
      sealedToken: Uint8Array<ArrayBuffer>,
      credentialsVersion: number,
    ): Promise<boolean> {
      const count = await db.$executeRaw`
        update ${table} set sealed_token = ${sealedToken}, credentials_version = ${credentialsVersion}::int,
          version = version + 1, refused = false, lease_owner = null, lease_until = null, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and version = ${version}::int`
      return count === 1
    },
    /** Ends the lease without a result. Does nothing when it is somebody else's by now. */
    async giveUp({ id, holder }: TokenLease): Promise<void> {
      await db.$executeRaw`
        update ${table} set lease_owner = null, lease_until = null, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and lease_owner = ${holder}`
    },
    /** It was not taken any more, however long it was to live. */
    async refuse(id: string, version: number): Promise<void> {
      await db.$executeRaw`
        update ${table} set refused = true, updated_at = ${dateNow(clock)}::timestamptz
        where ${key} = ${id}::uuid and version = ${version}::int`
    },
  }
}
