import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check } from '../../chaos/check.ts'
import { type Figure, type HistoryLine, openHistory, readHistory } from '../../chaos/history.ts'
import {
  behind,
  change,
  ended,
  kept,
  line,
  NOTHING_WRONG as none,
  order,
  pull,
  run,
  sent,
  stored,
  write,
  wrongIn,
} from './made-up-history.ts'

/**
 * That the checker of the fault runs sees what must never be: each fault is planted into a history without
 * any.
 */

const one = { id: 'c1', order: 'yahoo 1', action: 'ship', parcels: ['11'] }
const CORRECTED = { id: 'c2', order: 'yahoo 1', action: 'correct_shipment', parcels: ['22'] }
const UNANSWERED = { order: 'yahoo 1', action: 'ship', parcels: ['11'] }
const parts = {
  begin: [run('invoke', { sweepMs: 0 })],
  placed: [order('yahoo 1'), order('yahoo 2')],
  pulls: pull('k1', 'p1', ['yahoo 1', 'yahoo 2']),
  replays: pull('k1', 'p1', ['yahoo 1', 'yahoo 2']),
  asked: [change('invoke', 'r1', [one]), change('ok', 'r1', [one])],
  stored: [stored('yahoo 1'), stored('yahoo 2')],
  ended: [ended('c1', 'succeeded')],
  writes: [write('yahoo 1', 'orderShipStatusChange', '3', '11')],
  open: [] as HistoryLine[],
  over: [run('ok')],
}
const counts = (planted: Partial<typeof parts>) => wrongIn(Object.values({ ...parts, ...planted }).flat())

test('a history without a fault', () => {
  expect(counts({})).toEqual(none)
  expect(check(Object.values(parts).flat())).toMatchObject({
    orders: 2,
    staged: 2,
    pulled: 2,
    changes: 1,
    findings: [],
    changeStates: { 'ship succeeded': 1 },
    writes: { yahoo: { orderShipStatusChange: 1 } },
  })
})

const both = { id: 'c1', order: 'rakuten 1', action: 'ship', parcels: ['11', '12'], apart: true as const }
const apart = {
  placed: [order('rakuten 1')],
  pulls: pull('k1', 'p1', ['rakuten 1']),
  replays: pull('k1', 'p1', ['rakuten 1']),
  asked: [change('invoke', 'r1', [both]), change('ok', 'r1', [both])],
  stored: [stored('rakuten 1')],
}
const wroteOf = (...numbers: string[]) => ({
  ...apart,
  writes: numbers.map((number) => write('rakuten 1', 'updateOrderShipping', number)),
})

test('parcels to several recipients are a write each', () => {
  expect(counts(wroteOf('11', '12'))).toEqual(none)
  expect(counts(wroteOf('11'))).toEqual({ ...none, lost: 1 })
  expect(counts(wroteOf('11', '12', '12'))).toEqual({ ...none, duplicated: 1 })
})

test('an order that its mall says was sent in part was not shipped', () => {
  const at = (...lines: [number, number][]) => counts({ over: [sent('yahoo 1', ...lines), run('ok')] })
  expect(at([2, 2], [1, 1])).toEqual(none)
  expect(at([2, 2], [1, 0])).toEqual({ ...none, lost: 1 })
  expect(at([2, 1], [1, 1])).toEqual({ ...none, lost: 1 })
  const untouched = [sent('yahoo 2', [2, 1]), run('ok')]
  expect(counts({ over: untouched })).toEqual({ ...none, duplicated: 1 })
})

test('a change of some lines sends these and no others', () => {
  const part = { ...one, lines: [{ lineId: 'L1', quantity: 1 }] }
  const at = (state: string, ...lines: [number, number][]) =>
    counts({
      asked: [change('invoke', 'r1', [part]), change('ok', 'r1', [part])],
      ended: [ended('c1', state, state === 'succeeded' ? null : 'NOT_CONFIRMED')],
      over: [sent('yahoo 1', ...lines), run('ok')],
    })
  expect(at('succeeded', [2, 1], [1, 0])).toEqual(none)
  expect(at('succeeded', [2, 0], [1, 0])).toEqual({ ...none, lost: 1 })
  expect(at('succeeded', [2, 2], [1, 0])).toEqual({ ...none, duplicated: 1 })
  expect(at('warning', [2, 0], [1, 0])).toEqual(none)
  expect(at('warning', [2, 1], [1, 1])).toEqual({ ...none, duplicated: 1 })
})

