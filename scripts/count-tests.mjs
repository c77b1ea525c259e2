import { readFileSync } from 'node:fs'

/**
 * The last line of .ci/run, from vitest's JSON reports: what really ran. Ends with 1 when anything failed,
 * was left out, or nothing ran. Plain JavaScript, because .ci/run starts it with whatever Node.js the machine
 * has.
 *
 *   node scripts/count-tests.mjs REPORT [SECOND] the line of counts; files of a second run stand for
 *                                                        themselves, but a random test that failed once has
 *                                                        failed node scripts/count-tests.mjs --failed REPORT
 *                                                        the files that failed, one a line
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults
  } catch {
    return [{ name: 'no report', status: 'failed', assertionResults: [] }]
  }
}

/** By fast-check's words, or by the seed that test/support/drawn-seed.ts names. */
const DRAWN = /Property (failed|interrupted) after|TEST_SEED=/
const hasFailedAtRandom = (file) =>
  file.assertionResults.some(
    ({ status, failureMessages = [] }) =>
      status === 'failed' && failureMessages.some((message) => DRAWN.test(message)),
  )

/** Characters of what a test that failed once has said. */
const MOST_SHOWN = 1_500

const args = process.argv.slice(2)
if (args[0] === '--failed') {
  const failed = read(args[1]).filter(({ status }) => status === 'failed')
  for (const { name } of failed) console.log(name)
} else {
  const [first, second] = args.map(read)
  const again = new Map((second ?? []).map((file) => [file.name, file]))
  // Another draw that goes well takes nothing back of the one that did not.
  const files = first.map((file) => (hasFailedAtRandom(file) ? file : (again.get(file.name) ?? file)))
  const tests = files.flatMap((file) => file.assertionResults)
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length
  // A file that cannot even be loaded fails without a test of its own.
  const broken = files.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failed = count('failed') + broken.length
  const skipped = count('skipped', 'pending', 'todo', 'disabled')
  // Told, not hidden: each of these is a fault of the test or of the product, and has to be mended.
  const unsteady = first.filter(
    (file) => file.status === 'failed' && again.get(file.name)?.status === 'passed',
  )
  if (unsteady.length > 0) {
    console.log('Failed in the whole run and passed alone; mend these:')
    for (const file of unsteady) {
      const failures = file.assertionResults.filter(({ status }) => status === 'failed')
      console.log(`  ${file.name}:${failures.length === 0 ? ' could not be loaded' : ''}`)
      // Its words are nowhere else: the report goes, and the second run's output stands last.
      for (const { fullName, failureMessages = [] } of failures)
        console.log(
          `    ${fullName}\n      ${failureMessages.join('\n').slice(0, MOST_SHOWN).replaceAll('\n', '\n      ')}`,
        )
    }
    console.log('')
  }
  const random = first.filter(hasFailedAtRandom)
  if (random.length > 0) {
    console.log(
      `Random tests that failed, which a second try takes nothing back of (TEST_SEED=${process.env.TEST_SEED ?? '?'}):`,
    )
    for (const file of random) console.log(`  ${file.name}`)
    console.log('')
  }
  console.log(`${count('passed')} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed + skipped > 0 || count('passed') === 0 ? 1 : 0
}
