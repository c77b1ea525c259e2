import { expect, test } from 'vitest'
import { createLedger, type Ledger, type TracedCall } from '../../client-check/ledger.ts'
import { type Facts, isClean, judge, shown } from '../../client-check/verdict.ts'

/** The words of the kit over calls made by hand; test/e2e/client-check.test.ts has them of real clients. */

const A = '0190a7c0-0000-7000-8000-00000000000a'
const B = '0190a7c0-0000-7000-8000-00000000000b'
const FACTS: Facts = { handedOver: [], staged: 0, shipped: [], changes: [] }

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
      asked: [],
      fault: null,
      done: 200,
      told: 200,
      code: null,
      toldAt: 1_000 * index,
      orders: [],
      positions: [],
      early: null,
      ...call,
    })
  return ledger
}

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
