import { describe, expect, test } from 'vitest'
import type { HistoryEntry, HistoryLine } from '../../chaos/history.ts'
import {
  ended,
  fault,
  line,
  NOTHING_WRONG,
  order,
  pull,
  run,
  stored,
  type Type,
  wrongIn,
} from './made-up-history.ts'

/**
 * What the checker makes of feed, webhooks, labels, holds, marks and lateness: each fault is planted into a
 * history without any.
 */

type Row = Extract<HistoryEntry, { f: 'logged' }>['value']
const row = (place: string, what: string, id = 'id of yahoo 1', kind = 'order'): Row => ({
  place,
  kind,
  id,
  what,
})
const logged = (...rows: Row[]): HistoryLine[] =>
  rows.map((value) => line({ process: 'database', f: 'logged', type: 'ok', value }))
const feed = (after: string | null, position: string, ...rows: Row[]): HistoryLine =>
  line({ process: 'follower', f: 'feed', type: 'ok', value: { after, position, rows } })
const hook = (value: Row, type: Type = 'ok'): HistoryLine =>
  line({ process: 'receiver', f: 'hook', type, value })
const hooked = (...kinds: string[]): HistoryLine[] => [
  line({ process: 'receiver', f: 'hooked', type: 'ok', value: { kinds } }),
]
/** What the order and its change were when the feed was read. */
const knownAs = (state: string): HistoryLine[] => [
  line({
    process: 'database',
    f: 'order_then',
    type: 'ok',
    value: { id: 'id of yahoo 1', order: 'yahoo 1', pulled: true },
  }),
  line({ process: 'database', f: 'change_then', type: 'ok', value: { id: 'c1', state } }),
]
const label = (type: Type, ...labels: [order: string, recipient: string, key: string][]): HistoryLine =>
  line({
    process: 'labels',
    f: 'label',
    type,
    value: {
      orders: labels.map(([name]) => name),
      ...(type === 'ok'
        ? { labels: labels.map(([name, recipient, key]) => ({ order: name, recipient, key })) }
        : {}),
    },
  })
const labelled = (name: string | null, recipient: string, key: string): HistoryLine =>
  line({ process: 'database', f: 'labelled', type: 'ok', value: { order: name, recipient, key } })
const held = (isHeld: boolean): HistoryLine[] => [
  line({ process: 'yahoo', f: 'held', type: 'ok', value: { order: 'yahoo 1', held: isHeld } }),
]

const STAGED = row('7-1', 'staged')
const PULLED = row('8-2', 'pulled')
const CHANGED = row('9-4', 'succeeded', 'c1', 'change')
const LOG = [STAGED, PULLED, row('9-3', 'queued', 'c1', 'change'), CHANGED]
const QUEUED = LOG[2] as Row

const parts = {
  begin: [run('invoke', { sweepMs: 0, watched: true })],
  placed: [order('yahoo 1', { marks: { other_recipient: true, buyer_note: false } })],
  pulls: pull('k1', 'p1', ['yahoo 1']),
  stored: [stored('yahoo 1', { marks: ['other_recipient', 'combinable'] })],
  asked: [
    line({
      process: 'desk',
      f: 'change',
      type: 'ok',
      value: { key: 'r1', changes: [{ id: 'c1', order: 'yahoo 1', action: 'memo' }] },
    }),
  ],
  ended: [ended('c1', 'succeeded')],
  logged: logged(...LOG),
  known: knownAs('succeeded'),
  feed: [feed(null, '6-9'), feed('6-9', '8-2', STAGED, PULLED), feed('8-2', '9-4', QUEUED, CHANGED)],
  hooked: hooked(),
  hooks: LOG.map((one) => hook(one)),
  labels: [label('invoke', ['yahoo 1', 'r', 'T1']), label('ok', ['yahoo 1', 'r', 'T1'])],
  labelled: [labelled('yahoo 1', 'r', 'T1')],
  held: held(false),
  over: [run('ok')],
}
const counts = (planted: Partial<Record<keyof typeof parts, HistoryLine[]>>) =>
  wrongIn(Object.values({ ...parts, ...planted }).flat())

type Case = [string, Parameters<typeof counts>[0], Partial<typeof NOTHING_WRONG>]

test('a history without a fault', () => expect(counts({})).toEqual(NOTHING_WRONG))

