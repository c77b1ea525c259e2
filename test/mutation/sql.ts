import { mkdirSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import { close, closeSuites, load, runAll } from './in-process-runner.ts'
import { isEquivalent } from './sql-equivalent.ts'
import { type SqlMutant, sqlMutants } from './sql-mutants.ts'

/**
 * `npm run mutate -- sql PART…`: plants faults in the statements that the files of a room send, one at a time and on their way to
 * Postgres, and the tests that send the statement have to notice. Of those that Prisma writes, the ones whose call stack names a file of the room.
 * `npm run mutate -- sql PART equivalent`: only the faults of `sql-equivalent.ts`, of which none may be noticed.
 */

interface SqlPart {
  /** Paths begin so. */
  files: readonly string[]
  tests: readonly string[]
}

const SQL_PARTS: Readonly<Record<string, SqlPart>> = {
  webhooks: { files: ['src/webhooks/'], tests: ['test/integration/webhooks/webhooks.test.ts'] },
  expiry: { files: ['src/site-changes/expire.ts'], tests: ['test/integration/site-changes/waiting.test.ts'] },
  holds: {
    files: ['src/imports/results/', 'src/imports/requests/store.ts', 'src/imports/requests/due.ts'],
    tests: [
      'test/integration/imports/{asked-anew,asked-meanwhile,failures,held-orders,pending,shared-mailbox}.test.ts',
    ],
  },
  marks: { files: ['src/marks/'], tests: ['test/integration/marks/marks{,-races}.test.ts'] },
  tracking: {
    files: ['src/labels/', 'src/app/ship-requests.ts'],
    tests: ['test/integration/labels/labels.test.ts'],
  },
  rotation: { files: ['src/ops/rotation/'], tests: ['test/integration/ops/rotate-keys.test.ts'] },
  restore: { files: ['src/ops/backup/'], tests: ['test/integration/ops/backup.test.ts'] },
}

const LEAST = 85
/** Postgres's word for a statement that is none, or whose types do not fit: no fault, as no test was asked. */
const NO_STATEMENT = /^(?:42(?!501)|0A)/

interface Statement {
  text: string
  file: string
  tests: Set<string>
}
interface Verdict extends Omit<SqlMutant, 'text'> {
  file: string
  state: 'noticed' | 'survived' | 'invalid' | 'left out'
  by?: string
}

/** What a statement's text is on its way, and what Postgres said of the changed one. */
const planted = { original: null as string | null, text: '', invalid: false }
const seen = new Map<string, Statement>()
let watched: SqlPart | null = null

Error.stackTraceLimit = 30
const SOURCE = /\/(src\/[\w./-]+\.ts):/g
function noteStatement(text: string, testId: string): void {
  const frames = [...(new Error().stack ?? '').matchAll(SOURCE)].map(([, file = '']) => file)
  // The nearest room is the one whose statement it is, whoever called it.
  const file = frames.find((one) => !one.startsWith('src/platform/'))
  if (file === undefined || !watched?.files.some((begin) => file.startsWith(begin))) return
  const known = seen.get(text) ?? { text, file, tests: new Set<string>() }
  seen.set(text, known)
  known.tests.add(testId)
}

type Query = (this: unknown, ...given: unknown[]) => unknown
const textOf = (given: unknown): string | null =>
  typeof given === 'string'
    ? given
    : typeof given === 'object' && given !== null && 'text' in given && typeof given.text === 'string'
      ? given.text
      : null

/** Statements go through here on their way: noted, and one of them changed. */
function watchQueries(currentTest: () => string | undefined): void {
  const watch = (prototype: { query: unknown }, change: boolean) => {
    const query = prototype.query as Query
    prototype.query = function (this: unknown, ...given: unknown[]) {
      const text = textOf(given[0])
      const test = currentTest()
      if (text !== null && planted.original === null && test !== undefined) noteStatement(text, test)
      return change && text !== null && text === planted.original
        ? changed.call(this, query, given)
        : query.apply(this, given)
    }
  }
  watch(pg.Client.prototype, true)
  watch(pg.Pool.prototype, false)
}

function changed(this: unknown, query: Query, [first, ...more]: unknown[]): unknown {
  // Under its name the server still knows the statement as it was.
  const asked =
    typeof first === 'string' ? planted.text : { ...(first as object), text: planted.text, name: undefined }
  const note = (error: unknown) => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
    if (NO_STATEMENT.test(code)) planted.invalid = true
  }
  const callback = more.at(-1)
  if (typeof callback === 'function')
    more[more.length - 1] = (error: unknown, ...rest: unknown[]) => {
      note(error)
      return callback(error, ...rest)
    }
  const answer = query.call(this, asked, ...more)
  if (answer instanceof Promise) answer.catch(note)
  return answer
}

