import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import type { Facts, LiveFacts, OrderFacts, RequestFacts, ShopFacts, SweepFacts } from './facts.ts'
import { VERDICTS } from './schemas.ts'

const NOW = new Date('2026-01-15T00:00:00Z')
const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000)
const HOUR = 3_600
const DAY = 24 * HOUR
const SWEEP: SweepFacts = {
  runAt: at(200),
  nextAt: at(20),
  verifiedUntil: at(-100),
  listedUntil: at(-100),
  run: null,
  rereadsFrom: at(-100 - 2 * HOUR),
  reach: { from: at(-3 * DAY), dueAt: at(5 * HOUR) },
  historyDays: 730,
  message: null,
}
const SHOP: ShopFacts = {
  id: 'shop-1',
  name: '店舗1',
  marketplace: 'rakuten',
  code: '123456',
  owns: true,
  isOfFirstRelease: true,
  enabled: true,
  tenantActive: true,
  quietSince: null,
  attention: null,
  lane: null,
  quotaUntil: null,
  waits: [],
  sweep: SWEEP,
  mailboxes: [],
}
const ORDER: OrderFacts = {
  id: 'order-1',
  orderNumber: '123456-20260115-1',
  pulledBy: null,
  desk: null,
  pullNumber: null,
  movedAt: null,
  isPulledByKey: true,
  shopId: 'shop-1',
  status: 'auto_imported',
  mallState: 'open',
  shipping: null,
  stagedAt: at(-60),
  pulledAt: null,
  pullId: null,
  editedAt: null,
  purgedAt: null,
  erasedAt: null,
}
const REQUEST: RequestFacts = {
  id: 'request-1',
  shopId: 'shop-1',
  source: 'mail',
  state: 'waiting',
  attempts: 0,
  nextAttemptAt: at(-1),
  outcome: null,
  message: null,
  requestedAt: at(-90),
  finishedAt: null,
  trust: 'verified',
  mailSeenAt: at(-90),
  retries: [],
}
const facts = (more: Partial<Facts>): Facts => ({
  now: NOW,
  shops: [SHOP],
  orders: [],
  requests: [],
  listed: [],
  unreadableMails: [],
  doubtedMails: [],
  live: [],
  placed: null,
  ...more,
})
const shop = (more: Partial<ShopFacts>) => [{ ...SHOP, ...more }]
const request = (more: Partial<RequestFacts> = {}) => [{ ...REQUEST, ...more }]
const LANE = { since: at(-300), outage: true }
const FAILED = request({ state: 'failed', outcome: 'BROKEN', finishedAt: at(-60) })
const LISTED = { shopId: 'shop-1', at: at(-500), listedAt: at(-30), state: 'open' }
const MINUTES = { code: 'HTTP_500', at: at(-80).toISOString() }
const attention = { code: 'KEY', stops: true, message: '鍵が無効です。', since: at(-900), probeAt: at(600) }
const ofFile = { ...attention, code: 'ORDER_FILE_FAILED', stops: false }

type Said = LiveFacts extends infer One ? (One extends LiveFacts ? Omit<One, 'shopId' | 'at'> : never) : never
const said = (one: Said) => [{ shopId: 'shop-1', at: at(-1), ...one } as LiveFacts]
const there = (state: 'open' | 'cancelled' = 'open') => said({ kind: 'found', state, orderedAt: null })
const ABSENT = said({ kind: 'not_found' })
const HELD = said({ kind: 'pending', message: '入金待ちです。', retryAt: at(900) })
const REFUSED = said({ kind: 'not_asked', message: '上限です。', until: at(9) })
const BROKEN = said({ kind: 'broken', code: 'HTTP_500', message: '' })
const placed = (seconds: number, length = 1) => ({ from: at(seconds), to: at(seconds + length) })
const mail = (names: boolean, seconds = -60) => [
  { seenAt: at(seconds), shopIds: ['shop-1'], reason: '番号がありません。', names },
]

