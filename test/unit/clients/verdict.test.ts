import { describe, expect, test } from 'vitest'
import { createLedger, type Ledger, type TracedCall } from '../../client-check/ledger.ts'
import { type Facts, isAtRest, isClean, judge, shown } from '../../client-check/verdict.ts'

/** The words of the kit over calls made by hand; test/e2e/client-check.test.ts has them of real clients. */

const A = '0190a7c0-0000-7000-8000-00000000000a'
const B = '0190a7c0-0000-7000-8000-00000000000b'
const FACTS: Facts = {
  handedOver: [],
  staged: 0,
  changes: [],
  fed: [],
  keptErased: [],
  promised: [],
  putBacks: 0,
}

function ledgerOf(calls: readonly Partial<TracedCall>[]): Ledger {
  const ledger = createLedger()
  for (const [index, call] of calls.entries())
    ledger.calls.push({
      n: index + 1,
      at: 1_000 * index,
      method: 'POST',
      path: '/v1/orders/pull',
      key: 'k1',
      ifMatch: null,
      after: null,
      byPosition: false,
      desk: null,
      beside: 0,
      besideAtDesk: 0,
      servedDesk: '',
      asked: [],
      fault: null,
      done: 200,
      told: 200,
      code: null,
      toldAt: 1_000 * index,
      orders: [],
      held: [],
      position: null,
      replayed: false,
      positions: [],
      early: null,
      ...call,
    })
  return ledger
}

describe('a client is at rest', () => {
  const at = (servedDesk: string, orders: string[] = []) => ({ servedDesk, orders })
  const isAtRestBehind = (calls: Partial<TracedCall>[], from = 0) => isAtRest(ledgerOf(calls).calls, from)

  test('when a pull brought nothing, twice', () => {
    expect(isAtRestBehind([at('a', [A])])).toBe(false)
    expect(isAtRestBehind([at('a', [A]), at('a'), at('a')], 1)).toBe(true)
    expect(isAtRestBehind([at('a', [A]), at('a'), at('a')], 2)).toBe(false)
    expect(isAtRestBehind([{}, {}])).toBe(true)
    expect(isAtRestBehind([])).toBe(false)
  })

  // One desk may be told nothing many times while the other one's client waits for a Retry-After.
  test('when each of its desks was told nothing, also one whose answer never came', () => {
    const lost = { ...at('b', [A]), told: null, fault: 'answer lost' } as const
    expect(isAtRestBehind([lost, at('a'), at('a'), at('a')], 1)).toBe(false)
    expect(isAtRestBehind([lost, at('a'), at('a'), at('b', [A])], 1)).toBe(false)
    expect(isAtRestBehind([lost, at('a'), at('a'), at('b', [A]), at('b'), at('b')], 1)).toBe(true)
  })
})

