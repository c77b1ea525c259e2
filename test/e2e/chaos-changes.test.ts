import { describe, expect, test } from 'vitest'
import { runChanges } from '../chaos/change-run.ts'
import { type ChangeEvidence, judgeChanges } from '../chaos/change-verdict.ts'

/** That the run of changes itself works; the long one with all faults is `npm run chaos -- changes`. */

test('a short run of changes ships each order once', { timeout: 180_000 }, async () => {
  const told: string[] = []
  const result = await runChanges({
    ...{ engine: 'postgres', seed: 1, changes: 16, shops: 2, kills: 0, limitMs: 120_000 },
    // Kinds after which nothing is in doubt: what is in doubt is let lie for a minute or more.
    ...{ share: 0.2, kinds: ['429', 'expired-token', 'token-expired'] },
    progress: (text) => void told.push(text),
    signal: new AbortController().signal,
  })
  expect(result, told.join('\n')).toMatchObject({
    ...{ changes: 16, confirms: 4, lost: 0, duplicated: 0, stuck: 0, unexplained: 0, findings: [] },
    states: { 'ship succeeded': 16, 'confirm succeeded': 4 },
    writes: {
      rakuten: { updateOrderShipping: 4 },
      yahoo: { orderShipStatusChange: 4 },
      amazon: { confirmShipment: 4 },
      aupay: { updateTradeStsProc: 8, updateTradeInfoProc: 4 },
    },
  })
  expect(result.faults['429']).toBeGreaterThan(0)
})

describe('the verdict on changes', () => {
  const write = (marketplace: string, operation: string) => ({
    ...{ marketplace, operation, orderNumber: '1', at: '', what: {} },
  })
  const ended = (id: string, state: string, code: string | null = null) => ({ id, state, code })
  const confirmed: ChangeEvidence = {
    asked: [
      { id: 'a', key: 'aupay 1', action: 'confirm' },
      { id: 'b', key: 'aupay 1', action: 'ship' },
    ],
    changes: [ended('a', 'succeeded'), ended('b', 'succeeded')],
    writes: ['updateTradeStsProc', 'updateTradeInfoProc', 'updateTradeStsProc'].map((name) =>
      write('aupay', name),
    ),
  }
  const rakuten: ChangeEvidence = {
    asked: [{ id: 'a', key: 'rakuten 1', action: 'ship' }],
    changes: [ended('a', 'succeeded')],
    writes: [write('rakuten', 'updateOrderShippingAsync')],
  }
  const none = { lost: 0, duplicated: 0, stuck: 0, unexplained: 0 }

  test.each<[string, ChangeEvidence, Partial<typeof none>]>([
    ['an order confirmed and shipped', confirmed, {}],
    ['one call of an action missing', { ...confirmed, writes: confirmed.writes.slice(0, 2) }, { lost: 1 }],
    [
      'one call of an action too many',
      { ...confirmed, writes: [...confirmed.writes, write('aupay', 'updateTradeStsProc')] },
      { duplicated: 1 },
    ],
    [
      'an order that came in confirmed',
      {
        ...confirmed,
        changes: [ended('a', 'succeeded', 'ALREADY_DONE'), ended('b', 'succeeded')],
        writes: confirmed.writes.slice(1),
      },
      {},
    ],
    ['a call for many orders', rakuten, {}],
    [
      'a call for many and one for one',
      { ...rakuten, writes: [...rakuten.writes, write('rakuten', 'updateOrderShipping')] },
      { duplicated: 1 },
    ],
    [
      'shipped already, and nobody has',
      { ...rakuten, changes: [ended('a', 'succeeded', 'ALREADY_DONE')], writes: [] },
      { lost: 1 },
    ],
    ['a warning without a reason', { ...rakuten, changes: [ended('a', 'warning')] }, { unexplained: 1 }],
    ['a warning with a reason', { ...rakuten, changes: [ended('a', 'warning', 'TOO_SLOW')], writes: [] }, {}],
    [
      'a failed change that was made twice',
      { ...rakuten, changes: [ended('a', 'failed', 'X')], writes: [...rakuten.writes, ...rakuten.writes] },
      { duplicated: 1 },
    ],
    [
      'a change that does not end',
      { ...rakuten, changes: [ended('a', 'changing')], writes: [] },
      { stuck: 1 },
    ],
    ['a change that is gone', { ...rakuten, changes: [], writes: [] }, { lost: 1 }],
    ['a write that nobody asked for', { ...rakuten, asked: [], changes: [] }, { duplicated: 1 }],
  ])('%s', (_name, evidence, expected) => {
    const { lost, duplicated, stuck, unexplained } = judgeChanges(evidence)
    const counts = [lost, duplicated, stuck, unexplained].map((list) => list.length)
    expect(counts).toEqual(Object.values({ ...none, ...expected }))
  })
})
