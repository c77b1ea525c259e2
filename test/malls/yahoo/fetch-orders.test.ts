import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fetchOne, found, NEVER, SHOP, type YahooKit, yahooKit } from './test-kit.ts'

const MINUTE_MS = 60_000
const OTHER = 'tsukiyo-books'

let kit: YahooKit
beforeAll(async () => {
  kit = await yahooKit({
    shops: [
      { code: SHOP, name: '星空道具店' },
      { code: OTHER, name: '月夜書房' },
    ],
  })
})
afterAll(() => kit.close())
beforeEach(() => {
  kit.mall.faults.clear()
  for (const shop of [SHOP, OTHER]) kit.mall.consents.consent([shop])
  kit.mall.change({ refusedFields: [], keyVersion: '1', keyExpired: false, allowedIps: null })
})

const place = (overrides: Record<string, unknown> = {}) =>
  kit.mall.place({ shopCode: SHOP, overrides }).orderNumber

describe('the ten minutes of the buyer', () => {
  it('stage the order marked, to be read again a little after them', async () => {
    const before = kit.mall.clock.now()
    const number = place()
    const { order, rereadAt } = await found(kit.open().session, number)
    expect(order.holds.map((hold) => hold.kind)).toContain('buyer_cancel_window')
    const orderedAt = Date.parse(order.orderedAt)
    expect(Date.parse(order.holds[0]?.until ?? '')).toBe(orderedAt + 10 * MINUTE_MS)
    expect(rereadAt?.getTime()).toBeGreaterThan(orderedAt + 10 * MINUTE_MS)
    expect(rereadAt?.getTime()).toBeLessThan(before + 12 * MINUTE_MS)
  })

  it('are seen to be over, and what was cancelled in them too', async () => {
    const [kept, cancelled] = [place(), place()]
    kit.mall.cancel(cancelled)
    kit.mall.clock.advance(11 * MINUTE_MS)
    const { session } = kit.open()
    const first = await found(session, kept)
    expect(first.order.holds.map((hold) => hold.kind)).not.toContain('buyer_cancel_window')
    expect(first.rereadAt).toBeUndefined()
    const second = await found(session, cancelled)
    expect(second.order).toMatchObject({
      mallState: 'cancelled',
      holds: [],
      cancelReason: { code: '300', text: '購入者によるキャンセル' },
    })
  })

  it('are asked for again in a minute when Yahoo! takes longer than it says', async () => {
    const number = place({ IsReadOnly: '1' })
    kit.mall.clock.advance(30 * MINUTE_MS)
    const { rereadAt } = await found(kit.open().session, number)
    expect(rereadAt?.getTime()).toBeGreaterThan(kit.mall.clock.now() + 50_000)
    expect(rereadAt?.getTime()).toBeLessThanOrEqual(kit.mall.clock.now() + 60_000)
  })

  it('do not bring a cancelled order back', async () => {
    const number = place()
    kit.mall.cancel(number)
    expect((await found(kit.open().session, number)).rereadAt).toBeUndefined()
  })
})

describe('an order under review', () => {
  it('is looked at each hour until it is released', async () => {
    const number = place({ FraudHoldStatus: '1', IsReadOnly: '0' })
    const { session } = kit.open()
    const held = await found(session, number)
    expect(held.order.holds.map((hold) => hold.kind)).toContain('fraud_check')
    expect(Math.round(((held.rereadAt?.getTime() ?? 0) - kit.mall.clock.now()) / MINUTE_MS)).toBe(60)
    kit.mall.store.release(number)
    const released = await found(session, number)
    expect(released.rereadAt).toBeUndefined()
    expect(released.order.holds.map((hold) => hold.kind)).not.toContain('fraud_check')
  })
})

describe('fields that Yahoo! will not give', () => {
  it('are left out, told once, and not asked for again', async () => {
    kit.mall.change({ refusedFields: ['IsVip', 'CardHolderName'] })
    const { session, tools } = kit.open()
    const number = place()
    const before = kit.mall.calls().orderInfo ?? 0
    await found(session, number)
    await found(session, place())
    expect((kit.mall.calls().orderInfo ?? 0) - before).toBe(4)
    expect(tools.notices.map((notice) => notice.code)).toEqual(['YAHOO_FIELD_REFUSED', 'YAHOO_FIELD_REFUSED'])
    expect(tools.notices.map((notice) => notice.message).join()).toMatch(
      /IsVip.*CardHolderName|CardHolderName.*IsVip/s,
    )
  })

  it('are tried again after a day', async () => {
    kit.mall.change({ refusedFields: ['IsVip'] })
    const { session } = kit.open()
    const number = place({ IsVip: 'true' })
    expect((await found(session, number)).order.mallFields).not.toHaveProperty('IsVip')
    kit.mall.change({ refusedFields: [] })
    expect((await found(session, number)).order.mallFields).not.toHaveProperty('IsVip')
    kit.mall.clock.advance(25 * 60 * MINUTE_MS)
    expect((await found(session, number)).order.mallFields).toMatchObject({ IsVip: 'true' })
  })

  it.each(['TotalPrice', 'Quantity', 'OrderId'])(
    'fail the order when it cannot do without: %s',
    async (field) => {
      kit.mall.change({ refusedFields: [field] })
      const outcome = await fetchOne(kit.open().session, place())
      expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'rejected', mallCode: 'od90101' } })
      if (outcome.kind === 'failed') expect(outcome.failure.mallMessage).toContain(field)
    },
  )

  it('do not make it ask for ever', async () => {
    kit.mall.faults.set([
      { kind: 'error', status: 400, code: 'od90101', message: 'Request Parameter Error : IsVip' },
    ])
    const before = kit.mall.calls().orderInfo ?? 0
    expect((await fetchOne(kit.open().session, place())).kind).toBe('failed')
    expect((kit.mall.calls().orderInfo ?? 0) - before).toBe(2)
  })
})

