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

/** Verbs that have another word for their idea (CONTRIBUTING.md: one verb for one idea). */
const OTHER_VERBS =
  /^(get|pick|look|ask|load|collect|make|form|put|keep|set|touch|remove|forget|drop|withdraw|dismiss|take|hold|judge|settle|tell|say)(?![a-z])/

const ALLOWED = [
  // The word of a mall's or a framework's own operation, or of the contract.
  ...['getOrder', 'removeIdentity', 'dismissChange', 'dismissRequest'],
  ...['setErrorHandlers', 'setNotFound', 'setSession', 'setInstallationGauges'],
  // One idea under one name in all malls.
  ...['judge', 'settle', 'hold'],
  // The settings, which are read once.
  ...['loadConfig', 'loadOrCreateEncryptionKeys', 'loadOrCreateOperatorKey'],
  // Order and waiting in the process, which no verb of the table says.
  ...['holdRefusals', 'putShortFirst', 'takeTurns', 'takeOverOf', 'keepMailbox', 'keepBrowser'],
  ...['askAgain', 'askForMs', 'lookAgain'],
]

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
