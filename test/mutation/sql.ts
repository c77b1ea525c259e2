import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { close, closeSuites, load, runAll } from './in-process-runner.ts'
import { isEquivalent } from './sql-equivalent.ts'
import { type SqlMutant, sqlMutants } from './sql-mutants.ts'

/**
 * `npm run mutate -- sql PART…`: plants faults in the statements that the files of a room send, one at a time
 * and on their way to Postgres, and the tests that send the statement have to notice. Of those that Prisma
 * writes, the ones whose call stack names a file of the room. `npm run mutate -- sql PART equivalent`: only
 * the faults of `sql-equivalent.ts`, of which none may be noticed.
 *
 * A run keeps what it found in `.data/mutation/sql-PART.json`. `… sql PART minutes=8` stops after that time,
 * exit 3, and the next one goes on with the faults that are left. `… sql PART survived` tries those again
 * that survived, for a test that was written meanwhile. `… sql PART sample=100` tries that many of all in
 * place of all, drawn from `TEST_SEED`.
 */

interface SqlPart {
  /** Paths begin so. */
  files: readonly string[]
  /** In this order they are asked whether they notice a fault. */
  tests: readonly string[]
}

const SQL_PARTS: Readonly<Record<string, SqlPart>> = {
  webhooks: { files: ['src/webhooks/'], tests: ['test/integration/webhooks/webhooks.test.ts'] },
  expiry: {
    files: ['src/site-changes/statements.ts'],
    tests: ['test/integration/site-changes/waiting.test.ts'],
  },
  holds: {
    files: ['src/imports/requests/statements.ts', 'src/imports/import-job.ts'],
    tests: [
      'test/integration/imports/request-rows.test.ts',
      'test/integration/imports/{asked-anew,asked-meanwhile,held-orders,pending,recovery,shared-mailbox}.test.ts',
    ],
  },
  marks: { files: ['src/marks/'], tests: ['test/integration/marks/marks{,-races}.test.ts'] },
  tracking: {
    files: ['src/labels/', 'src/app/api-area.ts'],
    tests: ['test/integration/labels/labels.test.ts'],
  },
  rotation: {
    files: ['src/ops/rotation/'],
    tests: ['test/integration/ops/rotate-columns.test.ts', 'test/integration/ops/rotate-keys.test.ts'],
  },
  restore: { files: ['src/ops/backup/'], tests: ['test/integration/ops/backup.test.ts'] },
}

const LEAST = 85
/**
 * Postgres's word for a statement that is none, or whose types do not fit: no fault, as no test was asked.
 */
const NO_STATEMENT = /^(?:42(?!501)|0A)/

interface Statement {
  text: string
  file: string
  tests: Set<string>
}
interface Verdict extends Omit<SqlMutant, 'text'> {
  file: string
  /** Of the statement, its place among the faults of which included. */
  key: string
  state: 'noticed' | 'survived' | 'invalid' | 'left out' | 'not tried'
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
  // A schema is made by hundreds of statements, which are nobody's who has it made.
  if (frames.includes('src/platform/db/migrate.ts')) return
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

const MODES = ['equivalent', 'survived'] as const
type Mode = (typeof MODES)[number] | 'all'

interface Asked {
  name: string
  part: SqlPart
  mode: Mode
  /** Monotonic, in milliseconds. */
  until: number
  /** How many faults are tried at most, whatever an earlier piece has tried of them. */
  sample: number
}

function toAsked([name = '', ...options]: readonly string[]): Asked {
  const part = SQL_PARTS[name]
  let mode: Mode = 'all'
  let [until, sample] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const option of options) {
    const [, word, count] = /^(minutes|sample)=(\d{1,4})$/.exec(option) ?? []
    const named = MODES.find((one) => one === option)
    if (word === 'minutes') until = performance.now() + Number(count) * 60_000
    else if (word === 'sample') sample = Number(count)
    else if (named) mode = named
    else throw new Error(`unknown: ${option}; there are ${MODES.join(', ')}, minutes=N and sample=N`)
  }
  if (part === undefined) throw new Error(`one of: ${Object.keys(SQL_PARTS).join(', ')}`)
  return { name, part, mode, until, sample }
}