export async function mutateSql(names: readonly string[]): Promise<boolean> {
  const [name = '', which, ...others] = names
  const part = SQL_PARTS[name]
  if (part === undefined || others.length > 0 || (which ?? 'equivalent') !== 'equivalent')
    throw new Error(`one of: ${Object.keys(SQL_PARTS).join(', ')}, each alone or with "equivalent"`)
  watched = part
  const onlyEquivalent = which !== undefined
  const { currentTest } = await load({ tests: part.tests, stored: true })
  watchQueries(currentTest)
  try {
    const first = await runAll(undefined, { bail: true, keepOpen: true })
    const broken = failureIn(first)
    if (broken) throw new Error(`fails without any fault: ${broken.id}: ${broken.failureMessage}`)
    const usual = new Map(first.map(({ id, timeSpentMs }) => [id, timeSpentMs]))
    limitOf = (id) => 5_000 + 10 * (usual.get(id) ?? 0)
    const verdicts: Verdict[] = []
    for (const statement of seen.values()) verdicts.push(...(await judgeStatement(statement, onlyEquivalent)))
    return onlyEquivalent ? tellNoticed(verdicts) : tell(name, verdicts)
  } finally {
    await closeSuites()
    await close()
  }
}

let limitOf: (testId: string) => number = () => 60_000
type Results = Awaited<ReturnType<typeof runAll>>
const failureIn = (results: Results) => results.find(({ status }) => status === 1)

async function judgeStatement(statement: Statement, onlyEquivalent: boolean): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  /** Tests that noticed a fault of the statement: the likeliest to notice the next. */
  const keen = new Set<string>()
  for (const mutant of sqlMutants(statement.text)) {
    const { kind, where } = mutant
    if (isEquivalent(statement.file, statement.text, `${kind}: ${where}`) !== onlyEquivalent) {
      verdicts.push({ file: statement.file, kind, where, state: 'left out' })
      continue
    }
    const verdict = await judge(statement, mutant, keen)
    if (verdict.by !== undefined) keen.add(verdict.by)
    verdicts.push(verdict)
  }
  return verdicts
}

async function judge(
  { text, file, tests }: Statement,
  { kind, where, text: put }: SqlMutant,
  keen: ReadonlySet<string>,
): Promise<Verdict> {
  Object.assign(planted, { original: text, text: put, invalid: false })
  let failed: Results[number] | undefined
  for (const group of [[...keen], [...tests].filter((id) => !keen.has(id))]) {
    if (group.length === 0 || failed || planted.invalid) continue
    failed = failureIn(await runAll(group, { bail: true, keepOpen: true, limitOf }))
  }
  const state = planted.invalid ? 'invalid' : failed ? 'noticed' : 'survived'
  planted.original = null
  // A test that failed may have left rows or a transaction behind, at which every later one would fail.
  if (failed) await closeSuites()
  if (state !== 'noticed') process.stdout.write(`${state}: ${file} ${kind}: ${where}\n`)
  return { file, kind, where, state, ...(failed && state === 'noticed' ? { by: failed.id } : {}) }
}

function tell(name: string, verdicts: readonly Verdict[]): boolean {
  mkdirSync('.data/mutation', { recursive: true })
  writeFileSync(`.data/mutation/sql-${name}.json`, JSON.stringify(verdicts, null, 1))
  const count = (state: Verdict['state']) => verdicts.filter((one) => one.state === state).length
  const [noticed, survived] = [count('noticed'), count('survived')]
  const score = (100 * noticed) / Math.max(1, noticed + survived)
  process.stdout.write(
    `sql ${name}: ${score.toFixed(1)} % of ${noticed + survived}, beside ${count('left out')} equivalent and ${count('invalid')} that are no statements\n`,
  )
  return score >= LEAST
}

function tellNoticed(verdicts: readonly Verdict[]): boolean {
  const noticed = verdicts.filter(({ state }) => state === 'noticed')
  for (const { file, kind, where, by } of noticed)
    process.stdout.write(`not equivalent: ${file} ${kind}: ${where}\n  ${by}\n`)
  return noticed.length === 0
}
