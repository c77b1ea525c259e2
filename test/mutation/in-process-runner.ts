import { globSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { expect } from 'vitest'
import { withTimeout } from '../../src/platform/timeout.ts'
import { chosenPart, type Part } from './parts.ts'

/**
 * A test runner for Stryker that keeps the modules of a part and runs its tests in this process, with
 * vitest's own `expect`. A fault costs milliseconds so; a new worker of vitest for each costs a second on a
 * free machine and ten on a busy one.
 */

export { expect }

/** vitest's own asks its worker. */
const poll = (read: () => unknown, { timeout = LIMIT_MS, interval = 20 } = {}) =>
  new Proxy(
    {},
    {
      get:
        (_, matcher) =>
        async (...values: unknown[]) => {
          for (
            const until = Date.now() + timeout;
            ;
            await new Promise((done) => setTimeout(done, interval))
          ) {
            try {
              const expected = expect(await read())
              return Reflect.apply(Reflect.get(expected, matcher), expected, values)
            } catch (error) {
              if (Date.now() >= until) throw error
            }
          }
        },
    },
  )
Object.assign(expect, { poll })

const LIMIT_MS = 60_000

type Work = (...values: never[]) => unknown
const HOOKS = ['beforeAll', 'afterAll', 'beforeEach', 'afterEach'] as const
type Hook = (typeof HOOKS)[number]

interface Suite {
  name: string
  parent: Suite | null
  hooks: Record<Hook, Work[]>
  children: (Suite | Test)[]
}
interface Test {
  id: string
  file: string
  work: () => unknown
}

/** What is global to the code that Stryker has written its faults into. */
interface Faults {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: unknown
}
const faults: Faults = {}
Object.assign(globalThis, { __stryker__: faults })

const suiteOf = (name: string, parent: Suite | null): Suite => ({
  name,
  parent,
  children: [],
  hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
})
let current = suiteOf('', null)
let file = ''
const ids = new Map<string, number>()

function idOf(name: string): string {
  const path: string[] = [name]
  for (let suite: Suite | null = current; suite; suite = suite.parent) path.unshift(suite.name)
  const id = path.filter(Boolean).join(' > ')
  const before = ids.get(id) ?? 0
  ids.set(id, before + 1)
  return before === 0 ? id : `${id} #${before + 1}`
}

/** `$name` and `%s` of a table's row. */
function titled(title: string, row: readonly unknown[]): string {
  const [first] = row
  const named = title.replace(/\$(\w+)/g, (text, key) =>
    typeof first === 'object' && first !== null && key in first ? String(Reflect.get(first, key)) : text,
  )
  const places = named.match(/%[a-zA-Z]/g)?.length ?? 0
  return format(named, ...row.slice(0, places))
}

const workOf = (given: readonly unknown[]): Work => {
  const work = given.find((one) => typeof one === 'function')
  if (!work) throw new Error('a test without a body')
  return work as Work
}
const eachOf =
  (add: (name: string, work: Work) => void) =>
  (table: readonly unknown[]) =>
  (title: string, ...given: unknown[]) => {
    for (const values of table) {
      const row = Array.isArray(values) ? values : [values]
      add(titled(title, row), () => workOf(given)(...(row as never[])))
    }
  }

const addTest = (name: string, ...given: unknown[]) =>
  void current.children.push({ id: idOf(name), file, work: workOf(given) })
function addSuite(name: string, ...given: unknown[]): void {
  const parent = current
  current = suiteOf(name, parent)
  parent.children.push(current)
  workOf(given)()
  current = parent
}
export const test = Object.assign(addTest, { each: eachOf(addTest) })
export const it = test
export const describe = Object.assign(addSuite, { each: eachOf(addSuite) })
const hook = (kind: Hook) => (work: Work) => void current.hooks[kind].push(work)
export const beforeAll = hook('beforeAll')
export const afterAll = hook('afterAll')
export const beforeEach = hook('beforeEach')
export const afterEach = hook('afterEach')

/** What vitest's own set-up of the tests with a database would give them. */
const provided: Record<string, unknown> = {}
export const inject = (name: string): unknown => provided[name]
let tearDown: () => Promise<void> = async () => undefined

async function openServers(): Promise<void> {
  const { default: setUp } = await import('../support/global-setup.ts')
  process.env.VITEST_POOL_ID = '0'
  tearDown = await setUp({
    config: { maxWorkers: 1 },
    provide: (name: string, value: unknown) => Object.assign(provided, { [name]: value }),
  } as never)
}

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' && !context.parentURL?.includes('/node_modules/')
      ? { url: import.meta.url, shortCircuit: true }
      : next(specifier, context),
})

interface Result {
  id: string
  name: string
  fileName: string
  timeSpentMs: number
  /** Of Stryker: 0 went well, 1 failed. */
  status: 0 | 1
  failureMessage?: string
}

const messageOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
let stray: unknown[] = []
process.on('unhandledRejection', (reason) => void stray.push(reason))

async function attempt(limitMs: number, ...works: readonly Work[]): Promise<string | null> {
  try {
    for (const work of works) await withTimeout(limitMs, Promise.resolve((work as () => unknown)()))
    return null
  } catch (error) {
    return messageOf(error)
  }
}

