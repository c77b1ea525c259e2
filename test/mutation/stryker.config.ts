import { chosenPart } from './parts.ts'

const { name, part } = chosenPart()

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  mutate: part.mutate,
  // Stryker would rewrite it with an API that TypeScript 7 no longer has; vitest needs none.
  tsconfigFile: 'none',
  // What a module computes while it is loaded would be tried against every test.
  ignoreStatic: true,
  concurrency: Number(process.env.MUTATE_CONCURRENCY ?? 2),
  tempDirName: '.stryker-tmp',
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `.stryker-tmp/${name}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 90, break: 85 },
}
