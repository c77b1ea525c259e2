import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { played, TEST_SEED } from '../support/drawn-seed.ts'

/**
 * What .ci/run makes of two tries: what failed by chance alone may pass in the second, a random test may not.
 */

const SCRIPT = fileURLToPath(new URL('../../scripts/count-tests.mjs', import.meta.url))

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'torikomi-counts-'))
})
afterAll(() => rm(dir, { recursive: true }))

const failedBy = (...failureMessages: string[]) => ({ status: 'failed', fullName: 'one', failureMessages })
const passed = { status: 'passed', fullName: 'one' }

async function counted(first: object, second?: object) {
  const files = await Promise.all(
    [first, second].flatMap((test, n) => (test === undefined ? [] : [written(`report-${n}`, test)])),
  )
  const { stdout, status } = spawnSync(process.execPath, [SCRIPT, ...files], { encoding: 'utf8' })
  return { lines: stdout.trim().split('\n'), status }
}

async function written(name: string, test: object): Promise<string> {
  const file = join(dir, name)
  const status = 'status' in test ? test.status : ''
  await writeFile(file, JSON.stringify({ testResults: [{ name: 'a', status, assertionResults: [test] }] }))
  return file
}

describe('the second try of a test', () => {
  test('counts in place of the first, which is told', async () => {
    const { lines, status } = await counted(failedBy('Error: timed out'), passed)
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped')
    expect(lines).toContain('Failed in the whole run and passed alone; mend these:')
    expect(status).toBe(0)
  })

  test('does not turn a random test green that failed once', async () => {
    const property = await fc
      .assert(
        fc.asyncProperty(fc.nat(), () => Promise.reject(new Error('wrong'))),
        { numRuns: 1 },
      )
      .catch(String)
    const drawn = await played(() => Promise.reject(new Error('wrong'))).catch(String)
    for (const message of [property, drawn]) {
      const { lines, status } = await counted(failedBy(String(message)), passed)
      expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped')
      expect(status).toBe(1)
    }
  })

  test('fails what fails twice', async () => {
    const { lines, status } = await counted(failedBy('Error: first'), failedBy('Error: second'))
    expect([lines.at(-1), status]).toEqual(['0 passed, 1 failed, 0 skipped', 1])
    expect(lines).toContain('      Error: second')
  })

  test('leaves out test/rows, which alone has nothing to judge by', async () => {
    const failed = ['src/a.test.ts', 'test/rows/row-types.test.ts'].map((name) => ({
      name: `${process.cwd()}/${name}`,
      status: 'failed',
      assertionResults: [failedBy('Error: wrong')],
    }))
    const report = join(dir, 'failed')
    await writeFile(report, JSON.stringify({ testResults: failed }))
    const { stdout } = spawnSync(process.execPath, [SCRIPT, '--failed', report], { encoding: 'utf8' })
    expect(stdout).toBe(`${process.cwd()}/src/a.test.ts\n`)
  })
})

test('what failed is told in its own words, and no run fills the end of the log', async () => {
  const many = Array.from({ length: 100 }, (_, n) => failedBy(`Error: ${n} ${'x'.repeat(10_000)}`))
  const testResults = [
    { name: 'broken', status: 'failed', message: 'no such module', assertionResults: [] },
    { name: 'many', status: 'failed', assertionResults: many },
  ]
  const report = join(dir, 'many')
  await writeFile(report, JSON.stringify({ testResults }))
  const { stdout } = spawnSync(process.execPath, [SCRIPT, report], { encoding: 'utf8' })
  expect(stdout).toContain('could not be loaded\n      no such module\n')
  expect(stdout).toContain('      Error: 11 ')
  expect(stdout).toContain('    and 88 more\n')
  expect(stdout.length).toBeLessThan(20_000)
  expect(stdout.trim().split('\n').at(-1)).toBe('0 passed, 101 failed, 0 skipped')
})

test('where the time went: folders from first to last, and the longest files first', async () => {
  const file = (name: string, startTime: number, endTime: number) => ({
    name: `${process.cwd()}/${name}`,
    startTime,
    endTime,
  })
  const report = join(dir, 'times')
  const testResults = [
    file('src/a.test.ts', 0, 2_000),
    file('test/browser/b.test.ts', 3_000, 9_000),
    file('test/browser/c.test.ts', 4_000, 14_000),
    { name: 'could not be loaded', status: 'failed' },
  ]
  await writeFile(report, JSON.stringify({ testResults }))
  const { stdout } = spawnSync(process.execPath, [SCRIPT, '--times', report], { encoding: 'utf8' })
  expect(stdout.trim().split(/\n */)).toEqual([
    'Tests: begin, end (s), folder',
    '0     2 src (1 files)',
    '3    14 test/browser (2 files)',
    'Longest files (s)',
    '10 test/browser/c.test.ts',
    '6 test/browser/b.test.ts',
    '2 src/a.test.ts',
  ])
  const nothing = spawnSync(process.execPath, [SCRIPT, '--times', '/nowhere'], { encoding: 'utf8' })
  expect(nothing.status).toBe(0)
})

test('every property draws from the seed of the run, which a second try keeps', () => {
  expect(process.env.TEST_SEED).toBe(String(TEST_SEED))
  expect(fc.readConfigureGlobal().seed).toBe(TEST_SEED)
})
