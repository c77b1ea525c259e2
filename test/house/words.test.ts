import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

/** The formatter's width (biome.json). It breaks all code but strings, and no comment. */
const WIDTH = 110

const files = globSync('{src,sandbox,scripts,test}/**/*.{ts,tsx,mjs}', {
  exclude: (path) => /(^|\/)(node_modules|generated|dist)$/.test(path),
})

/** Lines of a file's comments, as `file:line text`. Parses only files with a wanted line: parsing is slow. */
function commentLines(file: string, wanted: (line: string) => boolean): string[] {
  const source = readFileSync(file, 'utf8')
  const lines = source.split('\n')
  if (!lines.some(wanted)) return []
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length
  return parseSync(file, source).comments.flatMap(({ start, end }) => {
    const first = lineAt(start)
    return lines
      .slice(first - 1, lineAt(end))
      .flatMap((line, at) => (wanted(line) ? [`${file}:${first + at} ${line.trim()}`] : []))
  })
}

test(`no comment is wider than ${WIDTH} columns`, () => {
  expect(files.length).toBeGreaterThan(1_000)
  expect(files.flatMap((file) => commentLines(file, (line) => line.length > WIDTH))).toEqual([])
})

/** It would be no more than a way around the formatter. */
test('no literal is spread into the literal around it', () => {
  const spread = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) => (line.includes(`..${'.{'}`) ? [`${file}:${at + 1} ${line.trim()}`] : [])),
  )
  expect(spread).toEqual([])
})

/** The reporter prints it at the end of a run (test/support/end-reporter.ts). */
test('each test that may be left out says why in its name', () => {
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\.skipIf\([\s\S]*?\)\(\s*(['"`])([\s\S]*?)\1/g)].map(
      ([, , name]) => `${file}: ${name}`,
    ),
  )
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter((name) => !/\[.+\]|\$\{(LEFT_OUT|left|\w*[mM]issing)\b/.test(name))).toEqual([])
})

/**
 * Verbs that have another word for their idea (CONTRIBUTING.md: one verb for one idea). Plain ones (get,
 * take, keep, ask, load, set, hold, remove) may be used where an engineer would say them.
 */
const OTHER_VERBS =
  /^(pick|look|collect|make|form|put|touch|forget|drop|withdraw|dismiss|judge|settle|tell|say)(?![a-z])/

const ALLOWED = [
  // The word of the contract.
  ...['dismissChange', 'dismissRequest'],
  // One idea under one name in all malls.
  ...['judge', 'settle'],
  // Order and waiting in the process, which no verb of the table says.
  ...['putShortFirst', 'lookAgain'],
]

/** A `/**` comment is shown with the declaration behind it; a heading of a part begins with `//`. */
test('each doc comment stands in front of what it is about', () => {
  const loose = files.flatMap((file) => {
    const source = readFileSync(file, 'utf8')
    if (!/^(?:\/\*\*.*| )\*\/\n\n/m.test(source)) return []
    const { comments, program } = parseSync(file, source)
    const isBehindCode = (start: number) =>
      program.body.some(({ type, end }) => type !== 'ImportDeclaration' && end <= start)
    return comments
      .filter(({ start, end }) => {
        const isDoc = source.startsWith('/**', start) && (start === 0 || source[start - 1] === '\n')
        return isDoc && /^\n\s*\n/.test(source.slice(end, end + 9)) && isBehindCode(start)
      })
      .map(({ start }) => `${file}:${source.slice(0, start).split('\n').length}`)
  })
  expect(loose).toEqual([])
})

/** Notions that a new maintainer has to learn (docs/architecture.md). */
const MOST_NOTIONS = 15

test(`the project has at most ${MOST_NOTIONS} notions of its own, each with the field's term`, () => {
  const page = readFileSync('docs/architecture.md', 'utf8')
  const [, own = ''] = /\*\*Ours\*\*[\s\S]*?\n\n([\s\S]*?)\n\n/.exec(page) ?? []
  const rows = own
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
  expect(rows.length).toBeGreaterThan(5)
  expect(rows.length).toBeLessThanOrEqual(MOST_NOTIONS)
  expect(rows.filter((row) => !/^\|(?: [^|]+ \|){4}$/.test(row))).toEqual([])
})

/** Notions of before that have the field's word now; each was known to nobody on a first day. */
const GONE = /\b(?:gaveBack|wakeBeside|owesOwn|ownFirst|crowded|isHandedOver|createBell|MAY_WORK)\b/

test('names of before do not come back', () => {
  const own = files.filter((file) => !file.endsWith('words.test.ts'))
  expect(own.filter((file) => GONE.test(readFileSync(file, 'utf8')))).toEqual([])
})

test('exported functions are named by the table of verbs', () => {
  const names = files
    .filter((file) => /^src\/(?!board)/.test(file) && !/\.test\.ts$/.test(file))
    .flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /^export (?:async )?(?:function |const (?=\w+ = (?:async )?\())(\w+)/gm,
        ),
      ].map(([, name = '']) => name),
    )
  expect(names.length).toBeGreaterThan(1_000)
  const others = new Set(names.filter((name) => OTHER_VERBS.test(name)))
  expect([...others].sort()).toEqual([...ALLOWED].sort())
})
