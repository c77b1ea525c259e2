import { describe, expect, test } from 'vitest'
import { type HandedOver, judgeWhy, type WhyAnswered } from '../../chaos/check-why.ts'
import type { SeenState } from '../../chaos/history.ts'

/**
 * The judge of answers to 「この注文はなぜ来ていないのか」: each verdict once true and once false, and each promise kept and
 * broken.
 */

const ORDER = 'yahoo 1'
const ASKED_AT = 300_000
const STAGED_AT = 900_000
const answer = (verdict: string, more: Partial<WhyAnswered> = {}): WhyAnswered => ({
  order: ORDER,
  askedAt: ASKED_AT,
  at: ASKED_AT + 100,
  verdict,
  nextAt: ASKED_AT + 60_000,
  live: false,
  ...more,
})

const request = (when: number, more: Partial<Extract<SeenState, { what: 'request' }>> = {}): SeenState => ({
  when,
  shop: 's',
  what: 'request',
  order: ORDER,
  state: 'waiting',
  outcome: null,
  trust: null,
  attempts: 0,
  ...more,
})
const tried = (when: number, outcome = 'HTTP_500', attempts = 1) => request(when, { outcome, attempts })
const shop = (when: number, more: Partial<Extract<SeenState, { what: 'shop' }>> = {}): SeenState => ({
  when,
  shop: 's',
  what: 'shop',
  closedUntil: null,
  attention: null,
  enabled: true,
  ...more,
})
const of = (what: 'listed' | 'staged' | 'unreadable', when: number): SeenState => ({
  what,
  when,
  shop: 's',
  order: ORDER,
})
const swept = (when: number): SeenState => ({ when, shop: 's', what: 'sweep' })
const STAGED = of('staged', STAGED_AT)
/** Something happens in time, and the order comes. */
const KEPT = [tried(ASKED_AT + 50_000, 'HTTP_500', 5), STAGED]

const came = new Map([[ORDER, { key: ORDER, due: 10_000, stagedAt: STAGED_AT, mall: 'yahoo', mailbox: 'a' }]])
interface Around {
  pulled?: HandedOver
  faults?: { name: string; on?: string; from: number; to: number }[]
}
const judged = (one: WhyAnswered, states: readonly SeenState[], { pulled, faults = [] }: Around = {}) =>
  judgeWhy([one], came, { states, faults, pulls: new Map(pulled ? [[ORDER, pulled]] : []) }).false.map(
    (text) => text.split(':')[0],
  )

const AT_MALL = [{ name: 'mall 500', on: 'yahoo', from: ASKED_AT - 20_000, to: ASKED_AT + 20_000 }]
const AFTER = { askedAt: STAGED_AT + 20_000, at: STAGED_AT + 20_100, nextAt: null }
const PULLED = { from: STAGED_AT + 1_000, to: STAGED_AT + 2_000 }

/** A verdict, the rows with which it is true, and those with which it is not. */
const VERDICTS: [
  string,
  readonly SeenState[],
  readonly SeenState[],
  Partial<WhyAnswered>?,
  Around?,
  Around?,
][] = [
  ['being_asked', [request(100)], [tried(100)]],
  ['being_asked', [request(100)], [request(100, { trust: 'unknown' })]],
  ['being_asked', [of('listed', 100)], []],
  ['retrying', [tried(100)], [request(100)]],
  ['retrying', [tried(100)], [tried(100, 'NOT_FOUND')]],
  ['mall_unaware', [tried(100, 'NOT_FOUND')], [tried(100)]],
  ['held_at_mall', [tried(100, 'PENDING')], [tried(100)]],
  ['mail_doubted', [request(100, { trust: 'unknown' })], [request(100, { trust: 'verified' })]],
  [
    'mail_doubted',
    [request(100, { trust: 'unknown' }), request(200, { trust: 'unknown', state: 'gone' })],
    [request(100), request(200, { state: 'gone' })],
  ],
  ['mail_unreadable', [of('unreadable', 100)], []],
  ['mail_unreadable', [of('unreadable', 100)], [of('unreadable', 100), request(200)]],
  ['mall_away', [shop(100, { closedUntil: ASKED_AT + 60_000 })], [shop(100, { closedUntil: 1_000 })]],
  ['mall_away', [request(100)], [request(100)], { live: true }, { faults: AT_MALL }, {}],
  [
    'quota_used',
    [{ when: 100, shop: 's', what: 'quota', until: ASKED_AT + 60_000 }],
    [{ when: 100, shop: 's', what: 'quota', until: 1_000 }],
  ],
  ['shop_stopped', [shop(100, { attention: 'KEY' })], [shop(100)]],
  ['shop_stopped', [shop(100, { enabled: false })], [shop(100, { attention: 'KEY' }), shop(200)]],
  ['failed', [request(100, { state: 'failed', outcome: 'HTTP_500' })], [tried(100)]],
  [
    'never_at_mall',
    [request(100, { state: 'failed', outcome: 'NOT_FOUND' })],
    [request(100, { state: 'failed', outcome: 'HTTP_500' })],
  ],
  ['no_trace', [], [request(100)]],
  ['no_trace', [], [request(100, { trust: 'unknown' }), request(200, { trust: 'unknown', state: 'gone' })]],
  ['sweep_ahead', [], [request(100)]],
]