describe('a planted fault', () => {
  test.each<Case>([
    [
      'the feed skips a row',
      { feed: [feed(null, '6-9'), feed('6-9', '9-4', STAGED, QUEUED, CHANGED)] },
      { lost: 1 },
    ],
    [
      'the feed tells a row twice',
      {
        feed: [
          feed(null, '6-9'),
          feed('6-9', '8-2', STAGED, PULLED),
          feed('8-2', '9-4', PULLED, QUEUED, CHANGED),
        ],
      },
      { duplicated: 1 },
    ],
    [
      'the feed tells out of its order',
      { feed: [feed(null, '6-9'), feed('6-9', '9-4', PULLED, STAGED, QUEUED, CHANGED)] },
      { lost: 1 },
    ],
    [
      'the feed tells what was never written',
      { feed: [feed(null, '6-9'), feed('6-9', '9-4', STAGED, row('7-2', 'moved'), PULLED, QUEUED, CHANGED)] },
      { duplicated: 1 },
    ],
    [
      'the feed tells something else than was written',
      {
        feed: [feed(null, '6-9'), feed('6-9', '9-4', { ...STAGED, what: 'moved' }, PULLED, QUEUED, CHANGED)],
      },
      { duplicated: 1 },
    ],
    ['nobody followed the feed', { feed: [] }, { lost: 1 }],
    [
      'the feed refuses its own position',
      {
        feed: [
          ...parts.feed,
          line({ process: 'follower', f: 'feed', type: 'fail', value: { after: '9-4', why: '410' } }),
        ],
      },
      { lost: 1 },
    ],
    [
      'an order was staged and the feed has no word of it',
      {
        logged: logged(...LOG.slice(1)),
        feed: [feed(null, '7-9'), feed('7-9', '9-4', ...LOG.slice(1))],
        hooks: LOG.slice(1).map((one) => hook(one)),
      },
      { lost: 1 },
    ],
    [
      'the feed has an order staged twice',
      (() => {
        const all = [STAGED, row('7-2', 'staged'), ...LOG.slice(1)]
        return {
          logged: logged(...all),
          feed: [feed(null, '6-9'), feed('6-9', '9-4', ...all)],
          hooks: all.map((one) => hook(one)),
        }
      })(),
      { duplicated: 1 },
    ],
    ['the feed has the end of a change as something else', { known: knownAs('warning') }, { lost: 1 }],
    [
      'the feed of an older history has the end of a change as something else',
      { known: [], ended: [ended('c1', 'warning', 'X')] },
      { lost: 1 },
    ],
    ['a webhook was never told a row', { hooks: parts.hooks.slice(1) }, { lost: 1 }],
    [
      'a webhook refused a row and was not told it again',
      { hooks: [hook(STAGED, 'fail'), ...parts.hooks.slice(1)] },
      { lost: 1 },
    ],
    [
      'a webhook hung up and was not told again',
      { hooks: [hook(STAGED, 'info'), ...parts.hooks.slice(1)] },
      { lost: 1 },
    ],
    [
      'a webhook was told what was never written',
      { hooks: [...parts.hooks, hook(row('8-1', 'moved'))] },
      { duplicated: 1 },
    ],
    [
      'a reset that lies before a row that was left out',
      { hooks: [hook(row('7-1', '', '', 'reset')), ...parts.hooks.slice(2)] },
      { lost: 1 },
    ],
    ['a label without its order', { labelled: [...parts.labelled, labelled(null, 'r', 'T2')] }, { lost: 1 }],
    [
      'a label that nobody asked for',
      { labelled: [...parts.labelled, labelled('yahoo 9', 'r', 'T2')] },
      { duplicated: 1 },
    ],
    ['a label that was given out is gone', { labelled: [] }, { lost: 1 }],
    [
      'a recipient has another key in the next file',
      {
        labels: [...parts.labels, label('ok', ['yahoo 1', 'r', 'T2'])],
        labelled: [...parts.labelled, labelled('yahoo 1', 'r', 'T2')],
      },
      { duplicated: 1 },
    ],
    [
      'one key for two recipients',
      {
        labels: [...parts.labels, label('ok', ['yahoo 1', 's', 'T1'])],
        labelled: [...parts.labelled, labelled('yahoo 1', 's', 'T1')],
      },
      { duplicated: 1 },
    ],
    ['held at the mall and not here', { held: held(true) }, { untrue: 1 }],
    [
      'held here and not at the mall',
      { stored: [stored('yahoo 1', { marks: ['other_recipient'], holds: ['shop_hold'] })] },
      { untrue: 1 },
    ],
    ['a mark is missing', { stored: [stored('yahoo 1')] }, { untrue: 1 }],
    [
      'a mark that the mall’s data forbid',
      { stored: [stored('yahoo 1', { marks: ['other_recipient', 'buyer_note'] })] },
      { untrue: 1 },
    ],
    [
      'a mark is still to be looked up at the end',
      { stored: [stored('yahoo 1', { marks: ['other_recipient', 'unchecked'] })] },
      { untrue: 1 },
    ],
  ])('%s', (_name, planted, expected) => {
    expect(counts(planted)).toEqual({ ...NOTHING_WRONG, ...expected })
  })
})

