import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { heldClock, makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'

interface Token {
  value: string
}

let one: TestDatabase
let two: Database
let shopId: string
let shop: { id: string; tenantId: string }

beforeAll(async () => {
  one = await freshDatabase()
  two = await openDatabase({ url: one.url, log: { warn: () => undefined }, maxConnections: 5 })
})
afterAll(async () => {
  await two.close()
  await one.close()
})
beforeEach(async () => {
  const tenantId = (await makeTenant(one.db)).id
  shopId = (await makeShop(one.db, { tenantId, marketplace: 'yahoo' })).id
  shop = { id: shopId, tenantId }
})

const storesOf = (db: Database['db'], owner: string, clock = systemClock) =>
  createTokenStores({ db, sealer: testSealer, clock, newId, owner })

const always = () => true
const never = () => false
const unused = () => Promise.reject(new Error('renewed although it was not needed'))

/** A renewal that a test lets end. */
function heldRenewal() {
  const { promise, resolve, reject } = Promise.withResolvers<Token>()
  const begun = Promise.withResolvers<void>()
  const seen: unknown[] = []
  const renew = (old: unknown) => {
    seen.push(old)
    begun.resolve()
    return promise
  }
  return { renew, begun: begun.promise, seen, end: resolve, fail: reject }
}

describe('one renewal', () => {
  test('among ten callers of two processes, the first token included', async () => {
    const renewal = heldRenewal()
    const callers = Array.from({ length: 10 }, (_, i) =>
      storesOf(i % 2 === 0 ? one.db : two.db, `process ${i}`)
        .forShop(shop, 1)
        .get(always, renewal.renew),
    )
    await renewal.begun
    renewal.end({ value: 'first' })
    expect(await Promise.all(callers)).toEqual(callers.map(() => ({ value: 'first' })))
    expect(renewal.seen).toEqual([null])
  })

  test('callers of one process share a failure instead of asking the mall again', async () => {
    const renewal = heldRenewal()
    const store = storesOf(one.db, 'a').forShop(shop, 1)
    const callers = [store.get(never, renewal.renew), store.get(never, renewal.renew)]
    await renewal.begun
    renewal.fail(new MarketplaceFailure({ kind: 'unauthorised', code: 'X', message: '再認証が必要です。' }))
    expect((await Promise.allSettled(callers)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(renewal.seen).toHaveLength(1)
  })

  test('whoever was refused never gets the refused session from a caller that had read it before', async () => {
    const plain = storesOf(one.db, 'a').forShop(shop, 1)
    const old = await plain.get(always, async () => ({ value: 'old' }))
    const readOld = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    let first = true
    const slow = one.db.$extends({
      query: {
        async $queryRaw({ args, query }) {
          const rows = await query(args)
          if (!first) return rows
          first = false
          readOld.resolve()
          await goOn.promise
          return rows
        },
      },
    })
    const store = storesOf(slow as unknown as Database['db'], 'a').forShop(shop, 1)
    const early = store.get(always, unused)
    await readOld.promise
    await store.invalidate(old)
    const refused = store.get(always, async () => ({ value: 'new' }))
    goOn.resolve()
    expect(await early).toEqual({ value: 'old' })
    expect(await refused).toEqual({ value: 'new' })
  })

  test('when the one that renewed was aborted, the other goes on', async () => {
    const renewal = heldRenewal()
    const store = storesOf(one.db, 'a').forShop(shop, 1)
    const aborted = store.get(always, renewal.renew)
    await renewal.begun
    const other = store.get(always, async () => ({ value: 'mine' }))
    renewal.fail(new DOMException('stopped', 'AbortError'))
    await expect(aborted).rejects.toThrow('stopped')
    expect(await other).toEqual({ value: 'mine' })
  })
})

describe('a stored token', () => {
  const keep = (value: string, version = 1) =>
    storesOf(one.db, 'a')
      .forShop(shop, version)
      .get(never, async () => ({ value }))

  test('is used by every process while it is fresh, and is sealed', async () => {
    await keep('kept')
    expect(await storesOf(two.db, 'b').forShop(shop, 1).get(always, unused)).toEqual({ value: 'kept' })
    const row = await one.db.shopToken.findUniqueOrThrow({ where: { shopId } })
    expect(Buffer.from(row.sealedToken ?? []).includes('kept')).toBe(false)
    expect(row).toMatchObject({ version: 1, leaseOwner: null, leaseUntil: null })
  })

  test('is renewed from the old one when it is no longer fresh', async () => {
    await keep('old')
    const seen: unknown[] = []
    await storesOf(two.db, 'b')
      .forShop(shop, 1)
      .get(never, async (old) => {
        seen.push(old)
        return { value: 'new' }
      })
    expect(seen).toEqual([{ value: 'old' }])
    expect(await storesOf(one.db, 'a').forShop(shop, 1).get(always, unused)).toEqual({ value: 'new' })
  })

  test('is of no use to newer credentials, and older credentials are told so', async () => {
    await keep('of version 1')
    const seen: unknown[] = []
    await storesOf(one.db, 'a')
      .forShop(shop, 2)
      .get(always, async (old) => {
        seen.push(old)
        return { value: 'of version 2' }
      })
    expect(seen).toEqual([null])
    await expect(storesOf(two.db, 'b').forShop(shop, 1).get(always, unused)).rejects.toMatchObject({
      code: 'CREDENTIALS_CHANGED',
    })
  })

  test('that the mall refused is renewed once, unless somebody did already', async () => {
    const refused = (await keep('refused')) as Token
    const store = storesOf(one.db, 'a').forShop(shop, 1)
    await store.invalidate(refused)
    expect(await store.get(always, async () => ({ value: 'new' }))).toEqual({ value: 'new' })
    await storesOf(two.db, 'b').forShop(shop, 1).invalidate(refused)
    expect(await store.get(always, unused)).toEqual({ value: 'new' })
  })

  test('that no key opens is replaced', async () => {
    await keep('x')
    await one.db.shopToken.update({
      where: { shopId },
      data: { sealedToken: testSealer.of(shop.tenantId).seal('elsewhere', '{}') },
    })
    expect(
      await storesOf(one.db, 'a')
        .forShop(shop, 1)
        .get(always, async () => ({ value: 'new' })),
    ).toEqual({
      value: 'new',
    })
  })
})

describe('a lease', () => {
  test('is free again at once when the renewal fails', async () => {
    const failing = storesOf(one.db, 'a')
      .forShop(shop, 1)
      .get(always, () => Promise.reject(new Error('mall is down')))
    await expect(failing).rejects.toThrow('mall is down')
    expect(
      await storesOf(two.db, 'b')
        .forShop(shop, 1)
        .get(always, async () => ({ value: 'b' })),
    ).toEqual({ value: 'b' })
  })

  test('of a process that died is waited for briefly, then left, and taken over when it has run out', async () => {
    const clock = heldClock()
    const dead = heldRenewal()
    const died = storesOf(one.db, 'dead', clock).forShop(shop, 1).get(always, dead.renew)
    await dead.begun
    const store = storesOf(two.db, 'b', clock).forShop(shop, 1)

    const waiting = store.get(always, unused).catch((error: unknown) => error)
    await clock.untilSleeping()
    clock.advance(10_000)
    const failure = (await waiting) as MarketplaceFailure
    expect(failure).toMatchObject({ kind: 'throttled', code: 'TOKEN_RENEWAL_BUSY' })
    expect(failure.until?.getTime()).toBe(clock.now() - 10_000 + 60_000)

    clock.set(failure.until?.getTime() ?? 0)
    expect(await store.get(always, async () => ({ value: 'b' }))).toEqual({ value: 'b' })
    dead.end({ value: 'too late' })
    expect(await died).toEqual({ value: 'b' })
    expect(await store.get(always, unused)).toEqual({ value: 'b' })
  })

  test('that was overtaken gives its caller what the faster one stored', async () => {
    const clock = heldClock()
    const slow = heldRenewal()
    const late = storesOf(one.db, 'slow', clock).forShop(shop, 1).get(always, slow.renew)
    await slow.begun
    clock.advance(60_001)
    await storesOf(two.db, 'fast', clock)
      .forShop(shop, 1)
      .get(always, async () => ({ value: 'fast' }))
    slow.end({ value: 'slow' })
    expect(await late).toEqual({ value: 'fast' })
    expect(slow.seen).toHaveLength(1)
  })
})
