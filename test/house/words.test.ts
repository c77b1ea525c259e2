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

/** The reporter prints it at the end of a run (test/support/left-out-reporter.ts). */
test('each test that may be left out says why in its name', () => {
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\.skipIf\([\s\S]*?\)\(\s*(['"`])([\s\S]*?)\1/g)].map(
      ([, , name]) => `${file}: ${name}`,
    ),
  )
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter((name) => !/\[.+\]|\$\{(LEFT_OUT|left|\w*[mM]issing)\b/.test(name))).toEqual([])
})
