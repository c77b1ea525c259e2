import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runChanges } from '../chaos/change-run.ts'

/** That the run of changes itself works; the long one with all faults is `npm run chaos -- changes`. */

test('a short run of changes ships each order once', { timeout: 360_000 }, async () => {
  const told: string[] = []
  const result = await runChanges({
    engine: 'postgres',
    seed: 1,
    changes: 20,
    shops: 2,
    kills: 0,
    limitMs: 120_000,
    // Kinds after which nothing is in doubt: what is in doubt is let lie for a minute or more.
    share: 0.2,
    kinds: ['429', 'expired-token', 'token-expired'],
    historyFile: join(tmpdir(), `torikomi-history-${process.pid}-changes.jsonl`),
    progress: (text) => void told.push(text),
    signal: new AbortController().signal,
  })
  expect(result, told.join('\n')).toMatchObject({
    changes: 20,
    confirms: 4,
    lost: 0,
    duplicated: 0,
    stuck: 0,
    unexplained: 0,
    findings: [],
    // au PAY has nothing that goes in parts.
    writes: { aupay: { updateTradeStsProc: 8, updateTradeInfoProc: 8 } },
  })
  // Some orders go in parts instead of being put right and completed; the checker knows which, and counts
  // what each mall was told.
  const { 'ship succeeded': ships, 'confirm succeeded': confirms, ...around } = result.states
  expect({ ships, confirms }).toEqual({ ships: 20, confirms: 4 })
  const most = { 'correct_shipment succeeded': 20, 'change_content succeeded': 8, 'complete succeeded': 4 }
  expect(Object.keys(most)).toEqual(expect.arrayContaining(Object.keys(around)))
  for (const [what, count] of Object.entries(most)) expect(around[what] ?? 0, what).toBeLessThanOrEqual(count)
  expect(result.faults['429']).toBeGreaterThan(0)
})