const NUMBER = { id: 'c1', order: 'shopify 1', action: 'ship', parcels: ['11'] }
const atPlaces = (places: string[] | undefined, ...written: string[][]) => ({
  placed: [order('shopify 1', places === undefined ? {} : { places })],
  pulls: pull('k1', 'p1', ['shopify 1']),
  replays: pull('k1', 'p1', ['shopify 1']),
  asked: [change('invoke', 'r1', [NUMBER]), change('ok', 'r1', [NUMBER])],
  stored: [stored('shopify 1')],
  writes: written.map((content) => write('shopify 1', 'fulfillmentCreate', ...content)),
})

test('goods at two locations are a write each, and each of them once', () => {
  const two = ['Location/1', 'Location/2']
  expect(counts(atPlaces(two, ['11', 'Location/1'], ['11', 'Location/2']))).toEqual(none)
  expect(counts(atPlaces(two, ['11', 'Location/1']))).toEqual({ ...none, lost: 1 })
  const again = [
    ['11', 'Location/1'],
    ['11', 'Location/2'],
    ['11', 'Location/2'],
  ] as const
  expect(counts(atPlaces(two, ...again.map((one) => [...one])))).toEqual({ ...none, duplicated: 1 })
  expect(counts(atPlaces(two, ['11', 'Location/1'], ['11', 'Location/1']))).toEqual({
    ...none,
    lost: 1,
    duplicated: 1,
  })
  expect(counts(atPlaces(['Location/1'], ['11', 'Location/1'], ['11', 'Location/3']))).toEqual({
    ...none,
    duplicated: 1,
  })
  expect(counts(atPlaces(undefined, ['11', 'Location/1']))).toEqual({ ...none, lost: 1, duplicated: 1 })
})

test('parcels by line of a Shopify order, and their correction, are a write each', () => {
  const asked = [
    { ...NUMBER, parcels: ['11', '12'], apart: true as const },
    { id: 'c2', order: 'shopify 1', action: 'correct_shipment', parcels: ['22'] },
  ]
  const at = (...corrections: string[]) => {
    const made = atPlaces(['Location/1'], ['11', 'Location/1'], ['12', 'Location/1'])
    return counts({
      ...made,
      asked: [change('invoke', 'r1', asked), change('ok', 'r1', asked)],
      ended: [ended('c1', 'succeeded', null), ended('c2', 'succeeded', null)],
      writes: [
        ...made.writes,
        ...corrections.map((number) => write('shopify 1', 'fulfillmentTrackingInfoUpdate', number)),
      ],
    })
  }
  expect(at('22')).toEqual(none)
  expect(at()).toEqual({ ...none, lost: 1 })
  expect(at('22', '22')).toEqual({ ...none, duplicated: 1 })
})

