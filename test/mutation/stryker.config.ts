import { chosenPart } from './parts.ts'

const { name, part } = chosenPart()

export default {
  ...(process.env.MUTATE_RUNNER === 'vitest'
    ? {
        testRunner: 'vitest',
        plugins: ['@stryker-mutator/vitest-runner'],
        vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
      }
    : { testRunner: 'in-process', plugins: ['./test/mutation/in-process-runner.ts'] }),
  mutate: part.mutate,
  // Stryker would rewrite it with an API that TypeScript 7 no longer has; vitest needs none.
  tsconfigFile: 'none',
  // What a module computes while it is loaded would be tried against every test.
  ignoreStatic: true,
  // More at once only makes the first run of all tests fail where servers wait for a busy machine.
  concurrency: Number(process.env.MUTATE_CONCURRENCY ?? 1),
  // Not read by any of these tests; copying them takes longer than trying the faults of a part.
  ignorePatterns: ['docs', 'clients', 'kubernetes', 'src/board', 'test/{browser,chaos,generators,sdks}'],
  tempDirName: '.stryker-tmp',
  // A second run tries only what has changed since: mutants whose file, or a test that reaches them, is
  // another.
  incremental: true,
  incrementalFile: `.data/mutation/${name}-incremental.json`,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: `.data/mutation/${name}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  // Never met but by a loop that passes no fault: of all others Stryker counts how often a fault is passed,
  // whatever the load.
  timeoutMS: Number(process.env.MUTATE_TIMEOUT_MS ?? 600_000),
  // On a busy machine its own five minutes ended the first run more than once before any fault was tried.
  dryRunTimeoutMinutes: 60,
  // By part: main.ts.
  thresholds: { high: 95, low: 90, break: null },
}