const DOUBTED = [{ seenAt: at(-60), shopIds: ['shop-1'], reason: null }]

/** Verdict, and seconds until what comes next. */
const CASES: [string, Partial<Facts>, string, number | null][] = [
  ['staged', { orders: [ORDER] }, 'staged', null],
  ['pulled', { orders: [{ ...ORDER, status: 'new', pulledAt: at(-5) }] }, 'here', null],
  ['erased', { orders: [{ ...ORDER, erasedAt: at(-5) }] }, 'emptied', null],
  ['purged', { orders: [{ ...ORDER, purgedAt: at(-5) }] }, 'emptied', null],
  ['here, whatever still waits', { orders: [ORDER], requests: request() }, 'staged', null],
  ['due', { requests: request() }, 'being_asked', 0],
  ['held', { requests: request({ outcome: 'PENDING', nextAttemptAt: at(60) }) }, 'held_at_mall', 60],
  ['unaware', { requests: request({ outcome: 'NOT_FOUND', nextAttemptAt: at(5) }) }, 'mall_unaware', 5],
  [
    'broken',
    { requests: request({ outcome: 'HTTP_500', nextAttemptAt: at(300), retries: [MINUTES] }) },
    'retrying',
    300,
  ],
  ['doubted', { requests: request({ trust: 'unknown', nextAttemptAt: at(15) }) }, 'mail_doubted', 15],
  [
    'away',
    { shops: shop({ lane: { ...LANE, until: at(40), reason: 'HTTP_500' } }), requests: request() },
    'mall_away',
    40,
  ],
  [
    'away, and later still',
    {
      shops: shop({ lane: { ...LANE, until: at(40), reason: null } }),
      requests: request({ nextAttemptAt: at(90) }),
    },
    'mall_away',
    90,
  ],
  ['quota', { shops: shop({ quotaUntil: at(30) }), requests: request() }, 'quota_used', 30],
  [
    'quota that is over by then',
    { shops: shop({ quotaUntil: at(30) }), requests: request({ nextAttemptAt: at(60) }) },
    'being_asked',
    60,
  ],
  ['key', { shops: shop({ attention }), requests: request() }, 'shop_stopped', 600],
  ['file failed', { shops: shop({ attention: ofFile }), requests: request() }, 'being_asked', 0],
  ['off', { shops: shop({ enabled: false }), requests: request() }, 'shop_stopped', null],
  ['suspended', { shops: shop({ tenantActive: false }) }, 'shop_stopped', null],
  ['failed', { requests: request({ state: 'failed', outcome: 'BROKEN' }) }, 'failed', 200],
  ['never there', { requests: request({ state: 'failed', outcome: 'NOT_FOUND' }) }, 'never_at_mall', 200],
  ['failed, listed', { requests: FAILED, listed: [LISTED] }, 'failed', DAY - 60],
  [
    'failed, listed, long ago',
    { requests: FAILED, listed: [{ ...LISTED, at: at(-14 * DAY - 60) }] },
    'failed',
    2 * DAY - 60,
  ],
  [
    'failed, listed, not at the mall',
    { requests: request({ state: 'failed', outcome: 'NOT_FOUND', finishedAt: at(-60) }), listed: [LISTED] },
    'failed',
    DAY - 60,
  ],
  [
    'failed, listed, after an outage',
    {
      requests: FAILED,
      listed: [LISTED],
      shops: shop({ sweep: { ...SWEEP, listedUntil: at(-DAY), runAt: at(-2 * HOUR) } }),
    },
    'failed',
    0,
  ],
  [
    'failed, listed, out of reach',
    { requests: FAILED, listed: [{ ...LISTED, at: at(-401 * DAY) }] },
    'failed',
    null,
  ],
  [
    'asked for by a mail and by a doubted one',
    {
      requests: [
        ...request({ trust: 'unknown', nextAttemptAt: at(3) }),
        ...request({ nextAttemptAt: at(5) }),
      ],
    },
    'being_asked',
    5,
  ],
  [
    'failed, asked for before all that sweeps read',
    { requests: request({ state: 'failed', outcome: 'BROKEN', requestedAt: at(-4 * DAY) }) },
    'failed',
    null,
  ],
  ['skipped', { requests: request({ state: 'done', outcome: 'skipped' }) }, 'not_wanted', null],
  ['not ours', { requests: request({ state: 'done', outcome: 'not_ours' }) }, 'not_wanted', null],
  ['dismissed', { requests: request({ state: 'done', outcome: 'dismissed' }) }, 'not_wanted', null],
  ['other shop', { requests: request({ state: 'done', outcome: 'other_shop' }) }, 'other_shop', null],
  ['listed', { listed: [LISTED] }, 'being_asked', 200],
  ['listed, not wanted', { listed: [{ ...LISTED, state: 'skipped' }] }, 'not_wanted', null],
  ['listed, key dead', { shops: shop({ attention }), listed: [LISTED] }, 'shop_stopped', 600],
  ['no trace', {}, 'no_trace', 200],
  ['no trace, key dead', { shops: shop({ attention }) }, 'shop_stopped', 600],
  ['no sweep', { shops: shop({ sweep: null }) }, 'unknown', null],
  ['unknown, live', { live: ABSENT }, 'mall_knows_none', 200],
  ['not asked', { live: REFUSED }, 'no_trace', 200],
  ['asked, broken', { live: BROKEN }, 'mall_away', 200],
  ['held, live', { live: HELD }, 'held_at_mall', 200],
  ['not for this shop, live', { live: said({ kind: 'skipped', message: 'FBA' }) }, 'not_wanted', null],
  ['cancelled, live', { live: there('cancelled') }, 'cancelled_before', 200],
  ['cancelled while it waits', { live: there('cancelled'), requests: request() }, 'cancelled_before', 0],
  ['cancelled while listed', { live: there('cancelled'), listed: [LISTED] }, 'cancelled_before', 200],
  [
    'cancelled while held back',
    { live: there('cancelled'), requests: request({ state: 'done', outcome: 'skipped' }) },
    'cancelled_before',
    null,
  ],
  ['held while it waits', { live: HELD, requests: request({ nextAttemptAt: at(9) }) }, 'held_at_mall', 9],
  ['absent while it waits', { live: ABSENT, requests: request({ nextAttemptAt: at(9) }) }, 'mall_unaware', 9],
  [
    'there after it failed',
    { live: there(), requests: request({ state: 'failed', outcome: 'NOT_FOUND' }) },
    'failed',
    200,
  ],
  ['before the run has come to it', { placed: placed(-50) }, 'sweep_ahead', 200],
  [
    'before the first run',
    { placed: placed(-50), shops: shop({ sweep: { ...SWEEP, listedUntil: null } }) },
    'sweep_ahead',
    200,
  ],
  [
    'in the run under way',
    {
      placed: placed(-HOUR),
      shops: shop({ sweep: { ...SWEEP, run: { from: at(-DAY), readDownTo: at(-60) } } }),
    },
    'sweep_ahead',
    20,
  ],
  ['the run has passed it', { placed: placed(-HOUR), live: there() }, 'no_trace', 200],
  ['only the wide run comes to it', { placed: placed(-DAY), live: there() }, 'no_trace', 5 * HOUR],
  ['no run comes to it', { placed: placed(-5 * DAY), live: there() }, 'too_old', null],
  ['a day of long ago', { placed: placed(-5 * DAY, DAY) }, 'too_old', null],
  ['a doubted mail, pushed out', { doubtedMails: DOUBTED }, 'mail_doubted', 200],
  [
    'such a mail of another shop',
    { doubtedMails: [{ seenAt: at(-60), shopIds: ['shop-2'], reason: null }] },
    'no_trace',
    200,
  ],
  [
    'such a mail, and an order that sweeps no longer reach',
    { doubtedMails: DOUBTED, placed: placed(-4 * DAY) },
    'too_old',
    null,
  ],
  [
    'such a mail, and an order that only the wide run reaches',
    { doubtedMails: DOUBTED, placed: placed(-DAY) },
    'mail_doubted',
    5 * HOUR,
  ],
  ['such a mail, no sweep', { doubtedMails: DOUBTED, shops: shop({ sweep: null }) }, 'mail_doubted', null],
  ['a mail with the number', { unreadableMails: mail(true) }, 'mail_unreadable', 200],
  ['a mail of its time', { unreadableMails: mail(false), placed: placed(-90) }, 'sweep_ahead', 200],
  ['some mail', { unreadableMails: mail(false) }, 'no_trace', 200],
  ['other form', { shops: shop({ owns: false }) }, 'other_form', null],
  ['no shop', { shops: [] }, 'unknown', null],
]