describe('a planted fault', () => {
  test.each<[string, Partial<typeof parts>, Partial<typeof none>]>([
    ['the run did not end', { over: [] }, { lost: 1 }],
    [
      'an order was never staged nor handed over',
      { placed: [...parts.placed, order('aupay 3')] },
      { lost: 1 },
    ],
    ['an order was handed over and is not here', { stored: [stored('yahoo 1')] }, { lost: 2 }],
    [
      'an order is in no batch',
      { pulls: pull('k1', 'p1', ['yahoo 1']), replays: pull('k1', 'p1', ['yahoo 1']) },
      { lost: 1 },
    ],
    ['a pull was never answered', { replays: pull('k2', 'p2', []).slice(0, 1) }, { lost: 1 }],
    ['a repeated pull misses an order', { replays: pull('k1', 'p1', ['yahoo 1']) }, { lost: 1 }],
    [
      'a repeated pull is in another order',
      { replays: pull('k1', 'p1', ['yahoo 2', 'yahoo 1']) },
      { lost: 1 },
    ],
    [
      'a repeated pull is another batch',
      { replays: pull('k1', 'p9', ['yahoo 1', 'yahoo 2']) },
      { lost: 1, duplicated: 2 },
    ],
    ['one batch under two keys', { replays: pull('k2', 'p1', ['yahoo 1', 'yahoo 2']) }, { duplicated: 1 }],
    ['an order is in two batches', { replays: pull('k2', 'p2', ['yahoo 2']) }, { duplicated: 1 }],
    ['an order has two rows', { stored: [...parts.stored, stored('yahoo 2')] }, { duplicated: 1 }],
    [
      'an order was staged twice',
      { stored: [stored('yahoo 1'), stored('yahoo 2', { stagings: 2 })] },
      { duplicated: 1 },
    ],
    ['an order that no buyer placed', { placed: [order('yahoo 1')] }, { duplicated: 1 }],
    [
      'an order came late',
      { stored: [stored('yahoo 1'), stored('yahoo 2', { stagedAt: 70_000 })] },
      { late: 1 },
    ],
    ['a change was written twice', { writes: [...parts.writes, ...parts.writes] }, { duplicated: 1 }],
    ['a change went well and was not written', { writes: [] }, { lost: 1 }],
    [
      'a write that nobody asked for',
      { writes: [...parts.writes, write('yahoo 2', 'x')] },
      { duplicated: 1 },
    ],
    [
      'a parcel of two is not written',
      { asked: [change('ok', 'r1', [{ ...one, parcels: ['11', '12'] }])] },
      { lost: 1, duplicated: 1 },
    ],
    [
      'Amazon was told one of two parcels',
      {
        placed: [order('amazon 1')],
        stored: [stored('amazon 1')],
        replays: [],
        pulls: pull('k1', 'p1', ['amazon 1']),
        asked: [change('ok', 'r1', [{ ...one, order: 'amazon 1', parcels: ['11', '12'] }])],
        writes: [write('amazon 1', 'confirmShipment', '11')],
      },
      { lost: 1 },
    ],
    [
      'Amazon was told one of two parcels twice',
      {
        placed: [order('amazon 1')],
        stored: [stored('amazon 1')],
        replays: [],
        pulls: pull('k1', 'p1', ['amazon 1']),
        asked: [change('ok', 'r1', [{ ...one, order: 'amazon 1', parcels: ['11', '12'] }])],
        writes: ['11', '11', '12'].map((number) => write('amazon 1', 'confirmShipment', number)),
      },
      { duplicated: 1 },
    ],
    [
      'a ship written twice, where a correction ended with a reason',
      {
        asked: [change('ok', 'r1', [one, CORRECTED])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'failed', 'CHANGE_NOT_TAKEN')],
        writes: [...parts.writes, ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'a ship written twice, where a correction of the same number ended as a warning',
      {
        asked: [change('ok', 'r1', [one, { ...CORRECTED, parcels: ['11'] }])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'warning', 'NOT_CONFIRMED')],
        writes: [...parts.writes, ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'a ship of two parcels written twice, where a correction of one of them ended as a warning',
      {
        asked: [
          change('ok', 'r1', [
            { ...one, parcels: ['11', '12'] },
            { ...CORRECTED, parcels: ['12'] },
          ]),
        ],
        ended: [ended('c1', 'succeeded'), ended('c2', 'warning', 'NOT_CONFIRMED')],
        writes: ['x', 'y'].map((when) => write('yahoo 1', 'orderShipStatusChange', '11', '12', when)),
      },
      { duplicated: 1 },
    ],
    [
      'a failed ship written twice, where a correction of the same number ended as a warning',
      {
        asked: [change('ok', 'r1', [one, { ...CORRECTED, parcels: ['11'] }])],
        ended: [ended('c1', 'failed', 'X'), ended('c2', 'warning', 'NOT_CONFIRMED')],
        writes: [...parts.writes, ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'a row says that it was not handed over, and it was',
      { stored: [stored('yahoo 1', { pulled: false }), stored('yahoo 2')] },
      { untrue: 1 },
    ],
    [
      'a row names another batch than it came in',
      { stored: [stored('yahoo 1', { batch: 'p9' }), stored('yahoo 2', { batch: 'p1' })] },
      { untrue: 1 },
    ],
    [
      'a ship written again after its correction',
      {
        asked: [change('ok', 'r1', [one, CORRECTED])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'succeeded')],
        writes: [...parts.writes, write('yahoo 1', 'orderShipStatusChange', '22'), ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'two writes for a request that was never answered',
      {
        asked: [change('invoke', 'r1', [UNANSWERED])],
        ended: [],
        writes: [...parts.writes, ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'a write of other content for a request that was never answered',
      {
        asked: [change('invoke', 'r1', [UNANSWERED])],
        ended: [],
        writes: [write('yahoo 1', 'orderShipStatusChange', '99')],
      },
      { duplicated: 1 },
    ],
    ['an accepted change is gone', { ended: [], writes: [] }, { lost: 1 }],
    ['a change did not end', { ended: [ended('c1', 'changing')] }, { stuck: 1 }],
    ['a change ended without a reason', { ended: [ended('c1', 'warning')] }, { unexplained: 1 }],
    [
      'a failed change was written twice',
      { ended: [ended('c1', 'failed', 'X')], writes: [...parts.writes, ...parts.writes] },
      { duplicated: 1 },
    ],
    [
      'two changes of one kind for an order',
      {
        asked: [change('ok', 'r1', [one]), change('ok', 'r2', [{ ...one, id: 'c2' }])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'succeeded')],
        writes: [...parts.writes, ...parts.writes],
      },
      { duplicated: 1 },
    ],
    [
      'a request waits without a reason',
      { open: [line({ process: 'database', f: 'open', type: 'ok', value: { what: 'overdue', text: 'x' } })] },
      { stuck: 1 },
    ],
    [
      'a shop waits for a person',
      {
        open: [line({ process: 'database', f: 'open', type: 'ok', value: { what: 'attention', text: 'x' } })],
      },
      { stuck: 1 },
    ],
  ])('%s', (_name, planted, expected) => {
    expect(counts(planted)).toEqual({ ...none, ...expected })
  })
})

describe('pulls by position', () => {
  const late = line({
    process: 'puller',
    f: 'pull',
    type: 'info',
    value: { after: 'p1', why: 'held back for 3 ms' },
  })
  const byPosition = {
    pulls: [...behind(0, ['yahoo 1']), late, ...behind(1, ['yahoo 2']), ...behind(2, [])],
    replays: [...behind(0, ['yahoo 1'], { replayed: true }), ...behind(1, ['yahoo 2'], { replayed: true })],
    kept: [kept('yahoo 1', 'yahoo 2')],
  }
  test('without a fault, whatever is asked again', () => {
    const history = Object.values({ ...parts, ...byPosition }).flat()
    expect(wrongIn(history)).toEqual(none)
    expect(check(history)).toMatchObject({ pulled: 2, heldBack: 1 })
  })

  test.each<[string, Partial<typeof byPosition>, Partial<typeof none>]>([
    [
      'a batch is skipped',
      {
        pulls: [...behind(0, ['yahoo 1']), ...behind(1, ['yahoo 2'], { number: 3, position: 'p3' })],
        replays: [],
      },
      { lost: 1 },
    ],
    [
      'an answer begins elsewhere than its pull',
      { pulls: [...behind(0, ['yahoo 1']), ...behind(1, ['yahoo 2'], { since: 'p0' })] },
      { lost: 1 },
    ],
    [
      'a batch comes again with other orders',
      { replays: behind(0, ['yahoo 1', 'yahoo 2'], { replayed: true }) },
      { lost: 1, duplicated: 1 },
    ],
    [
      'a batch comes again under another id',
      { replays: behind(0, ['yahoo 1'], { pullId: 'b9' }) },
      { lost: 1, duplicated: 1 },
    ],
    [
      'an order is in two batches',
      { pulls: [...byPosition.pulls, ...behind(2, ['yahoo 1'])] },
      { duplicated: 1 },
    ],
    ['a client does not have an order at its end', { kept: [kept('yahoo 1')] }, { lost: 1 }],
    [
      'two clients have an order at their end',
      { kept: [...byPosition.kept, kept('yahoo 2')] },
      { duplicated: 1 },
    ],
    [
      'a pull was never answered',
      { pulls: [...byPosition.pulls, ...behind(3, []).slice(0, 1)] },
      { lost: 1 },
    ],
  ])('%s', (_name, planted, expected) => {
    expect(wrongIn(Object.values({ ...parts, ...byPosition, ...planted }).flat())).toEqual({
      ...none,
      ...expected,
    })
  })
})

describe('what is no fault', () => {
  const aupay = (actions: string[]) =>
    actions.map((action) => ({ id: action, order: 'aupay 1', action, parcels: ['11'] }))
  const both = aupay(['confirm', 'ship'])
  const confirmed = (states: HistoryLine[], writes: string[][]): Partial<typeof parts> => ({
    placed: [order('aupay 1')],
    stored: [stored('aupay 1')],
    ended: states,
    pulls: pull('k1', 'p1', ['aupay 1']),
    replays: [],
    asked: [change('ok', 'r1', both)],
    writes: writes.map(([operation = '', ...content]) => write('aupay 1', operation, ...content)),
  })
  const held = (states: HistoryLine[], statuses: string[][]): Partial<typeof parts> => ({
    ...confirmed(
      [...states, ended('hold', 'succeeded'), ended('release', 'succeeded')],
      statuses.map((content) => ['updateTradeStsProc', ...content]),
    ),
    asked: [change('ok', 'r1', aupay(['confirm', 'hold', 'release']))],
  })
  const all = [
    ['updateTradeStsProc', '発送待ち'],
    ['updateTradeInfoProc', '11'],
    ['updateTradeStsProc', '完了'],
  ]
  const well = [ended('confirm', 'succeeded'), ended('ship', 'succeeded')]

  test.each<[string, Partial<typeof parts>, Partial<typeof none>]>([
    ['an order confirmed and shipped', confirmed(well, all), {}],
    ['one call of an action missing', confirmed(well, all.slice(0, 2)), { lost: 1 }],
    [
      'one call of an action too many',
      confirmed(well, [...all, ['updateTradeStsProc', '完了']]),
      { duplicated: 1 },
    ],
    [
      'an order that came in confirmed',
      confirmed([ended('confirm', 'succeeded', 'ALREADY_DONE'), ended('ship', 'succeeded')], all.slice(1)),
      {},
    ],
    [
      'an order that came in confirmed, was held and released',
      held([ended('confirm', 'succeeded', 'ALREADY_DONE')], [['保留'], ['発送待ち']]),
      {},
    ],
    [
      'an order that was confirmed, held and not released',
      held([ended('confirm', 'succeeded')], [['発送待ち'], ['保留']]),
      { lost: 1 },
    ],
    [
      'a write for a request whose answer never came',
      { asked: [change('invoke', 'r1', [UNANSWERED])], ended: [] },
      {},
    ],
    [
      'a ship and its correction',
      {
        asked: [change('ok', 'r1', [one, CORRECTED])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'succeeded')],
        writes: [...parts.writes, write('yahoo 1', 'orderShipStatusChange', '22')],
      },
      {},
    ],
    [
      'a correction of the same number that went well, and was written',
      {
        asked: [change('ok', 'r1', [one, { ...CORRECTED, parcels: ['11'] }])],
        ended: [ended('c1', 'succeeded'), ended('c2', 'succeeded')],
        writes: [...parts.writes, write('yahoo 1', 'orderShipStatusChange', 'sagawa', '11')],
      },
      {},
    ],
    [
      'a lost answer of a pull that was asked again',
      { replays: [line({ process: 'puller', f: 'pull', type: 'info', value: { key: 'k1', why: 'cut' } })] },
      {},
    ],
    [
      'a change that ended as warning with a reason, unwritten',
      { ended: [ended('c1', 'warning', 'TOO_SLOW')], writes: [] },
      {},
    ],
  ])('%s', (_name, history, expected) => {
    expect(counts(history)).toEqual({ ...none, ...expected })
  })
})

test('a history is read as it was written, and a line that is none is named', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-history-'))
  try {
    const history = openHistory(join(dir, 'new', 'run.jsonl'))
    history.note({ process: 'puller', f: 'pull', type: 'invoke', value: { key: 'k' } })
    history.note({ process: 'puller', f: 'pull', type: 'info', value: { key: 'k', why: '雪' } })
    await history.close()
    const lines = await readHistory(history.file)
    expect(lines).toMatchObject([{ type: 'invoke' }, { type: 'info', value: { key: 'k', why: '雪' } }])
    expect((lines[1]?.ms ?? 0) >= (lines[0]?.ms ?? 0)).toBe(true)
    await writeFile(history.file, `${await readFile(history.file, 'utf8')}{"f":"pull"}\n`)
    await expect(readHistory(history.file)).rejects.toThrow('run.jsonl:3 is no line')
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('the checker knows nothing of the service', async () => {
  const files = ['changes', 'feed', 'figures', 'why'].map((part) => `check-${part}.ts`)
  files.push('check.ts', 'history.ts')
  const texts = await Promise.all(
    files.map((file) => readFile(new URL(`../../chaos/${file}`, import.meta.url), 'utf8')),
  )
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? ''),
  )
  expect(imported.filter((name) => !/^(node:|zod$|\.\/(check(-[a-z]+)?|history)\.ts$)/.test(name))).toEqual(
    [],
  )
})

test('a rule of 自動仕分け moves an order once, of its shops alone, and from nowhere but 新規受付', () => {
  const moved = (...moves: string[]) => ({
    moves,
    shop: 's',
    status: 'ready_to_ship',
    sorting: 'seen' as const,
  })
  const of = (more: Parameters<typeof stored>[1]) =>
    check([
      run('invoke', { sorted: ['s'] }),
      order('A'),
      ...pull('k', 'b', ['A']),
      stored('A', more),
      run('ok'),
    ])
  const rule = 'rule:rest new>ready_to_ship'
  expect(of(moved(rule))).toMatchObject({ untrue: 0, duplicated: 0, stuck: 0 })
  expect(of(moved(rule, 'key:1 ready_to_ship>on_hold'))).toMatchObject({ untrue: 0, stuck: 0 })
  expect(of(moved(rule, rule))).toMatchObject({ duplicated: 1 })
  expect(of(moved('key:1 new>on_hold', 'rule:rest on_hold>ready_to_ship'))).toMatchObject({ untrue: 1 })
  expect(of({ ...moved(rule), shop: 'other' })).toMatchObject({ untrue: 1 })
  expect(of({ ...moved(), status: 'new' })).toMatchObject({ stuck: 1 })
  expect(of({ ...moved(), status: 'new', holds: ['unpaid'] })).toMatchObject({ stuck: 0 })
  expect(of({ ...moved(), status: 'new', sorting: 'due' })).toMatchObject({ stuck: 1 })
})

test('figures by day are those of the orders: one that is not counted, counted twice, or of no order is untrue', () => {
  const facts = { day: '2026-12-01', amount: 1_000, gone: false, shipBy: '2026-12-02', leftOn: '2026-12-02' }
  const told = { day: '2026-12-01', shop: 's', orders: 2, amount: 1_500, cancelled: 1, cancelledAmount: 500 }
  const of = (figures: readonly Figure[], counted = true) =>
    check([
      run('invoke', { counted }),
      ...['A', 'B'].flatMap((one) => [order(one), ...pull(one, one, [one])]),
      stored('A', { shop: 's', facts }),
      stored('B', { shop: 's', facts: { ...facts, amount: 500, gone: true } }),
      ...figures.map((value) => line({ process: 'run', f: 'figure', type: 'ok', value })),
      run('ok'),
    ])
  expect(of([{ ...told, inTime: 1 }])).toMatchObject({ untrue: 0, lost: 0 })
  expect(of([{ ...told, inTime: 0 }])).toMatchObject({ untrue: 1 })
  expect(of([{ ...told, orders: 3, inTime: 1 }]).findings).toEqual([
    'untrue: the figures say 3 orders, the orders 2: 2026-12-01 s',
  ])
  expect(
    of([
      { ...told, inTime: 1 },
      { ...told, shop: 'other', inTime: 0 },
    ]),
  ).toMatchObject({ untrue: 4 })
  // None at all, of a run that reads them and of one of before.
  expect(of([])).toMatchObject({ untrue: 5 })
  expect(of([], false)).toMatchObject({ untrue: 0 })
})

test('an order of a file comes to what its cart says, or staff are told', () => {
  const facts = { day: '2026-12-01', amount: 1_000, gone: false, shipBy: null, leftOn: null }
  const of = (amount: number, flags: string[]) =>
    check([
      run('invoke'),
      order('connector 1'),
      ...pull('k', 'b', ['connector 1']),
      stored('connector 1', { facts, flags }),
      line({ process: 'cart', f: 'cart', type: 'ok', value: { order: 'connector 1', amount } }),
      run('ok'),
    ]).untrue
  expect(of(1_000, [])).toBe(0)
  expect(of(1_010, [])).toBe(1)
  expect(of(1_010, ['changed_at_mall'])).toBe(0)
})
