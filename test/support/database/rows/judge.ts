import { execFile } from 'node:child_process'
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type CallExpression, parseSync, type TaggedTemplateExpression, Visitor } from 'oxc-parser'
import type { Plugin } from 'vitest/config'
import type { Answer, Column } from './record.ts'

/**
 * Holds the row types that src declares beside its statements to what Postgres answered while the integration
 * tests ran: `recordRows()` has each call write down its answers, `judgeRows()` has the compiler compare.
 */

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const HERE = fileURLToPath(new URL('.', import.meta.url))
const PLANTED = relative(ROOT, join(HERE, 'planted.ts'))

/** A call that declares the rows of its statement: `….query<Row>(…)`, `….$queryRaw<Row[]>(…)`. */
interface Site {
  name: string
  start: number
  end: number
  row: { start: number; end: number }
  /** Prisma's declares the list of rows. */
  isList: boolean
}

function sitesIn(file: string, source: string): Site[] {
  const found: Site[] = []
  if (!/\.(?:query|\$queryRaw(?:Unsafe)?)\s*</.test(source)) return found
  const note = (
    { start, end, typeArguments }: CallExpression | TaggedTemplateExpression,
    callee: CallExpression['callee'],
  ) => {
    const [row] = typeArguments?.params ?? []
    if (row === undefined || callee.type !== 'MemberExpression' || callee.computed) return
    const { name } = callee.property
    if (!/^(?:query|\$queryRaw(?:Unsafe)?)$/.test(name)) return
    found.push({ name: `${file}:${start}`, start, end, row, isList: name !== 'query' })
  }
  new Visitor({
    CallExpression: (node) => note(node, node.callee),
    TaggedTemplateExpression: (node) => note(node, node.tag),
  }).visit(parseSync(file, source).program)
  return found
}

interface Edit {
  start: number
  end: number
  text: string
}

const edited = (source: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((one, other) => other.start - one.start)
    .reduce((text, { start, end, text: fresh }) => text.slice(0, start) + fresh + text.slice(end), source)

/** Passes the answers of the calls through `noted()`. Lines stay as they are. */
export const recordRows = (): Plugin => ({
  name: 'record-rows',
  enforce: 'pre',
  transform(source, id) {
    const file = relative(ROOT, id)
    const sites = file.startsWith('src/') || file === PLANTED ? sitesIn(file, source) : []
    if (sites.length === 0) return null
    const code = edited(source, [
      ...sites.map(({ name, start }) => ({ start, end: start, text: `notedRows(${JSON.stringify(name)}, ` })),
      ...sites.map(({ end }) => ({ start: end, end, text: ')' })),
    ])
    return {
      code: `${code}\nimport { noted as notedRows } from ${JSON.stringify(join(HERE, 'record.ts'))}`,
      map: null,
    }
  },
})

/** Where the processes of a run write: the file exists as long as the run. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-rows-'))
  process.env.TEST_ROWS = join(folder, 'answers')
  return () => rm(folder, { recursive: true })
}

export interface Verdict {
  /** As the compiler says them, `src/orders/pull.ts(99,20): …`. */
  faults: string[]
  /** Of the fixture with faults. */
  planted: string[]
  sites: number
  unseen: string[]
}

/** Compiles a copy of src in which each answered row type is `Held<Row, Fits<Row, answered>>`. */
export async function judgeRows(answers: readonly Answer[]): Promise<Verdict> {
  const bySite = Map.groupBy(answers, ({ site }) => site)
  await mkdir(join(ROOT, '.data'), { recursive: true })
  const copy = await mkdtemp(join(ROOT, '.data/rows-'))
  try {
    const isLeftOut = (path: string) => /\.test\.ts$|\/src\/board$/.test(path)
    for (const part of ['src', relative(ROOT, HERE), 'package.json'])
      await cp(join(ROOT, part), join(copy, part), { recursive: true, filter: (path) => !isLeftOut(path) })
    await writeFile(
      join(copy, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['src', PLANTED], exclude: [] }),
    )
    const verdict: Verdict = { faults: [], planted: [], sites: 0, unseen: [] }
    for await (const file of glob(['src/**/*.ts', PLANTED], { cwd: copy })) {
      const source = await readFile(join(copy, file), 'utf8')
      const sites = sitesIn(file, source)
      const seen = sites.filter(({ name }) => bySite.has(name))
      // Most of the time would be checking what `npm run check` checks.
      if (seen.length === 0) await writeFile(join(copy, file), `// @ts-nocheck\n${source}`)
      if (file !== PLANTED) {
        verdict.sites += sites.length
        for (const { name, start } of sites)
          if (!bySite.has(name)) verdict.unseen.push(`${file}:${source.slice(0, start).split('\n').length}`)
      }
      if (seen.length === 0) continue
      const edits = seen.map(({ name, row, isList }) => {
        const declared = source.slice(row.start, row.end)
        return { ...row, text: held(declared, isList, bySite.get(name) ?? []) }
      })
      await writeFile(join(copy, file), edited(source, edits))
    }
    const tsc = ['--pretty', 'false', '--noErrorTruncation', '-p', copy]
    const { stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), tsc, {
      cwd: copy,
    }).catch((error: { stdout: string }) => error)
    const lines = stdout.split('\n').filter((line) => /^\S/.test(line))
    verdict.planted = lines.filter((line) => line.startsWith(PLANTED))
    verdict.faults = lines.filter((line) => !line.startsWith(PLANTED))
    return verdict
  } finally {
    await rm(copy, { recursive: true })
  }
}

/** On one line, so that the compiler tells the lines of src. */
function held(declared: string, isList: boolean, answers: readonly Answer[]): string {
  const names = new Set(answers.flatMap(({ columns }) => Object.keys(columns)))
  const columns = [...names].map((name) => {
    const met = answers.flatMap(({ columns: { [name]: column } }) => column ?? [])
    const seen = [...new Set(met.flatMap((column) => column.seen))]
    const kinds = seen.filter((kind) => kind !== 'null')
    // A plain `null` is a text to Postgres: one of several statements may answer it for another type.
    const hasValue = ({ seen }: Column) => seen.some((kind) => kind !== 'null')
    const telling = met.some(hasValue) ? met.filter(hasValue) : met
    const all = new Set(telling.flatMap(({ type }) => type ?? kinds))
    if (all.size > 1 && kinds.length === 0) all.delete('string')
    const types = [...all]
    return `${JSON.stringify(name)}: { type: ${types.join(' | ') || 'unknown'}; seen: ${seen.join(' | ') || 'never'} }`
  })
  const always = [...names].filter((name) => answers.every((answer) => name in answer.columns))
  const fits = `import(${JSON.stringify(join(HERE, 'fits.ts'))})`
  const row = (text: string) =>
    `${fits}.Held<${text}, ${fits}.Fits<${isList ? `(${text})[number]` : text}, { ${columns.join('; ')} }, ${always.map((name) => JSON.stringify(name)).join(' | ') || 'never'}>>`
  const onOneLine = declared
    .replace(/\s*\/\/.*$/gm, '')
    .replace(/([^{(<,|&;\s])\s*\n\s*(?![)>}|&])/g, '$1; ')
    .replace(/\s*\n\s*/g, ' ')
  return row(onOneLine)
}