/** @returns the exit code: 0 well, 1 too few were noticed, 3 there was no time for the rest */
export async function mutateSql(names: readonly string[]): Promise<number> {
  const { name, part, mode, until, sample } = toAsked(names)
  watched = part
  const { currentTest } = await load({ tests: part.tests, stored: true })
  watchQueries(currentTest)
  try {
    const first = await runAll(undefined, { bail: true, keepOpen: true })
    const broken = failureIn(first)
    if (broken) throw new Error(`fails without any fault: ${broken.id}: ${broken.failureMessage}`)
    usual = new Map(first.map(({ id, timeSpentMs, fileName }) => [id, { ms: timeSpentMs, file: fileName }]))
    const path = mode === 'equivalent' ? null : `.data/mutation/sql-${name}.json`
    const kept = path === null ? new Map<string, Verdict>() : readVerdicts(path)
    const faults = drawn(faultsOf(mode, mode === 'all' && isWhole(kept) ? new Map() : kept), sample)
    await judgeAll(faults, until, () => {
      if (path !== null) writeFileSync(path, JSON.stringify(verdictsOf(faults), null, 1))
    })
    return mode === 'equivalent' ? tellNoticed(verdictsOf(faults)) : tell(name, verdictsOf(faults))
  } finally {
    await closeSuites()
    await close()
  }
}

function readVerdicts(path: string): Map<string, Verdict> {
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Verdict[]) : []
  return new Map(kept.map((verdict) => [verdict.key, verdict]))
}

/** A whole run that has ended says all there is to say: the next one begins anew. */
const isWhole = (known: ReadonlyMap<string, Verdict>): boolean =>
  known.size > 0 && [...known.values()].every(({ state }) => state !== 'not tried')

interface PlannedFault {
  statement: Statement
  mutant: SqlMutant
  verdict: Verdict
  isTried: boolean
}

const verdictsOf = (faults: readonly PlannedFault[]): Verdict[] => faults.map(({ verdict }) => verdict)

/** All faults of all statements, with what is known of them. */
function faultsOf(mode: Mode, known: ReadonlyMap<string, Verdict>): PlannedFault[] {
  return [...seen.values()].flatMap((statement) => {
    const { file, text } = statement
    const ofStatement = createHash('sha256').update(text).digest('base64url').slice(0, 12)
    return sqlMutants(text).map((mutant, index): PlannedFault => {
      const { kind, where } = mutant
      const about = { file, kind, where, key: `${ofStatement}-${index}` }
      if (isEquivalent(file, text, `${kind}: ${where}`) !== (mode === 'equivalent'))
        return { statement, mutant, verdict: { ...about, state: 'left out' }, isTried: true }
      const { state = 'not tried', by } = known.get(about.key) ?? {}
      const before = state === 'left out' ? 'not tried' : state
      const verdict = { ...about, state: before, ...(by === undefined ? {} : { by }) }
      const isTried = before !== 'not tried' && !(mode === 'survived' && before === 'survived')
      return { statement, mutant, verdict, isTried }
    })
  })
}

/**
 * The same ones for each piece of a run: by the seed and the fault alone. Those that are not drawn count as
 * none.
 */
function drawn(faults: readonly PlannedFault[], sample: number): readonly PlannedFault[] {
  const counted = faults.filter(({ verdict }) => verdict.state !== 'left out')
  if (sample >= counted.length) return faults
  const lots = counted.map((fault) => ({
    fault,
    lot: createHash('sha256').update(`${TEST_SEED} ${fault.verdict.key}`).digest('hex'),
  }))
  const chosen = new Set(
    lots
      .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
      .slice(0, sample)
      .map(({ fault }) => fault),
  )
  process.stdout.write(`${sample} of ${counted.length} faults, TEST_SEED=${TEST_SEED}\n`)
  return faults.filter((fault) => fault.verdict.state === 'left out' || chosen.has(fault))
}