test.each<[string, Partial<TracedCall>[], string | null, RegExp]>([
  [
    'a key that was not sent again',
    [
      { orders: [A], fault: 'answer lost', told: null },
      { key: 'k2', orders: [B] },
    ],
    null,
    /No whole answer of its key reached the client \(#1\), which came back with another key \(#2\)/,
  ],
  [
    'a key that was only in memory',
    [{ orders: [A], fault: 'answer lost', told: null }, { key: 'k2' }],
    '0.02 s after call #1',
    /It was killed 0\.02 s after call #1 and came back with another key \(#2\): the key was not on the disk/,
  ],
  [
    'a conflict that was taken for the end',
    [{ orders: [A], fault: '409', told: 409, code: 'CONFLICT' }, { key: 'k2' }],
    null,
    /answered its key with 409 \(#1\), and the client took that for the end/,
  ],
  [
    'a key that was forgotten first',
    [{ orders: [A] }, { key: 'k2' }],
    '0.10 s after it wrote key',
    /The whole answer reached the client \(#1\)\. It was killed 0\.10 s after it wrote key.*Forget the key last/s,
  ],
])('lost by %s', (_what, calls, why, words) => {
  const ledger = ledgerOf(calls)
  if (why !== null) ledger.kills.push({ at: 500, why })
  const verdict = judge(ledger, { ...FACTS, handedOver: [A] })
  expect(verdict.findings.map(({ mistake }) => mistake)).toEqual(['lost'])
  expect(shown(verdict)).toMatch(words)
  expect(shown(verdict)).toMatch(/#1 \+0\.00 s {2}POST \/v1\/orders\/pull {2}key k1/)
})

test('orders that are stored once are no finding, those in two lines are', () => {
  const ledger = ledgerOf([{ orders: [A, B] }])
  ledger.store(`${A}\n${B},${B}\n`)
  expect(isClean(judge(ledger, { ...FACTS, handedOver: [A, B] }))).toBe(true)
  ledger.store(`${B}\n`)
  expect(judge(ledger, { ...FACTS, handedOver: [A, B] })).toMatchObject({ lost: [], doubled: [B] })
})

test('pulls that were refused are counted by what they were answered', () => {
  const refused = { done: 400, told: 400, code: 'IDEMPOTENCY_KEY_MISSING', key: null }
  const { findings } = judge(ledgerOf(Array(60).fill(refused)), { ...FACTS, staged: 7 })
  expect(findings[0]?.words).toContain(
    '7 orders still wait for a pull. Its 60 pulls were answered 400 IDEMPOTENCY_KEY_MISSING.',
  )
  expect(judge(ledgerOf([]), { ...FACTS, staged: 7 }).findings[0]?.words).toContain('It made no pull.')
})

test('positions are read from lines, and are none inside a UUID', () => {
  const ledger = ledgerOf([])
  ledger.store(`${A} 12-34\n"56-78-0a1b2c3d"\n`)
  expect([...ledger.positions]).toEqual(['12-34', '56-78-0a1b2c3d'])
})

const P = { key: null, byPosition: true }

test.each<[string, Partial<TracedCall>[], RegExp]>([
  [
    'a position that was stored first',
    [
      { ...P, orders: [A], position: 'p1' },
      { ...P, after: 'p1' },
    ],
    /The whole answer reached the client \(#1\), which asked for what lies behind it \(#2\) and has never stored the orders: its position/,
  ],
  [
    'a position of its own',
    [
      { ...P, orders: [A], position: 'p1', fault: 'answer lost', told: null },
      { ...P, after: 'p1' },
    ],
    /No answer with them reached the client \(#1\), which asked for what lies behind it \(#2\): it made that position itself/,
  ],
  [
    'passing over what is replayed',
    [
      { ...P, orders: [A], position: 'p1', fault: 'answer lost', told: null },
      { ...P, orders: [A], position: 'p1', replayed: true },
      { ...P, after: 'p1' },
    ],
    /All answers with them that reached the client said replayed \(#2\), and it passed them over/,
  ],
  [
    'taking for known what it has seen',
    [
      { ...P, orders: [A], position: 'p1' },
      { ...P, orders: [A], position: 'p1', replayed: true },
      { ...P, after: 'p1' },
    ],
    /The batch reached the client 2 times \(#1, #2\), and it was passed over each time/,
  ],
  [
    'throwing orders with holds away',
    [{ ...P, orders: [A, B], held: [A], position: 'p1' }],
    /has stored the others of the batch \(#1\); what is missing has holds/,
  ],
  [
    'a new key after an empty answer',
    [{ fault: 'late copy', orders: [A], told: null }, { orders: [] }, { key: 'k2' }],
    /An empty answer reached the client \(#2\), which came back with another key \(#3\); a copy of its request that came later made the batch \(#1\)/,
  ],
])('lost by %s', (_what, calls, words) => {
  const ledger = ledgerOf(calls)
  ledger.store(B)
  const verdict = judge(ledger, { ...FACTS, handedOver: [A] })
  expect(verdict.findings.map(({ mistake }) => mistake)).toEqual(['lost'])
  expect(shown(verdict)).toMatch(words)
})

// The answer that it stored may itself have been a repeat, or a second one.
test.each<[string, Partial<TracedCall>[]]>([
  ['', []],
  [', stored by a repeat', [{ ...P, at: 0, orders: [A], position: 'p1', fault: 'answer lost', told: null }]],
  [', told twice', [{ ...P, at: 0, orders: [A], position: 'p1' }]],
])('lost by a position outside of the backup%s', (_what, before) => {
  const ledger = ledgerOf([
    ...before,
    { ...P, at: 100, orders: [A], position: 'p1', replayed: before.length > 0 },
    { ...P, at: 1_000, after: 'p1' },
  ])
  ledger.putBacks.push({ at: 500, from: 0 })
  expect(shown(judge(ledger, { ...FACTS, handedOver: [A] }))).toMatch(
    /put back to an older copy at \+0\.50 s, and it went on from a newer position \(#[23]\)/,
  )
})

test('a batch that is asked for behind the same position again and again', () => {
  const { findings } = judge(ledgerOf(Array(6).fill({ ...P, orders: [A], position: 'p1' })), {
    ...FACTS,
    staged: 3,
  })
  expect(findings[0]?.words).toContain('6 of them were asked behind the same position (none)')
})

describe('a run without findings', () => {
  const promised = ['answer lost', '503'] as const
  const calls: Partial<TracedCall>[] = [
    { ...P, fault: 'answer lost', told: null, orders: [A] },
    { ...P, fault: '503', done: null, told: 503 },
  ]
  test('is green where each fault met a pull, those that take an answer one with orders', () => {
    expect(isClean(judge(ledgerOf(calls), { ...FACTS, promised }))).toBe(true)
  })

  test('proves nothing where one met none', () => {
    const empty = judge(ledgerOf([{ ...calls[0], orders: [] }, ...calls.slice(1)]), { ...FACTS, promised })
    expect(isClean(empty)).toBe(false)
    expect(shown(empty)).toContain('NOTHING IS PROVEN: no pull with orders met answer lost.')
    expect(judge(ledgerOf(calls), { ...FACTS, promised, putBacks: 1 }).unmet).toEqual(['client put back'])
  })
})

test('a refusal holds for the puller that it was told, where several run at once', () => {
  const early = (same: boolean) => ({ refused: 1, afterMs: 10, same })
  const counted = (...calls: Partial<TracedCall>[]) => judge(ledgerOf(calls), FACTS).impatient
  expect(counted({ ...P, early: early(false) })).toBe(1)
  expect(counted({ ...P, beside: 1 }, { ...P, desk: 'b', early: early(false) })).toBe(0)
  expect(counted({ ...P, beside: 1 }, { ...P, desk: 'b', early: early(true) })).toBe(1)
  expect(
    counted({ ...P, desk: 'b', beside: 1, besideAtDesk: 1 }, { ...P, desk: 'b', early: early(true) }),
  ).toBe(0)
})

test('a site change that was made twice is told by its keys, and one that was taken back between is none', () => {
  const asked = (action: string, content = action) => ({
    path: '/v1/site-changes',
    asked: [{ orderId: A, action, content }],
  })
  const change = (id: string, action: string) => ({ id, orderId: A, action })
  const judged = (calls: Partial<TracedCall>[], ...changes: Facts['changes'][number][]) =>
    judge(ledgerOf(calls), { ...FACTS, changes })
  const memo = judged(
    [asked('memo'), { ...asked('memo'), key: 'k2' }],
    change('1', 'memo'),
    change('2', 'memo'),
  )
  expect(memo.findings[0]?.words).toMatch(
    /site change memo of order .* was made 2 times.* under 2 keys \(k1, k2\)/,
  )
  const held = ['hold', 'release', 'hold']
  expect(
    judged(
      held.map((action) => asked(action)),
      ...held.map((action, at) => change(`${at}`, action)),
    ).findings,
  ).toEqual([])
  const two = judged([asked('memo', 'x'), asked('memo', 'y')], change('1', 'memo'), change('2', 'memo'))
  expect(two.findings).toEqual([])
})

test('an ETag that the service refused is not sent again', () => {
  const edit = { method: 'PATCH', path: `/v1/orders/${A}`, ifMatch: '"1"' }
  const refused = { ...edit, done: 412, told: 412 }
  expect(judge(ledgerOf([refused, edit]), FACTS).findings[0]?.words).toMatch(
    /#1 was told 412 and came again as #2/,
  )
  // What something in between has said tells nothing of the ETag.
  expect(judge(ledgerOf([{ ...refused, done: 200 }, edit]), FACTS).findings).toEqual([])
})

describe('a feed that is left for the present', () => {
  const feed = (after: string | null, more: Partial<TracedCall> = {}) => ({
    method: 'GET',
    path: '/v1/changes',
    key: null,
    after,
    ...more,
  })
  const words = (calls: Partial<TracedCall>[], kill?: number) => {
    const ledger = ledgerOf(calls)
    if (kill !== undefined) ledger.kills.push({ at: kill, why: 'later' })
    return judge(ledger, FACTS).findings.map((finding) => finding.words)
  }
  test('after an error', () => {
    expect(words([feed('1-1'), feed('1-2', { told: 503, code: 'UNAVAILABLE' }), feed(null)])[0]).toMatch(
      /\(#3, without after\): after #2 was told 503 UNAVAILABLE it began at the present/,
    )
  })
  test('because it kept no position', () => {
    expect(words([feed('1-1'), feed(null)], 500)[0]).toMatch(
      /it was killed later and began at the present.*never kept one/,
    )
  })
  test('is none at the beginning, and none where the service says that the place is gone', () => {
    expect(words([feed(null), feed(null), feed('1-1')])).toEqual([])
    expect(
      words([
        feed('1-1'),
        feed('1-1', { told: 410, code: 'POSITION_EXPIRED' }),
        feed(null, { told: 503 }),
        feed(null),
      ]),
    ).toEqual([])
  })
})
