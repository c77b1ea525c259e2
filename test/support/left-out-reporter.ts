import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * At the end of a run: what was left out and why. A test says why with `skip('reason')` of its context, or,
 * for whole suites, in the suite's name: `describe.skipIf(!redis)('Redis [needs redis-server on the PATH]',
 * …)`.
 */
export default class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const leftOut = modules.flatMap((module) => [...module.children.allTests('skipped')].map(describeSkipped))
    if (leftOut.length === 0) return
    const byReason = Map.groupBy(leftOut, ({ reason }) => reason)
    const lines = [...byReason].flatMap(([reason, tests]) => [
      `  ${reason}`,
      ...tests.map(({ name }) => `    - ${name}`),
    ])
    process.stdout.write(`\n Left out: ${leftOut.length} tests\n${lines.join('\n')}\n\n`)
  }
}

function describeSkipped(test: TestCase): { name: string; reason: string } {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  const [, bracketed, told] = /\[([^\]]+)\]|\(left out: ([^)]+)\)/.exec(test.fullName) ?? []
  return {
    name: `${test.module.relativeModuleId}: ${test.fullName}`,
    reason: note ?? bracketed ?? told ?? 'no reason given',
  }
}