/** @param save called behind each statement */
async function judgeAll(faults: readonly PlannedFault[], until: number, save: () => void): Promise<void> {
  mkdirSync('.data/mutation', { recursive: true })
  for (const [statement, ofStatement] of Map.groupBy(faults, (fault) => fault.statement)) {
    /** Tests that noticed a fault of the statement: the likeliest to notice the next. */
    const keen = new Set(ofStatement.flatMap(({ verdict: { by } }) => (by === undefined ? [] : [by])))
    for (const fault of ofStatement) {
      if (fault.isTried || performance.now() > until) continue
      const { state, by } = await judge(statement, fault.mutant, keen)
      const { by: _, ...about } = fault.verdict
      fault.verdict = { ...about, state, ...(by === undefined ? {} : { by }) }
      if (by !== undefined) keen.add(by)
    }
    save()
  }
}

/** How long each test takes without a fault, and its file, in the order of the part. */
let usual = new Map<string, { ms: number; file: string }>()
const usualOf = (id: string): number => usual.get(id)?.ms ?? 1_000
const limitOf = (id: string): number => 5_000 + 5 * usualOf(id)
/** Slower tests are asked once the others have noticed nothing. */
const QUICK_MS = 1_000
type Results = Awaited<ReturnType<typeof runAll>>
const failureIn = (results: Results) => results.find(({ status }) => status === 1)

async function judge(
  { text, file, tests }: Statement,
  { kind, where, text: put }: SqlMutant,
  keen: ReadonlySet<string>,
): Promise<Pick<Verdict, 'state' | 'by'>> {
  Object.assign(planted, { original: text, text: put, invalid: false })
  let failed: Results[number] | undefined
  const others = [...usual.keys()].filter((id) => tests.has(id) && !keen.has(id))
  const quick = Map.groupBy(
    others.filter((id) => usualOf(id) < QUICK_MS),
    (id) => usual.get(id)?.file,
  )
  const slow = others.filter((id) => usualOf(id) >= QUICK_MS)
  for (const group of [[...keen], ...quick.values(), slow]) {
    if (group.length === 0 || failed || planted.invalid) continue
    failed = failureIn(await runAll(group, { bail: true, keepOpen: true, limitOf }))
  }
  const state = planted.invalid ? 'invalid' : failed ? 'noticed' : 'survived'
  planted.original = null
  // A test that failed may have left a transaction behind, at which every later one would fail: then it fails
  // without the fault, too.
  if (failed && failureIn(await runAll([failed.id], { bail: true, keepOpen: true, limitOf })))
    await closeSuites()
  if (state !== 'noticed') process.stdout.write(`${state}: ${file} ${kind}: ${where}\n`)
  return failed && state === 'noticed' ? { state, by: failed.id } : { state }
}

function tell(name: string, verdicts: readonly Verdict[]): number {
  const count = (state: Verdict['state']) => verdicts.filter((one) => one.state === state).length
  const [noticed, survived, left] = [count('noticed'), count('survived'), count('not tried')]
  const score = (100 * noticed) / Math.max(1, noticed + survived)
  process.stdout.write(
    `sql ${name}: ${score.toFixed(1)} % of ${noticed + survived}, beside ${count('left out')} equivalent and ${count('invalid')} that are no statements${left > 0 ? `; ${left} not tried yet` : ''}\n`,
  )
  return left > 0 ? 3 : score >= LEAST ? 0 : 1
}

function tellNoticed(verdicts: readonly Verdict[]): number {
  const noticed = verdicts.filter(({ state }) => state === 'noticed')
  for (const { file, kind, where, by } of noticed)
    process.stdout.write(`not equivalent: ${file} ${kind}: ${where}\n  ${by}\n`)
  return noticed.length === 0 ? 0 : 1
}
