import { globSync, readFileSync } from 'node:fs'
import { matchesGlob } from 'node:path'
import { expect, test } from 'vitest'
import { ISOLATED } from '../full-only.ts'

/** Both change a module for everything that runs in the same process. */
const REPLACES = /\bvi\.(mock|doMock)\(|from '(\.\.\/)+life\//

test('a test that replaces modules, or holds the clock of all, has modules of its own', () => {
  const files = globSync('test/{integration,e2e}/**/*.test.ts')
  expect(files.length).toBeGreaterThan(150)
  const shared = files.filter((file) => !ISOLATED.some((pattern) => matchesGlob(file, pattern)))
  expect(shared.filter((file) => REPLACES.test(readFileSync(file, 'utf8')))).toEqual([])
})

test('the list names tests that exist', () => {
  expect(ISOLATED.filter((pattern) => globSync(pattern).length === 0)).toEqual([])
})
