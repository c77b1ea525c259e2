import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { parseSync, Visitor } from 'oxc-parser'
import { expect, test } from 'vitest'

/** `x as T`, `<T>x` and `x!` claim what TypeScript cannot see; `as const` claims nothing. */
function castsIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  const found: string[] = []
  const note = ({ start, end }: { start: number; end: number }) =>
    found.push(`${file}:${source.slice(0, start).split('\n').length} ${source.slice(start, end)}`)
  const isConst = ({ start, end }: { start: number; end: number }) => source.slice(start, end) === 'const'
  new Visitor({
    TSAsExpression: (node) => void (isConst(node.typeAnnotation) || note(node)),
    TSTypeAssertion: (node) => void (isConst(node.typeAnnotation) || note(node)),
    TSNonNullExpression: (node) => void note(node),
    TSAnyKeyword: (node) => void note(node),
  }).visit(parseSync(file, source).program)
  return found
}

const sources = async (): Promise<string[]> => {
  const files: string[] = []
  for await (const file of glob('src/**/*.{ts,tsx}', {
    exclude: (path) => /(^|\/)(node_modules|generated|dist)$/.test(path) || /\.test\.tsx?$/.test(path),
  }))
    files.push(file)
  return files
}

/**
 * The most there may be; whoever takes one away lowers it. Where one is needed again,
 * `src/platform/narrow.ts` is asked first.
 */
const MOST = 137

test(`there are at most ${MOST} casts in the service and the board, and no any`, async () => {
  const found = (await sources()).flatMap(castsIn)
  expect(found.filter((cast) => / any$/.test(cast))).toEqual([])
  expect(found.length, found.join('\n')).toBeLessThanOrEqual(MOST)
  // A parser that found nothing would let everything pass.
  expect(found.length).toBeGreaterThan(MOST / 2)
})
