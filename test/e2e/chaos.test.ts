import { describe, expect, test } from 'vitest'
import type { OpenWork } from '../chaos/database.ts'
import { makePlan, nameOf } from '../chaos/plan.ts'
import { runChaos } from '../chaos/run.ts'
import { type Evidence, judge } from '../chaos/verdict.ts'
import { redisMissing } from '../support/redis.ts'

/** That the fault run itself works; the long runs with all faults are `npm run chaos`. */

const ENGINES = [
  { engine: 'postgres', missing: null },
  { engine: 'redis', missing: redisMissing },
] as const

// Kills, cuts, errors, a full disk and clocks that step, and none that takes minutes to be noticed (a dead listener's lease, a black hole).
const SEED = 46_060

describe.concurrent.each(ENGINES)('a short fault run (queue on $engine)', ({ engine, missing }) => {
  test(`loses nothing and does nothing twice${missing ? ` [${missing}]` : ''}`, {
    timeout: 180_000,
  }, async ({ skip }) => {
    if (missing !== null) skip(missing)
    const told: string[] = []
    const result = await runChaos({
      ...{
        engine,
        imap: 'sandbox',
        shops: 1,
        orders: 40,
        changes: 0,
        seed: SEED,
        driveMs: 8_000,
        settleMs: 120_000,
      },
      // Amazon's list lies two minutes back: too long to wait for here, so every order is mailed.
      sweepSeconds: 0,
      progress: (text) => void told.push(text),
      signal: new AbortController().signal,
    })
    expect(result, told.join('\n')).toMatchObject({
      ...{ seed: SEED, engine, orders: 40, staged: 40, pulled: 40 },
      ...{ lost: 0, duplicated: 0, stuck: 0, findings: [] },
    })
    expect(Object.keys(result.faults).length).toBeGreaterThan(2)
  })
})

const WITHOUT_REDIS = [
  ...['kill-9 api', 'kill-9 listener', 'kill-9 worker'],
  ...['postgres-cut', 'postgres-away', 'postgres-restart', 'disk-full'],
  ...['clock-step +1 h all', 'clock-step −1 h all', 'clock-step one'],
  ...['imap-drop', 'imap-bye', 'imap-black-hole', 'imap-slow', 'imap-refuses', 'imap-uidvalidity'],
  ...['429', '500', '503-html', '200-html', 'slow', 'slow-undone', '500-done', 'cut', 'broken-body'].map(
    (kind) => `mall ${kind}`,
  ),
  ...['mall token-expired', 'mall key-refused', 'mall maintenance'],
]

describe('the plan of a run', () => {
  const options = { orders: 300, seed: 3, redis: true, driveMs: 60_000, unmailed: true }

  test('is the same for the same seed, and another one for another', () => {
    expect(makePlan(options)).toEqual(makePlan(options))
    expect(makePlan({ ...options, seed: 4 })).not.toEqual(makePlan(options))
  })

  test.each([1, 2, 3, 4, 5])('sees each kind of fault within a minute (seed %i)', (seed) => {
    const kinds = (redis: boolean) =>
      makePlan({ ...options, seed, redis }).faults.map((fault) =>
        fault.kind === 'clock-step' && fault.target !== 'all' ? 'clock-step one' : nameOf(fault),
      )
    expect([...new Set(kinds(false))].toSorted()).toEqual(WITHOUT_REDIS.toSorted())
    expect([...new Set(kinds(true))].toSorted()).toEqual(
      [...WITHOUT_REDIS, 'redis-away', 'redis-flush'].toSorted(),
    )
  })

  test('ends its faults before the orders end, and treats mails in every way', () => {
    const { faults, orders } = makePlan(options)
    expect(faults.every(({ at }) => at < options.driveMs)).toBe(true)
    expect(new Set(orders.map(({ mail }) => mail))).toEqual(new Set(['once', 'twice', 'never', 'early']))
    expect(new Set(makePlan({ ...options, unmailed: false }).orders.map(({ mail }) => mail))).toEqual(
      new Set(['once', 'twice', 'early']),
    )
  })
})

describe('the verdict', () => {
  const [planned] = makePlan({ orders: 1, seed: 1, redis: false, driveMs: 1_000, unmailed: false }).orders
  if (!planned) throw new Error('no order planned')
  const placed = ['yahoo 1', 'yahoo 2'].map((key) => ({
    ...{ key, planned, orderNumber: key.slice(6), knowableAt: 1_000 },
  }))
  const stored = placed.map(({ key }) => ({ key, stagedAt: 2_000, pulled: true, stagings: 1 }))
  const openWork: OpenWork = { waiting: 0, overdue: [], attention: [], failed: {}, givenUp: [] }
  const clean: Evidence = {
    ...{ placed, stored, openWork, wrongReplays: [], faultsEndedAt: 0, sweepMs: 0 },
    batches: [{ idempotencyKey: 'k1', pullId: 'p1', keys: ['yahoo 1', 'yahoo 2'] }],
    asked: [{ id: 'c1', key: 'yahoo 1', action: 'ship' }],
    changes: [{ id: 'c1', state: 'succeeded', code: null }],
    writes: [
      { marketplace: 'yahoo', at: '', operation: 'orderShipStatusChange', orderNumber: '1', what: {} },
    ],
  }
  const counts = (more: Partial<Evidence>) => {
    const { lost, duplicated, late, stuck } = judge({ ...clean, ...more })
    return { lost, duplicated, late, stuck }
  }
  const none = { lost: 0, duplicated: 0, late: 0, stuck: 0 }

  test.each<[string, Partial<Evidence>, Partial<typeof none>]>([
    ['nothing wrong', {}, {}],
    ['an order that is not here, though it was handed over', { stored: stored.slice(1) }, { lost: 1 }],
    [
      'an order that no batch brought',
      { batches: [{ ...clean.batches[0], keys: ['yahoo 1'] } as never] },
      { lost: 1 },
    ],
    [
      'an order in two batches',
      { batches: [...clean.batches, { idempotencyKey: 'k2', pullId: 'p2', keys: ['yahoo 2'] }] },
      { duplicated: 1 },
    ],
    [
      'an order staged twice',
      { stored: [{ ...stored[0], stagings: 2 } as never, ...stored.slice(1)] },
      { duplicated: 1 },
    ],
    ['a batch that is another one when repeated', { wrongReplays: ['k1'] }, { lost: 1 }],
    [
      'an order that came late',
      { stored: [{ ...stored[0], stagedAt: 70_000 } as never, ...stored.slice(1)] },
      { late: 1 },
    ],
    ['a request that waits without a reason', { openWork: { ...openWork, overdue: ['x'] } }, { stuck: 1 }],
    ['a change made twice', { writes: [...clean.writes, ...clean.writes] }, { duplicated: 1 }],
    ['a change said to be made', { writes: [] }, { lost: 1 }],
    ['a change that does not end', { changes: [{ id: 'c1', state: 'changing', code: null }] }, { stuck: 1 }],
    ['a change that was accepted and is gone', { changes: [] }, { lost: 1 }],
  ])('%s', (_name, more, expected) => {
    expect(counts(more)).toEqual({ ...none, ...expected })
  })
})
