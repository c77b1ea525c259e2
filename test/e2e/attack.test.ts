import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, inject, test } from 'vitest'
import { FLOOD_NAMES } from '../bench/attack-rows.ts'

/** The compose file gives a process a gigabyte; 604 MB were seen after thirteen floods. */
const MOST_MB = 900

/**
 * The floods of `npm run attack` as short as they can be: nobody gets in, no 5xx but a 503 that names a
 * time, none at all for others, and bounded memory. Times, and whom a busy machine refuses, are in the table
 * alone. The races and matrices are tests of their own, which run beside this one.
 */
test('of no flood anything gets in or breaks', { timeout: 600_000 }, async () => {
  const { urls } = inject('postgres')
  const child = spawn(process.execPath, ['test/bench/attack.ts', 'floods', '--brief', '--json'], {
    env: { ...process.env, TEST_DATABASE_URL: urls[Number(process.env.VITEST_POOL_ID) % urls.length] },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect(complaint).toBe('')
  process.stdout.write(said)
  const rows: { attack: string; tries: number; errors: string[]; waysIn: string[]; peakMb: number }[] =
    JSON.parse(said)
  expect(rows.map(({ attack }) => attack)).toEqual([...FLOOD_NAMES])
  for (const { attack, tries, errors, waysIn, peakMb } of rows) {
    expect({ attack, errors, waysIn }).toEqual({ attack, errors: [], waysIn: [] })
    expect(tries, attack).toBeGreaterThan(0)
    expect(peakMb, attack).toBeLessThan(MOST_MB)
  }
})
