import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MARKETPLACES } from '../../src/marketplaces/port/order.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Ways in which vitest leaves a case out. */
const LEFT_OUT = /\.(skip|skipIf|runIf|only|todo)\b|\bskip\(/

test.each(MARKETPLACES)('%s runs the whole conformance suite', (mall) => {
  const files = readdirSync(new URL(`./${mall}/`, import.meta.url)).filter((file) =>
    /(^|\.)conformance\.test\.ts$/.test(file),
  )
  expect(files).toHaveLength(1)
  const source = read(`./${mall}/${files[0]}`)
  expect(source).toMatch(/^\s*marketplaceConformance\(/m)
  expect(source).not.toMatch(LEFT_OUT)
})

test('the suite itself leaves no case out, for any mall', () => {
  const suite = read('./conformance.ts')
  expect(suite).not.toMatch(LEFT_OUT)
  expect(suite).not.toMatch(/\bif \(.*\)\s*\{?\s*(it|test|describe)\b/)
})
