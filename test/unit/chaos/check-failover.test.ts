import { expect, test } from 'vitest'
import { checkFailover } from '../../chaos/check-failover.ts'
import type { HistoryEntry, HistoryLine } from '../../chaos/history.ts'

type Noted = HistoryEntry extends infer E ? (E extends HistoryEntry ? Omit<E, 'process'> : never) : never
const line = (entry: Noted): HistoryLine => Object.assign({ at: 0, ms: 0, process: 'puller' }, entry)

const pulled = (number: number, orders: string[], { after = number - 1, path = 'a' } = {}): HistoryLine[] => {
  const value = {
    after: after === 0 ? null : `${after}.old`,
    since: `${after}.${path}`,
    position: `${number}.${path}`,
    desk: 'd',
    pullId: `${path}${number}`,
    number,
    orders,
  }
  return [line({ f: 'pull', type: 'invoke', value }), line({ f: 'pull', type: 'ok', value })]
}
const order = (key: string) =>
  line({ f: 'order', type: 'ok', value: { order: key, visibleAt: 0, mails: 1, listedAfterMs: 0 } })
const stored = (key: string, id: string, more: { pulled?: boolean; stagings?: number } = {}) =>
  line({
    f: 'stored',
    type: 'ok',
    value: { id, order: key, stagedAt: 0, stagings: 1, pulled: true, holds: [], marks: [], ...more },
  })
const kept = (orders: Record<string, string>) =>
  line({
    f: 'kept',
    type: 'ok',
    value: { orders: Object.entries(orders).map(([key, id]) => ({ order: key, id })) },
  })
const run = [line({ f: 'run', type: 'invoke', value: {} }), line({ f: 'run', type: 'ok', value: {} })]

const clean = [
  ...run,
  order('yahoo 1'),
  order('yahoo 2'),
  ...pulled(1, ['yahoo 1']),
  ...pulled(2, ['yahoo 2'], { path: 'b' }),
  stored('yahoo 1', 'i1'),
  stored('yahoo 2', 'i2'),
  kept({ 'yahoo 1': 'i1', 'yahoo 2': 'i2' }),
]
const facts = { synchronous: true, failovers: 1, resets: 1 }

test('a failover that loses nothing changes the path of positions and nothing else', () => {
  expect(checkFailover(clean, facts)).toMatchObject({
    lost: 0,
    duplicated: 0,
    untold: 0,
    givenAgain: 0,
    findings: [],
  })
})

const without = (unwanted: HistoryLine) =>
  clean.filter((one) => JSON.stringify(one) !== JSON.stringify(unwanted))

test.each<[string, HistoryLine[], object]>([
  ['an order that is nowhere', without(stored('yahoo 2', 'i2')), { duplicated: 0 }],
  [
    'an order under another id than the client’s',
    [...without(stored('yahoo 2', 'i2')), stored('yahoo 2', 'i3')],
    {},
  ],
  ['an order twice', [...clean, stored('yahoo 1', 'i9')], { duplicated: expect.toSatisfy((n) => n > 0) }],
  [
    'an order that no desk got',
    [...without(stored('yahoo 2', 'i2')), stored('yahoo 2', 'i2', { pulled: false })],
    {},
  ],
])('is found: %s', (_, history, more) => {
  for (const synchronous of [true, false]) {
    const verdict = checkFailover(history, { ...facts, synchronous })
    expect(verdict.lost + verdict.duplicated).toBeGreaterThan(0)
    expect(verdict).toMatchObject(more)
  }
})

test('a batch that begins elsewhere is lost work where every commit waited, and is not where none did', () => {
  const undone = [...clean, ...pulled(1, ['yahoo 2'], { after: 1, path: 'c' }).map((one) => one)]
  expect(checkFailover(undone, facts).lost + checkFailover(undone, facts).duplicated).toBeGreaterThan(0)
  expect(checkFailover(undone, { ...facts, synchronous: false })).toMatchObject({
    lost: 0,
    duplicated: 0,
    givenAgain: 1,
  })
})

test('a failover that followers were not told of', () => {
  expect(checkFailover(clean, { ...facts, failovers: 2 }).untold).toBe(1)
})
