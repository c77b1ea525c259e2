import { readFileSync } from 'node:fs'

/**
 * The last line of .ci/run, from vitest's JSON reports: what really ran. Ends with 1 when anything failed,
 * was left out, or nothing ran. Plain JavaScript, because .ci/run starts it with whatever Node.js the machine
 * has.
 *
 * `count-tests.mjs REPORT [SECOND]`: the line of counts. Files of a second run stand for themselves, but a
 * random test that failed once has failed, and what failed is told in its own words. `count-tests.mjs
 * --failed REPORT`: the files that failed and can be tried again, one a line. `count-tests.mjs --times
 * REPORT`: where the time went.
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

/** test/rows judges by what all others of a run were answered: alone it is red whatever was wrong. */
const canRunAlone = ({ name }) => !/(^|\/)test\/rows\//.test(name)

/** Characters of what a failed test has said, and how many tests are shown. */
const MOST_SHOWN = 1_500
const MOST_FAILURES = 12

/** Repeats what failed: the reports go, and of a long run only the last words are kept. */
function showFailures(title, files) {
  if (files.length === 0) return
  console.log(title)
  let shown = 0
  for (const { name, message, assertionResults } of files) {
    const failures = assertionResults.filter(({ status }) => status === 'failed')
    console.log(`  ${name}:`)
    if (failures.length === 0) console.log(`    could not be loaded\n${indented(message ?? '')}`)
    const some = failures.slice(0, MOST_FAILURES - shown)
    shown += some.length
    for (const { fullName, failureMessages = [] } of some)
      console.log(`    ${fullName}\n${indented(failureMessages.join('\n'))}`)
    if (some.length < failures.length) console.log(`    and ${failures.length - some.length} more`)
  }
  console.log('')
}

const indented = (text) => text.slice(0, MOST_SHOWN).replaceAll(/^/gm, '      ')

const LONGEST_SHOWN = 15
const seconds = (ms) => String(Math.round(ms / 1_000)).padStart(5)

/** From the first file's begin to the last one's end, by folder; and the files that took longest. */
function showTimes(files) {
  const ran = files.filter(({ startTime, endTime }) => endTime > startTime)
  const root = `${process.cwd()}/`
  const timed = ran.map(({ name, startTime, endTime }) => ({
    name: name.replace(root, ''),
    startTime,
    endTime,
  }))
  const began = Math.min(...timed.map(({ startTime }) => startTime))
  const folderOf = ({ name }) => name.split('/', name.startsWith('test/') ? 2 : 1).join('/')
  console.log('Tests: begin, end (s), folder')
  for (const folder of new Set(timed.map(folderOf))) {
    const own = timed.filter((file) => folderOf(file) === folder)
    const first = Math.min(...own.map(({ startTime }) => startTime))
    const last = Math.max(...own.map(({ endTime }) => endTime))
    console.log(`${seconds(first - began)} ${seconds(last - began)} ${folder} (${own.length} files)`)
  }
  console.log('Longest files (s)')
  const longest = timed.toSorted((a, b) => b.endTime - b.startTime - (a.endTime - a.startTime))
  for (const { name, startTime, endTime } of longest.slice(0, LONGEST_SHOWN))
    console.log(`${seconds(endTime - startTime)} ${name}`)
}

const args = process.argv.slice(2)
if (args[0] === '--times') {
  showTimes(read(args[1]))
} else if (args[0] === '--failed') {
  const failed = read(args[1]).filter((file) => file.status === 'failed' && canRunAlone(file))
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
  showFailures('Failed in the whole run and passed alone; mend these:', unsteady)
  showFailures(
    'Failed:',
    files.filter((file) => file.status === 'failed' && !unsteady.includes(file)),
  )
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
