import { readFileSync } from 'node:fs'

/**
 * The last line of .ci/run, from vitest's JSON report: what really ran. Ends with 1 when anything failed, was left out, or
 * nothing ran. Plain JavaScript, because .ci/run starts it with whatever Node.js the machine has.
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  }
}

const report = read(process.argv[2])
// A file that cannot even be loaded fails without a test of its own.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
)
const failed = report.numFailedTests + broken.length
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed + skipped > 0 || report.numPassedTests === 0 ? 1 : 0