export interface RunOptions {
  /** Whether the first failure ends the run. */
  bail: boolean
  /** Leaves what `beforeAll` made in place for the next run; `close` ends it. */
  keepOpen?: boolean
  /** How long a test may take, in milliseconds. */
  limitOf?: (testId: string) => number
}
interface Run extends RunOptions {
  /** Which tests; all where there is none. */
  wanted: ReadonlySet<string> | null
  results: Result[]
}
/** Suites whose `beforeAll` was run and whose `afterAll` was not, inner ones last. */
const open = new Set<Suite>()
const isTest = (child: Suite | Test): child is Test => 'id' in child
const isWanted = (child: Suite | Test, { wanted }: Run): boolean =>
  isTest(child)
    ? wanted === null || wanted.has(child.id)
    : child.children.some((one) => isWanted(one, { wanted } as Run))
const isOver = ({ bail, results }: Run) => bail && results.some(({ status }) => status === 1)

async function runSuite(suite: Suite, run: Run, outer: { before: Work[]; after: Work[] }): Promise<void> {
  if (!isWanted(suite, run) || isOver(run)) return
  const { hooks } = suite
  const around = {
    before: [...outer.before, ...hooks.beforeEach],
    after: [...hooks.afterEach, ...outer.after],
  }
  const broken = open.has(suite) ? null : await attempt(LIMIT_MS, ...hooks.beforeAll)
  if (broken === null) open.add(suite)
  for (const child of suite.children) {
    if (!isWanted(child, run) || isOver(run)) continue
    if (isTest(child)) run.results.push(await runTest(run, child, around, broken))
    else if (broken === null) await runSuite(child, run, around)
  }
  if (run.keepOpen && broken === null) return
  const unclosed = await closeSuite(suite)
  const last = run.results.at(-1)
  if (unclosed !== null && last?.status === 0) Object.assign(last, { status: 1, failureMessage: unclosed })
}

function closeSuite(suite: Suite): Promise<string | null> {
  open.delete(suite)
  return attempt(LIMIT_MS, ...suite.hooks.afterAll.toReversed())
}

/** Runs what `keepOpen` left out. */
export async function closeSuites(): Promise<void> {
  for (const suite of [...open].toReversed()) await closeSuite(suite)
}

async function runTest(
  run: Run,
  { id, file, work }: Test,
  { before, after }: { before: Work[]; after: Work[] },
  broken: string | null,
): Promise<Result> {
  const begun = performance.now()
  stray = []
  faults.currentTestId = id
  let failed = broken ?? (await attempt(run.limitOf?.(id) ?? LIMIT_MS, ...before, work))
  const torn = broken === null ? await attempt(LIMIT_MS, ...after) : null
  // One turn more, for rejections that nobody waited for.
  await new Promise((done) => setImmediate(done))
  failed ??= torn ?? (stray.length > 0 ? messageOf(stray[0]) : null)
  faults.currentTestId = undefined
  const facts = { id, name: id, fileName: file, timeSpentMs: performance.now() - begun }
  return failed === null ? { ...facts, status: 0 } : { ...facts, status: 1, failureMessage: failed }
}

const root = current
export async function runAll(wanted: readonly string[] | undefined, options: RunOptions): Promise<Result[]> {
  const run: Run = { ...options, wanted: wanted ? new Set(wanted) : null, results: [] }
  await runSuite(root, run, { before: [], after: [] })
  return run.results
}

interface MutantRun {
  activeMutant: { id: string }
  testFilter?: string[]
  hitLimit?: number
}

/** Loads the tests of a part, which `runAll` runs as often as it is asked to. */
export async function load(part: Pick<Part, 'tests' | 'stored'>) {
  if (part.stored) await openServers()
  for (const path of new Set(part.tests.flatMap((pattern) => globSync(pattern).sort()))) {
    file = resolve(path)
    // The hooks of a file are its own.
    current = suiteOf('', root)
    root.children.push(current)
    await import(pathToFileURL(file).href)
  }
  current = root
  return { currentTest: () => faults.currentTestId }
}

export const close = (): Promise<void> => tearDown()

const runner = () => ({
  // Nothing has to be loaded anew: what is computed while a module is loaded is left out (ignoreStatic).
  capabilities: () => ({ reloadEnvironment: true }),
  init: async () => void (await load(chosenPart().part)),
  dispose: close,
  async dryRun() {
    const tests = await runAll(undefined, { bail: false })
    return { status: 'complete', tests, mutantCoverage: faults.mutantCoverage }
  },
  async mutantRun({ activeMutant, testFilter, hitLimit }: MutantRun) {
    Object.assign(faults, { activeMutant: activeMutant.id, hitCount: 0, hitLimit })
    const results = await runAll(testFilter, { bail: true })
    const { hitCount = 0 } = faults
    Object.assign(faults, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined })
    if (hitLimit !== undefined && hitCount > hitLimit)
      return { status: 'timeout', reason: `Hit limit reached (${hitCount}/${hitLimit})` }
    const failed = results.find(({ status }) => status === 1)
    const nrOfTests = results.length
    if (!failed) return { status: 'survived', nrOfTests }
    return { status: 'killed', killedBy: [failed.id], failureMessage: failed.failureMessage ?? '', nrOfTests }
  },
})

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'in-process', factory: Object.assign(runner, { inject: [] }) },
]