describe('the public key', () => {
  it.each<[string, () => void, string]>([
    [
      'a version that Yahoo! does not have',
      () => kit.mall.change({ keyVersion: '7' }),
      'not-found-key-version',
    ],
    ['a key that is a year old', () => kit.mall.change({ keyExpired: true }), 'expired-key-version'],
  ])('is told when it fails: %s', async (_, change, status) => {
    const { session, tools } = kit.open()
    change()
    await found(session, place())
    await found(session, place())
    expect(tools.notices).toHaveLength(1)
    expect(tools.notices[0]?.code).toBe('YAHOO_KEY_NOT_AUTHORISED')
    expect(tools.notices[0]?.message).toContain(status)
  })

  it('is told when it is another store’s', async () => {
    const { publicKey } = kit.mall.credentialsFor(OTHER)
    const { session, tools } = kit.open({ credentials: { publicKey: publicKey as string } })
    await found(session, place())
    expect(tools.notices[0]?.message).toContain('invalid-authorize-value')
  })

  it('is not told when all is well', async () => {
    const { session, tools } = kit.open()
    await found(session, place())
    expect(tools.notices).toEqual([])
  })

  it('shows in the credential check, with what ends when', async () => {
    const { session } = kit.open()
    const good = await session.checkCredentials(NEVER)
    expect(good.messages.join()).toContain('公開鍵認証は有効です')
    expect(good.expiries.map(({ what }) => what)).toEqual(['同意（リフレッシュトークン）'])
    const bare = await kit
      .open({ credentials: { publicKey: undefined, publicKeyVersion: undefined } })
      .session.checkCredentials(NEVER)
    expect(bare.messages.join()).toContain('12時間')
    const [short, long] = bare.expiries
    expect((long?.at.getTime() ?? 0) - (short?.at.getTime() ?? 0)).toBe((28 - 0.5) * 24 * 60 * MINUTE_MS)
  })
})

describe('several stores', () => {
  it('do not see each other’s orders', async () => {
    const mine = place()
    const theirs = kit.mall.place({ shopCode: OTHER }).orderNumber
    expect((await fetchOne(kit.open({ shopCode: OTHER }).session, mine)).kind).toBe('not_found')
    expect((await found(kit.open({ shopCode: OTHER }).session, theirs)).order.shopCode).toBe(OTHER)
  })

  it('share one budget when they share a client id, whose value is not in its key', async () => {
    const opened = [kit.open(), kit.open({ shopCode: OTHER })]
    await found((opened[0] as (typeof opened)[0]).session, place())
    await found((opened[1] as (typeof opened)[0]).session, kit.mall.place({ shopCode: OTHER }).orderNumber)
    const keys = opened.flatMap(({ tools }) => tools.quotas.map((quota) => quota.key))
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^yahoo:app:[0-9a-f]{24}$/)
    expect(keys[0]).not.toContain(kit.mall.credentialsFor(SHOP).clientId)
  })
})

describe('raw answers and requests', () => {
  it('are kept whole, and ask for everything at once', async () => {
    const number = place({ BuyerComments: '髙﨑① ]]> & <b>' })
    const { session, tools } = kit.open()
    const { order, raw } = await found(session, number)
    expect(order.notes.buyer).toBe('髙﨑① ]]> & <b>')
    expect(raw).toContain('<ResultSet')
    expect(tools.quotas).toHaveLength(1)
  })

  it('say malformed when another order comes back', async () => {
    const number = place()
    for (const change of [
      { OrderId: `${SHOP}-77777777` },
      { OrderId: number, Seller: { SellerId: OTHER } },
    ]) {
      kit.mall.edit(number, change)
      const outcome = await fetchOne(kit.open().session, number)
      expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'malformed' } })
    }
  })
})