describe('answers about late orders', () => {
  test.each(VERDICTS)(
    '%s: true by its rows, and found where it is not',
    (verdict, right, wrong, more, a, b) => {
      expect(judged(answer(verdict, more), [...right, ...KEPT], a)).toEqual([])
      expect(judged(answer(verdict, more), [...wrong, ...KEPT], b ?? a)).toEqual(['not true then'])
    },
  )

  test('here and staged, before and after it was handed over', () => {
    const rows = [request(100), STAGED]
    expect(judged(answer('staged', AFTER), rows)).toEqual([])
    expect(judged(answer('here', AFTER), rows)).toEqual(['not true then'])
    expect(judged(answer('here', AFTER), rows, { pulled: PULLED })).toEqual([])
    expect(judged(answer('staged', AFTER), rows, { pulled: PULLED })).toEqual(['not true then'])
    for (const verdict of ['here', 'staged'])
      expect(judged(answer(verdict, { nextAt: null }), rows)).toEqual(['said to be here before it came'])
    expect(judged(answer('retrying', AFTER), rows)).toEqual(['said not to be here after it came'])
  })

  test.each([
    ...[
      'cancelled_before',
      'emptied',
      'not_wanted',
      'other_shop',
      'too_old',
      'mall_knows_none',
      'other_form',
    ],
    ...['several', 'unknown'],
  ])('%s is never true of an order that came', (verdict) => {
    expect(judged(answer(verdict), KEPT)).toEqual(['said not to come'])
  })

  test.each<[string, string, SeenState[], Around, string[]]>([
    ['tried in time', 'retrying', [tried(100), ...KEPT], {}, []],
    ['not tried', 'retrying', [tried(100), STAGED], {}, ['nothing happened at the time it named']],
    [
      'only asked for once more',
      'retrying',
      [tried(100), tried(ASKED_AT + 50_000), STAGED],
      {},
      ['nothing happened at the time it named'],
    ],
    ['put off', 'retrying', [tried(100), shop(ASKED_AT + 5_000, { closedUntil: STAGED_AT }), STAGED], {}, []],
    [
      'a shop that opens puts nothing off',
      'retrying',
      [tried(100), shop(ASKED_AT + 5_000), STAGED],
      {},
      ['nothing happened at the time it named'],
    ],
    [
      'a silent mall',
      'retrying',
      [tried(100), tried(ASKED_AT + 200_000, 'TIMEOUT', 2), STAGED],
      { faults: [{ name: 'mall slow', on: 'yahoo', from: ASKED_AT, to: ASKED_AT + 180_000 }] },
      [],
    ],
    [
      'another mall is silent',
      'retrying',
      [tried(100), tried(ASKED_AT + 200_000, 'TIMEOUT', 2), STAGED],
      { faults: [{ name: 'mall slow', on: 'rakuten', from: ASKED_AT, to: ASKED_AT + 180_000 }] },
      ['nothing happened at the time it named'],
    ],
    ['swept', 'no_trace', [swept(ASKED_AT + 61_000), STAGED], {}, []],
    [
      'not swept',
      'no_trace',
      [swept(ASKED_AT + 200_000), STAGED],
      {},
      ['nothing happened at the time it named'],
    ],
    [
      'swept, where the number’s own request was pushed out',
      'mail_doubted',
      [request(100, { trust: 'unknown', state: 'gone' }), swept(ASKED_AT + 61_000), STAGED],
      {},
      [],
    ],
    [
      'swept only, where the number’s own request waits',
      'mail_doubted',
      [request(100, { trust: 'unknown' }), swept(ASKED_AT + 61_000), STAGED],
      {},
      ['nothing happened at the time it named'],
    ],
    [
      'the shop is served',
      'mall_away',
      [
        shop(100, { closedUntil: ASKED_AT + 50_000 }),
        request(ASKED_AT + 50_000, { order: 'yahoo 2', attempts: 1 }),
        STAGED,
      ],
      {},
      [],
    ],
    [
      'the shop is not served',
      'mall_away',
      [shop(100, { closedUntil: ASKED_AT + 50_000 }), STAGED],
      {},
      ['nothing happened at the time it named'],
    ],
    [
      'the clocks were set',
      'retrying',
      [STAGED],
      { faults: [{ name: 'clock-step all', from: ASKED_AT - 1_000, to: ASKED_AT }] },
      [],
    ],
  ])('%s', (_, verdict, states, around, wrong) => {
    expect(judged(answer(verdict), states, around)).toEqual(wrong)
  })

  test('what is due waits for its turn behind others, and not where nobody is served', () => {
    const due = { nextAt: ASKED_AT }
    const other = request(ASKED_AT + 20_000, { order: 'yahoo 2', attempts: 1 })
    expect(judged(answer('being_asked', due), [request(100), other, STAGED])).toEqual([])
    expect(judged(answer('being_asked', due), [request(100), STAGED])).toEqual([
      'nothing happened at the time it named',
    ])
    expect(judged(answer('being_asked'), [request(100), other, STAGED])).toHaveLength(1)
  })

  test('a time is named whatever is in the way; of an order that never came nothing is judged', () => {
    expect(judged(answer('retrying', { nextAt: null }), [tried(100), ...KEPT])).toEqual(['no next time'])
    expect(judged(answer('unknown', { order: 'yahoo 2' }), KEPT)).toEqual([])
  })
})