describe('decide', () => {
  it('says how far an order has left, by recipient, while something of it is still here', () => {
    const messageOf = (shipping: OrderFacts['shipping']) =>
      decide('1', facts({ orders: [{ ...ORDER, status: 'ready_to_ship', shipping }] })).message
    expect(messageOf({ state: 'part', shipped: 1, total: 2 })).toContain(
      '送付先2件のうち1件を発送済みです（1/2）',
    )
    for (const state of ['none', 'all'] as const)
      expect(messageOf({ state, shipped: 2, total: 2 })).not.toContain('送付先')
    expect(messageOf(null)).not.toContain('送付先')
  })

  it('says to which desk an order was handed over, and in which of its batches', () => {
    const told = (desk: string) => {
      const pulled = { status: 'new', pulledAt: at(-30), pullId: 'pull-1', desk, pullNumber: 3 } as const
      const { message, evidence } = decide('1', facts({ orders: [{ ...ORDER, ...pulled }] }))
      return [message, ...evidence.map((line) => line.message)].filter((text) => text.includes('3番'))
    }
    expect(told('店頭のPC')).toEqual([
      expect.stringContaining('受注取込（取込先: 店頭のPC、3番）で取り込まれました'),
      expect.stringContaining('受注取込で取り込みました（取込先: 店頭のPC、3番）'),
    ])
    // A key's own desk has no name of its own.
    expect(told('key:5f0c').join()).not.toContain('取込先')
    expect(told('key:5f0c')).toHaveLength(2)
  })

  it.each(CASES)('%s', (_, more, verdict, next) => {
    const why = decide('123456-20260115-1', facts(more))
    expect(why.verdict).toBe(verdict)
    expect(why.live.asked).toBe((more.live ?? []).some(({ kind }) => kind !== 'not_asked'))
    expect(why.next?.at ?? null).toBe(next === null ? null : at(next).toISOString())
    expect(why.message).not.toBe('')
    const times = why.evidence.map((line) => line.at)
    expect(times).toEqual(times.toSorted())
  })

  it('has a case for each verdict but that of several numbers', () => {
    const tried = new Set(CASES.map(([, , verdict]) => verdict))
    expect(Object.keys(VERDICTS).filter((verdict) => !tried.has(verdict))).toEqual(['several'])
  })

  it('says why the number of a mail that came is not asked for, and that the list brings it', () => {
    const reason = 'どの店舗の注文か、メールからは分かりません。'
    const doubtedMails = DOUBTED.map((one) => ({ ...one, reason }))
    const why = decide('1001', facts({ doubtedMails }))
    expect(why).toMatchObject({ verdict: 'mail_unreadable', next: { at: at(200).toISOString() } })
    expect(why.message).toContain(reason)
    expect(why.evidence.map(({ message }) => message).join()).toContain(reason)
    expect(decide('1001', facts({ doubtedMails, shops: shop({ sweep: null }) })).message).toContain(
      '今すぐ取り込む',
    )
  })

  it('says that a program of the key form gets no order of a mall that came later', () => {
    const of = (isOfFirstRelease: boolean, isPulledByKey: boolean) =>
      decide('1', facts({ shops: shop({ isOfFirstRelease }), orders: [{ ...ORDER, isPulledByKey }] })).message
    expect(of(false, true)).toContain('旧形式（Idempotency-Key）')
    expect([of(true, true), of(false, false)].filter((message) => message.includes('旧形式'))).toEqual([])
  })

  it('says why the mall was not asked', () => {
    expect(decide('1', facts({ live: REFUSED })).live).toEqual({ asked: false, message: '上限です。' })
  })

  it('names a time that is not over, for all that happens by itself', () => {
    for (const [, more] of CASES) {
      const { next } = decide('1', facts(more))
      if (next) expect(Date.parse(next.at)).toBeGreaterThanOrEqual(NOW.getTime())
    }
  })

  it('asks of several shops the one that still waits, and offers to import from each where none is known', () => {
    const shops = [SHOP, { ...SHOP, id: 'shop-2', name: '店舗2', owns: null }]
    const requests = [
      { ...REQUEST, state: 'done' as const, outcome: 'other_shop' },
      { ...REQUEST, id: 'request-2', shopId: 'shop-2' },
    ]
    expect(decide('1', facts({ shops, requests })).shopId).toBe('shop-2')
    const unsure = shops.map((one) => ({ ...one, owns: null }))
    const { shopId, actions } = decide('1', facts({ shops: unsure }))
    expect(shopId).toBeNull()
    expect(actions.map(({ body }) => body?.shopId)).toEqual(['shop-1', 'shop-2'])
  })
  describe('of a number that two shops have', () => {
    const two = (sharesNumbers: ShopFacts['sharesNumbers']) =>
      ['shop-1', 'shop-2'].map((id) => ({ ...SHOP, id, name: id, owns: null, sharesNumbers }))
    const failed = { ...REQUEST, shopId: 'shop-2', state: 'failed' as const, finishedAt: at(-60) }
    const denied = { ...failed, outcome: 'NOT_FOUND' }
    const elsewhere = { ...failed, outcome: 'other_shop' }
    const verdicts = (more: Partial<Facts>) => {
      const { verdict, candidates } = decide('1001', facts(more))
      return verdict === 'several' ? candidates.map((one) => [one.shopId, one.verdict]) : verdict
    }

    it.each<[ShopFacts['sharesNumbers'], string, RequestFacts, ReturnType<typeof verdicts>]>([
      [
        'always',
        'failed',
        { ...failed, outcome: 'BROKEN' },
        [
          ['shop-1', 'staged'],
          ['shop-2', 'failed'],
        ],
      ],
      [
        'always',
        'waits',
        { ...REQUEST, shopId: 'shop-2' },
        [
          ['shop-1', 'staged'],
          ['shop-2', 'being_asked'],
        ],
      ],
      [
        'always',
        'is denied',
        denied,
        [
          ['shop-1', 'staged'],
          ['shop-2', 'never_at_mall'],
        ],
      ],
      ['always', 'is the other’s', elsewhere, 'staged'],
      [
        'possibly',
        'failed',
        { ...failed, outcome: 'BROKEN' },
        [
          ['shop-1', 'staged'],
          ['shop-2', 'failed'],
        ],
      ],
      ['possibly', 'waits', { ...REQUEST, shopId: 'shop-2' }, 'staged'],
      ['possibly', 'is denied', denied, 'staged'],
      [undefined, 'failed', { ...failed, outcome: 'BROKEN' }, 'staged'],
    ])(
      'decides each by itself: shared %s, and one that %s beside one that is here',
      (shares, _what, one, told) => {
        expect(verdicts({ shops: two(shares), orders: [ORDER], requests: [one] })).toEqual(told)
      },
    )

    it('tells both that are here, and what each rests on', () => {
      const orders = [ORDER, { ...ORDER, id: 'order-2', shopId: 'shop-2', stagedAt: at(-50) }]
      const why = decide('1001', facts({ shops: two('always'), orders }))
      expect(why.candidates).toMatchObject([
        { orderNumber: '1001', orderId: 'order-1', shopId: 'shop-1' },
        { orderNumber: '1001', orderId: 'order-2', shopId: 'shop-2' },
      ])
      expect(why.evidence).toHaveLength(2)
    })

    it('says of the only one that is known that another shop may have one too', () => {
      const message = (sharesNumbers: ShopFacts['sharesNumbers'], shops = two(sharesNumbers)) =>
        decide('1001', facts({ shops, orders: [ORDER] })).message
      expect(message('always')).toContain('店舗を指定して確認')
      expect(message('possibly')).not.toContain('店舗を指定して確認')
      expect(message('always', two('always').slice(0, 1))).not.toContain('店舗を指定して確認')
    })
  })

  it('takes no shop that stands still for the order’s, where another one may have it', () => {
    const lane = { until: at(900), reason: 'HTTP_500', since: at(-80), outage: true }
    const away = { ...SHOP, owns: null, lane }
    const other = { ...SHOP, id: 'shop-2', name: '店舗2', owns: null }
    for (const shops of [
      [away, other],
      [other, away],
    ]) {
      const why = decide('1', facts({ shops }))
      expect(why).toMatchObject({ verdict: 'no_trace', shopId: null, next: { at: at(900).toISOString() } })
      expect(why.evidence.map(({ message }) => message)).toBeDefined()
    }
    const both = [away, { ...other, lane }]
    expect(decide('1', facts({ shops: both })).verdict).toBe('mall_away')
    const [off] = shop({
      owns: null,
      enabled: false,
      sweep: { ...SWEEP, runAt: at(5_000), nextAt: at(5_000) },
    })
    expect(decide('1', facts({ shops: [off ?? away, other] })).next?.at).toBe(at(200).toISOString())
  })
  it('of a shop of files says what the newest one left out, and not that no file has it', () => {
    const file = { name: 'a.csv', at: at(-60).toISOString(), state: 'done' as const, message: null }
    const messageOf = (refused: number, done: number) =>
      decide('1', facts({ shops: shop({ byFile: true, lastFile: { ...file, refused, done } }) })).message
    expect(messageOf(0, 0)).toContain(
      'どのファイルからも取り込まれていません（対象外・誤りの受注を含みます）',
    )
    expect(messageOf(0, 0)).not.toContain('最新の')
    expect(messageOf(0, 2)).toContain(
      '「a.csv」には、発送・キャンセル済み、または注文前のため対象外の受注が2件あります。',
    )
    expect(messageOf(3, 2)).toContain('対象外の受注が2件、誤りがあり取り込めない受注が3件あります。')
  })
  it('tells of each pause since the order was asked for, and of none before', () => {
    const wait = (from: number, to: number) =>
      ({ kind: 'lane_closed', code: 'HTTP_500', from: at(from), to: at(to) }) as const
    const lane = { until: at(60), reason: 'HTTP_500', since: at(-80), outage: true }
    const away = { ...SHOP, lane, waits: [wait(-200, -150), wait(-80, -50), wait(-48, 60)] }
    const why = decide('1', facts({ shops: [away], requests: [REQUEST] }))
    expect(why).toMatchObject({ verdict: 'mall_away', since: at(-80).toISOString() })
    const paused = why.evidence.filter(({ message }) => message.includes('接続を休止しました（HTTP_500）'))
    expect(paused.map((line) => line.at)).toEqual([at(-80), at(-48)].map((time) => time.toISOString()))
  })
})