describe('what is no fault', () => {
  test.each<Case>([
    [
      'a lost answer of the feed that was asked for again',
      {
        feed: [
          ...parts.feed.slice(0, 2),
          line({ process: 'follower', f: 'feed', type: 'info', value: { after: '8-2', why: 'cut' } }),
          ...parts.feed.slice(2),
        ],
      },
      {},
    ],
    [
      'a row that was written after the log was read',
      {
        feed: [...parts.feed, feed('9-4', '9-5', row('9-5', 'marked'))],
        hooks: [...parts.hooks, hook(row('9-5', 'marked'))],
      },
      {},
    ],
    [
      'a change that ended after the run had stopped waiting and the feed was read',
      {
        logged: logged(...LOG.slice(0, 3)),
        known: knownAs('queued'),
        feed: [feed(null, '6-9'), feed('6-9', '9-3', STAGED, PULLED, QUEUED)],
        hooks: parts.hooks.slice(0, 3),
      },
      {},
    ],
    [
      'an order that was staged after the run had stopped waiting and the feed was read',
      {
        placed: [...parts.placed, order('yahoo 2')],
        stored: [...parts.stored, stored('yahoo 2')],
        pulls: pull('k1', 'p1', ['yahoo 1', 'yahoo 2']),
      },
      {},
    ],
    [
      'positions that name their server',
      {
        feed: [
          feed(null, 'e1.6-9'),
          feed('e1.6-9', 'e1.9-4', ...LOG.map((one) => ({ ...one, place: `e1.${one.place}` }))),
        ],
      },
      {},
    ],
    [
      'a webhook that was told a row twice, in another order',
      { hooks: [...parts.hooks.toReversed(), hook(STAGED)] },
      {},
    ],
    [
      'a webhook that refused a row and was told it again',
      { hooks: [hook(STAGED, 'fail'), hook(STAGED, 'info'), ...parts.hooks] },
      {},
    ],
    [
      'a reset in place of what lies before it',
      { hooks: [hook(row('8-2', '', '', 'reset')), ...parts.hooks.slice(2)] },
      {},
    ],
    ['a webhook that wants some kinds alone', { hooked: hooked('change'), hooks: parts.hooks.slice(2) }, {}],
    [
      'a label whose answer was lost',
      { labels: [label('invoke', ['yahoo 1', 'r', 'T1']), label('info', ['yahoo 1', 'r', 'T1'])] },
      {},
    ],
    [
      'held here as at the mall',
      { held: held(true), stored: [stored('yahoo 1', { marks: ['other_recipient'], holds: ['shop_hold'] })] },
      {},
    ],
  ])('%s', (_name, planted, expected) => {
    expect(counts(planted)).toEqual({ ...NOTHING_WRONG, ...expected })
  })
})

describe('late', () => {
  /** An order that its mall knew after a second, staged after so many. */
  const late = (
    seconds: number,
    more: HistoryLine[] = [],
    placed: Parameters<typeof order>[1] = {},
    sweepMs = 0,
  ) =>
    wrongIn([
      run('invoke', { sweepMs }),
      order('yahoo 1', placed),
      ...pull('k1', 'p1', ['yahoo 1']),
      stored('yahoo 1', { stagedAt: seconds * 1_000 }),
      ...more,
      run('ok'),
    ]).late
  const mailed = (seconds: number): HistoryLine[] => [
    { at: seconds * 1_000, ms: 0, process: 'mailbox', f: 'mail', type: 'ok', value: { order: 'yahoo 1' } },
  ]

  test('an order has a minute from its mail', () => {
    expect(late(60)).toBe(0)
    expect(late(62)).toBe(1)
    expect(late(100, mailed(50))).toBe(0)
    expect(late(112, mailed(50))).toBe(1)
  })

  test('one that is not mailed has the sweep and its list as well', () => {
    expect(late(92, [], { mails: 0 }, 30_000)).toBe(1)
    expect(late(90, [], { mails: 0 }, 30_000)).toBe(0)
    expect(late(140, [], { mails: 0, listedAfterMs: 80_000 })).toBe(0)
    expect(late(142, [], { mails: 0, listedAfterMs: 80_000 })).toBe(1)
  })

  test('a fault that touched it gives it as long as such a fault may hold up, from its end on', () => {
    const outage = fault(0, 'postgres-away', 500, 20_000)
    expect(late(200, outage)).toBe(0)
    expect(late(201, outage)).toBe(1)
    expect(late(379, fault(0, 'mall 503-html', 500, 20_000, 'yahoo'))).toBe(0)
    expect(late(381, fault(0, 'mall 503-html', 500, 20_000, 'yahoo'))).toBe(1)
  })

  test('the last of several counts, also one that was over shortly before', () => {
    const both = [...fault(0, 'postgres-away', 500, 20_000), ...fault(1, 'postgres-cut', 90_000, 90_000)]
    expect(late(269, both)).toBe(0)
    expect(late(271, both)).toBe(1)
    expect(late(150, fault(0, 'postgres-away', 100, 900))).toBe(0)
  })

  test('a fault elsewhere, or one that began when it was here, gives nothing', () => {
    expect(late(100, fault(0, 'mall 503-html', 500, 20_000, 'aupay'))).toBe(1)
    expect(late(100, fault(0, 'imap-slow', 500, 20_000, 'orders-2'), { mailbox: 'orders-1' })).toBe(1)
    expect(late(100, fault(0, 'imap-slow', 500, 20_000, 'orders-1'), { mailbox: 'orders-1' })).toBe(0)
    expect(late(100, fault(0, 'postgres-away', 101_000, 120_000))).toBe(1)
  })

  test('a fault that did not end touches it until then', () => {
    expect(late(5_000, fault(0, 'freeze worker', 500, null))).toBe(0)
    expect(late(5_000, fault(0, 'freeze worker', 500, 20_000))).toBe(1)
  })
})
