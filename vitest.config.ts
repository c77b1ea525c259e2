import { availableParallelism } from 'node:os'
import { matchesGlob, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { FULL_ONLY, ISOLATED, LONG } from './test/full-only.ts'
import { recordRows } from './test/support/database/rows/judge.ts'
import { drawSeed } from './test/support/drawn-seed.ts'

// One for all processes of a run: a random test of which one failed is played again by it.
process.env.TEST_SEED ??= String(drawSeed())

const namesFiles = process.argv
  .slice(2)
  .some((argument) => /^(src|sandbox|test)\/|\.test\.ts$/.test(argument))
const isWhole = process.env.TEST_FULL === '1' || namesFiles

const EXCLUDED = [...configDefaults.exclude, ...(isWhole ? [] : FULL_ONLY)]
const ALONE = 'test/e2e/attack.test.ts'

const IS_FULL = process.env.TEST_FULL === '1'

/**
 * Files at once of those that wait for servers more than they compute. Most of what only a whole run has are
 * such: with four more than cores it takes 28 minutes on two of them, where it took forty with one more.
 */
const WAITING = availableParallelism() + (IS_FULL ? 4 : 1)

// For .ci/run, whose last line counts what really ran.
const { TEST_REPORT } = process.env
const report: [string, Record<string, unknown>][] = TEST_REPORT ? [['json', { outputFile: TEST_REPORT }]] : []

/** Begins with the long files of each group: one that begins last is alone on the machine at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = [...LONG, ...FULL_ONLY]
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(this.ctx.config.root, moduleId)
      const at = order.findIndex((pattern) => matchesGlob(path, pattern))
      return at < 0 ? order.length : Math.min(at, LONG.length)
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^fast-check$/,
        replacement: fileURLToPath(new URL('test/support/fast-check.ts', import.meta.url)),
      },
    ],
  },
  test: {
    reporters: ['default', './test/support/end-reporter.ts', ...report],
    exclude: EXCLUDED,
    testTimeout: 60_000,
    // The default is one second, which a page on a busy machine does not keep.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 120_000,
    slowTestThreshold: 5_000,
    sequence: { sequencer: LongFirst },
    // Each worker and each process that a test starts would compile the same packages and read the same TypeScript.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    projects: [
      {
        extends: true,
        // One set of modules for all files of a worker: these tests keep no state in modules, and most of their time was loading.
        test: {
          name: 'unit',
          include: ['{src,sandbox,test/unit,test/malls,test/house}/**/*.test.ts'],
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Loading the service anew for each file took a third of their processor time.
        plugins: [recordRows()],
        test: {
          name: 'integration',
          include: ['test/{integration,e2e,life}/**/*.test.ts'],
          exclude: [...EXCLUDED, ALONE, ...ISOLATED],
          isolate: false,
          maxWorkers: WAITING,
          sequence: { groupOrder: 2 },
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // Each replaces modules, or what a process has once, and must not leave that to others.
        plugins: [recordRows()],
        test: {
          name: 'isolated',
          include: ISOLATED,
          exclude: EXCLUDED,
          maxWorkers: WAITING,
          sequence: { groupOrder: 2 },
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // A demo and a browser each, which wait for each other and for malls: more files at once than there
        // are cores. The one walk of a quick run goes on beside the integration tests.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // A demo starts in ten seconds, and in two minutes beside twenty other processes.
          hookTimeout: 300_000,
          maxWorkers: availableParallelism() + (IS_FULL ? 2 : 1),
          sequence: { groupOrder: isWhole ? 3 : 2 },
        },
      },
      {
        extends: true,
        // It takes all that the machine has: requests of tests beside it were refused, as those of who loads a process that is late.
        test: {
          name: 'alone',
          include: [ALONE],
          exclude: EXCLUDED,
          sequence: { groupOrder: 4 },
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        // Judges by what all others were answered.
        plugins: [recordRows()],
        test: {
          name: 'rows',
          include: ['test/rows/**/*.test.ts'],
          sequence: { groupOrder: 5 },
          globalSetup: ['./test/support/database/rows/judge.ts'],
        },
      },
    ],
  },
})
