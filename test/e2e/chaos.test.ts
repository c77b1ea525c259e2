import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan, NOT_STOOD, nameOf } from '../chaos/plan.ts'
import { runChaos } from '../chaos/run.ts'
import { redisMissing } from '../support/redis.ts'

/** That the fault run itself works; the long runs with all faults are `npm run chaos`. */

const ENGINES = [
  { engine: 'postgres', missing: null },
  { engine: 'redis', missing: redisMissing },
] as const

// Kills, cuts, errors, a full disk and clocks that step, and none that takes minutes to be noticed (a dead
// listener's lease, a black hole).
const SEED = 46_060

describe.concurrent.each(ENGINES)('a short fault run (queue on $engine)', ({ engine, missing }) => {
  test(`loses nothing and does nothing twice${missing ? ` [${missing}]` : ''}`, {
    timeout: 180_000,
  }, async ({ skip }) => {
    if (missing !== null) skip(missing)
    const told: string[] = []
    const result = await runChaos({
      engine,
      imap: 'sandbox',
      shops: 1,
      orders: 40,
      changes: 0,
      seed: SEED,
      driveMs: 8_000,
      settleMs: 120_000,
      // Amazon's list lies two minutes back: too long to wait for here, so every order is mailed.
      sweepSeconds: 0,
      faults: ['first'],
      historyFile: join(tmpdir(), `torikomi-history-${process.pid}-${engine}.jsonl`),
      progress: (text) => void told.push(text),
      signal: new AbortController().signal,
    })
    expect(result, told.join('\n')).toMatchObject({
      seed: SEED,
      engine,
      orders: 40,
      staged: 40,
      pulled: 40,
      lost: 0,
      duplicated: 0,
      stuck: 0,
      findings: [],
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
  const options = { orders: 300, seed: 3, redis: true, driveMs: 60_000, unmailed: true, faults: ['first'] }

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

  test('does by default what the service stands, and the rest when it is named', () => {
    const names = (...faults: string[]) =>
      new Set(makePlan({ ...options, driveMs: 200_000, faults }).faults.map(nameOf))
    const stood = [...names('all')].filter((name) => !NOT_STOOD.has(name))
    expect(names('default')).toEqual(new Set(stood))
    expect(names('partition', '-partition worker-yahoo')).toContain('partition worker-postgres')
    expect(names('partition', '-partition worker-yahoo')).not.toContain('partition worker-yahoo')
    expect(names('new')).toContain('hostile-mail numbers')
    expect(names('new')).not.toContain('mall 429')
  })
})
