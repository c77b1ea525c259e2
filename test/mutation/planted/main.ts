import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startPostgres } from '../../support/database/postgres-source.ts'
import { changes } from './changes.ts'
import { doors } from './doors.ts'
import type { Edit, Fault } from './fault.ts'
import { listener, senders } from './mails.ts'
import { malls, others, sweep } from './malls.ts'
import { handingOver, retention, staging } from './orders.ts'

/**
 * `npm run mutate -- planted [word…]`: plants each fault whose name holds one of the words, alone, and runs
 * the tests that have to notice. In a copy of the tree: however this ends, the tree is as it was.
 */

export const FAULTS: readonly Fault[] = [
  ...[...staging, ...retention, ...handingOver, ...sweep],
  ...[...listener, ...senders, ...malls, ...others, ...changes, ...doors],
]

/** What git does not know and the tests need. */
const MADE = ['src/generated', 'src/board/dist']
const MODULES = ['node_modules', 'src/board/node_modules']
/** A fault after which the tests never end is noticed. */
const MOST_MS = 15 * 60_000

interface Verdict {
  /** The first test that failed; null: none. */
  by: string | null
}

export async function plantAll(words: readonly string[]): Promise<boolean> {
  const chosen = FAULTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
  if (chosen.length === 0) throw new Error(`no fault is named so: ${words.join(', ')}`)
  const copy = await mkdtemp(join(tmpdir(), 'torikomi-planted-'))
  const remove = () => rmSync(copy, { recursive: true, force: true })
  process.once('exit', remove)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await copyTree(copy)
  const needsPostgres = chosen.some(({ tests }) => tests.some(isStored))
  const postgres = needsPostgres ? await startPostgres(process.env) : null
  const env = { ...process.env, ...(postgres && { TEST_DATABASE_URL: postgres.url }) }
  try {
    return await plantEach(chosen, copy, env)
  } finally {
    await postgres?.stop()
    process.off('exit', remove)
    await rm(copy, { recursive: true, force: true })
  }
}

async function plantEach(chosen: readonly Fault[], copy: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const without = await run(copy, [...new Set(chosen.flatMap(({ tests }) => tests))], env)
  if (without.by !== null) throw new Error(`the tests fail without any fault: ${without.by}`)
  let asWanted = true
  for (const fault of chosen) {
    const { by } = await planted(copy, fault, () => run(copy, fault.tests, env))
    const right = (by === null) === (fault.equivalent !== undefined)
    asWanted &&= right
    const found = by ?? `nothing${fault.equivalent === undefined ? '' : `: equivalent. ${fault.equivalent}`}`
    process.stdout.write(`${right ? '|' : 'NOT AS WANTED |'} ${fault.name} | ${found} |\n`)
  }
  return asWanted
}

/** The source with the fault in it. @throws where its text is not there, or not once */
export function withFault(source: string, { file, find, put }: Edit): string {
  const parts = source.split(find)
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, not once: ${find}`)
  return parts.join(put)
}

async function planted<T>(copy: string, { edits }: Fault, work: () => Promise<T>): Promise<T> {
  const before = new Map<string, string>()
  for (const edit of edits) {
    const path = join(copy, edit.file)
    const source = await readFile(path, 'utf8')
    if (!before.has(path)) before.set(path, source)
    await writeFile(path, withFault(source, edit))
  }
  try {
    return await work()
  } finally {
    for (const [path, source] of before) await writeFile(path, source)
  }
}

const isStored = (test: string): boolean => test.startsWith('test/integration/')

interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; title: string; failureMessages?: string[] }[]
  }[]
}

async function run(copy: string, tests: readonly string[], env: NodeJS.ProcessEnv): Promise<Verdict> {
  const report = join(copy, 'planted-report.json')
  await rm(report, { force: true })
  const projects = [
    ...(tests.some(isStored) ? ['integration', 'isolated'] : []),
    ...(tests.every(isStored) ? [] : ['unit']),
  ]
  const args = [
    ...['node_modules/vitest/vitest.mjs', 'run', ...tests, '--bail', '1', '--no-file-parallelism'],
    ...projects.flatMap((name) => ['--project', name]),
    ...['--reporter', 'json', '--outputFile', report],
  ]
  const child = spawn(process.execPath, args, { cwd: copy, env, stdio: 'ignore', timeout: MOST_MS })
  const [code] = await once(child, 'close')
  if (code === 0) return { by: null }
  if (!existsSync(report)) {
    if (code === null) return { by: 'the time limit' }
    throw new Error(`vitest ended with ${code} and no report: ${tests.join(', ')}`)
  }
  return verdictOf(copy, JSON.parse(await readFile(report, 'utf8')) as Report)
}

/**
 * A file that cannot be loaded, or a statement that Postgres does not understand: a fault that was written
 * wrong, and no test that notices.
 */
const WRITTEN_WRONG = /syntax error at|could not determine data type of parameter|column .* does not exist/

function verdictOf(copy: string, { testResults }: Report): Verdict {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    const words = failed?.failureMessages?.join('\n') ?? ''
    if (WRITTEN_WRONG.test(words)) throw new Error(`this is no fault but a broken statement: ${words}`)
    if (failed) return { by: `\`${name.slice(copy.length + 1)}\`: ${failed.title}` }
  }
  const broken = testResults.find(({ status }) => status === 'failed')
  throw new Error(`no test ran to its end: ${broken?.message ?? 'no file failed'}`)
}

export async function copyTree(to: string): Promise<void> {
  const listed = spawn('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  const chunks: Buffer[] = []
  listed.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = await once(listed, 'close')
  if (code !== 0) throw new Error(`git ls-files ended with ${code}`)
  const files = Buffer.concat(chunks).toString('utf8').split('\0')
  for (const file of [...files, ...MADE].filter((name) => name !== '' && existsSync(name))) {
    await mkdir(dirname(join(to, file)), { recursive: true })
    await cp(file, join(to, file), { recursive: true })
  }
  for (const modules of MODULES.filter((name) => existsSync(name)))
    await symlink(join(process.cwd(), modules), join(to, modules))
}
