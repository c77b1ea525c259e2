import { isDeepStrictEqual } from 'node:util'
import type { ShopToken } from '../../generated/prisma/client.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { TokenStore } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { SealError, type Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import { createTokenLeases, type TokenLease } from './token-lease.ts'

export interface TokenStoreTools {
  db: Db
  sealer: Sealer
  clock: Clock
  newId: NewId
  /** This process, for whoever reads the table. */
  owner: string
}

export interface TokenStores {
  /** The store of one shop, for the credentials that the caller works with. */
  forShop(shopId: string, credentialsVersion: number): TokenStore<unknown>
}

/** A renewal takes a second. Beyond this the caller leaves its worker to other shops. */
const RENEWAL_WAIT_MS = 10_000
const POLL_MS = 100

/**
 * Mall sessions in `shop_tokens`, sealed. One caller in all processes renews, holding the row's lease; the others wait for
 * what it commits. A lease whose holder died is taken over once it has run out.
 *
 * A process that dies between the mall's answer and the commit loses that answer: the next caller renews from the old
 * session. That is safe because no mall here replaces the refresh token when it is used; with one that does, the shop
 * would need its consent again.
 *
 * `get` raises what `renew` raised, and MarketplaceFailure `throttled` when another process did not finish in time or when
 * the shop has newer credentials than the caller.
 */
export function createTokenStores(tools: TokenStoreTools): TokenStores {
  const { db, clock } = tools
  const leases = createTokenLeases(tools)
  /** Renewals of this process: its other callers wait for the same promise, and share a failure instead of repeating it. */
  const renewing = new Map<string, Promise<unknown>>()

  const read = (shopId: string) => db.shopToken.findUnique({ where: { shopId } })

  function open(row: ShopToken | null, credentialsVersion: number): unknown {
    if (row?.sealedToken == null || row.credentialsVersion !== credentialsVersion) return null
    try {
      return tools.sealer.openJson(`shop:${row.shopId}:token`, row.sealedToken)
    } catch (error) {
      // Sealed with a key that is gone: the shop's credentials make a new one.
      if (error instanceof SealError) return null
      throw error
    }
  }

  async function obtain(shopId: string, credentialsVersion: number, get: Get): Promise<unknown> {
    const until = clock.now() + RENEWAL_WAIT_MS
    for (;;) {
      const row = await read(shopId)
      if (row !== null && row.credentialsVersion > credentialsVersion) throw outdated(dateNow(clock))
      const stored = open(row, credentialsVersion)
      if (stored !== null && row?.refused === false && get.isFresh(stored)) return stored
      const lease = await leases.take(shopId, row?.version ?? 0)
      if (lease !== null) {
        const renewed = await renew(lease, credentialsVersion, () => get.renew(stored))
        if (renewed.committed) return renewed.token
      } else if (clock.now() >= until) {
        throw tookTooLong(row?.leaseUntil ?? dateNow(clock))
      } else {
        await clock.sleep(POLL_MS)
      }
    }
  }

  async function renew(lease: TokenLease, credentialsVersion: number, call: () => Promise<unknown>) {
    try {
      const token = await call()
      const sealedToken = tools.sealer.sealJson(`shop:${lease.shopId}:token`, token)
      return { token, committed: await leases.commit(lease, sealedToken, credentialsVersion) }
    } catch (error) {
      await leases.giveUp(lease)
      throw error
    }
  }

  function shared(shopId: string, credentialsVersion: number, get: Get): Promise<unknown> {
    const key = `${shopId} ${credentialsVersion}`
    const running = renewing.get(key)
    if (running !== undefined)
      return running.catch((error: unknown) => {
        if (error instanceof MarketplaceFailure) throw error
        // The other caller was aborted, or met a fault of its own.
        return shared(shopId, credentialsVersion, get)
      })
    const started = obtain(shopId, credentialsVersion, get).finally(() => {
      if (renewing.get(key) === started) renewing.delete(key)
    })
    renewing.set(key, started)
    return started
  }

  return {
    forShop: (shopId, credentialsVersion) => ({
      get: (isFresh, renew) => shared(shopId, credentialsVersion, { isFresh, renew }),
      async invalidate(token) {
        const row = await read(shopId)
        const stored = open(row, credentialsVersion)
        if (row === null || !isDeepStrictEqual(stored, JSON.parse(JSON.stringify(token)))) return
        await db.shopToken.updateMany({
          where: { shopId, version: row.version },
          data: { refused: true, updatedAt: dateNow(clock) },
        })
        // Whoever is under way may have read the session before it was refused; the next caller must not get it again.
        // A renewal that is under way still holds the lease, so this makes no second one.
        renewing.delete(`${shopId} ${credentialsVersion}`)
      },
    }),
  }
}

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
    message: 'モールの認証を別の処理が更新中です。自動でやり直しますので、操作は不要です。',
    until,
  })

const outdated = (until: Date) =>
  new MarketplaceFailure({
    kind: 'throttled',
    code: CREDENTIALS_CHANGED,
    message: 'モールの認証情報が変更されました。新しい認証情報で自動的にやり直しますので、操作は不要です。',
    until,
  })
