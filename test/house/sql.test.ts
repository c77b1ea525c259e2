import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const files = globSync('src/**/*.ts', {
  exclude: (path) => /(^|\/)(node_modules|generated|dist)$/.test(path) || /\.test\.ts$/.test(path),
})

/** A fourth position has to be counted in a text and in a list apart from it: `statement()` names it. */
test('no statement has a parameter beyond the third by its position', () => {
  const named = files.filter((file) => /\b(?:statement|prepared)\(\s*\{/.test(readFileSync(file, 'utf8')))
  expect(named.length).toBeGreaterThan(20)
  const positions = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) =>
        /\$(?:[4-9]|[1-9]\d)(?!\d)/.test(line) ? [`${file}:${at + 1} ${line.trim()}`] : [],
      ),
  )
  expect(positions).toEqual([])
})
