import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brokenPlace } from './bodies.ts'

test.each([
  ['{"a": }', 1, 7],
  ['{"name": "店",\n "code": }', 2, 10],
  ['{"a":1,}', 1, 8],
  ['[1,]', 1, 4],
  ['[1 2]', 1, 4],
  ['{a:1}', 1, 2],
  ["{'a':1}", 1, 2],
  ['{"a" 1}', 1, 6],
  ['{"a":01}', 1, 7],
  ['{"a":"開いたまま}', 1, 6],
  ['{"a":"\\x"}', 1, 6],
  ['{"a":TRUE}', 1, 6],
  ['{"a":1', 1, 7],
  ['{"a":1}\n}', 2, 1],
  ['{"a":[1}', 1, 8],
  ['', 1, 1],
  ['"𠮷𠮷" x', 1, 6],
])('%j breaks at line %i, column %i', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(brokenPlace(text)).toEqual({ line, column })
})

test('finds nothing wrong in what is JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent)
      expect(brokenPlace(`${text}!`)).toEqual(brokenPlace(text))
    }),
  )
})

test('a character too many is found where it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (list) => {
      const text = JSON.stringify(list)
      expect(brokenPlace(`${text.slice(0, -1)}?]`)?.column).toBe([...text].length)
    }),
  )
})

test('a megabyte of open brackets or of values is given up early, and one of text is no trouble', () => {
  const before = process.threadCpuUsage()
  for (const text of ['[', '[1,', '{"":', '1 ', '\n'])
    expect(brokenPlace(`[${text.repeat(400_000)}`)).toBeDefined()
  expect(brokenPlace('['.repeat(1_000_000))).toBeNull()
  expect(brokenPlace(`"${'\\n'.repeat(500_000)}" x`)?.column).toBe(1_000_004)
  // Work that is counted: 1.6 s before it was bounded, 0.05 s now.
  expect(process.threadCpuUsage(before).user).toBeLessThan(500_000)
})
