import type { Reporter, TestCase, TestModule } from 'vitest/node'

const MOST = 20
/** A run of a few files needs no list of the slow ones. */
const MANY = 2 * MOST

/**
 * At the end of a run: the files that took longest, and what was left out and why. A test says why with
 * `skip('reason')` of its context, or, for whole suites, in the suite's name:
 * `describe.skipIf(!redis)('Redis [needs redis-server on the PATH]', …)`.
 */
export default class EndReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length >= MANY) this.#printSlowest(modules)
    this.#printLeftOut(modules)
  }

  #printSlowest(modules: readonly TestModule[]): void {
    const secondsOf = (module: TestModule): number => {
      const { duration, collectDuration, setupDuration } = module.diagnostic()
      return (duration + collectDuration + setupDuration) / 1_000
    }
    const slowest = modules
      .map((module) => ({ name: module.relativeModuleId, seconds: secondsOf(module) }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, MOST)
    const lines = slowest.map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${name}`)
    process.stdout.write(`\n The ${MOST} slowest files:\n${lines.join('\n')}\n`)
  }

  #printLeftOut(modules: readonly TestModule[]): void {
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
