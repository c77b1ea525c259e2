import { expect, test } from 'vitest'
import { COLUMNS, pageSizes, sizeOf } from '../../scripts/docs-size.ts'

/** Lowered as pages get shorter; raising it needs a reason in the commit. */
const WORDS = 52_800
const LONG_LINES = 39

const total = (of: 'words' | 'long') => pageSizes().reduce((sum, page) => sum + page[of], 0)

test('the pages that people write stay within their words (node scripts/docs-size.ts lists them)', () => {
  expect(total('words')).toBeLessThan(WORDS * 1.05)
})

test(`no more lines of prose are longer than ${COLUMNS} columns; rows of tables, code and addresses cannot be broken`, () => {
  expect(total('long')).toBeLessThanOrEqual(LONG_LINES)
})

test('what a script makes is not counted, and only prose is too long', () => {
  const long = 'word '.repeat(40)
  const made = `<!-- results: made by \`npm run x\` -->\n${long}\n<!-- end of results -->`
  expect(sizeOf('page', `one two\n${made}\n| ${long} |\n\`\`\`\n${long}\n\`\`\`\n`)).toEqual({
    page: 'page',
    words: 82,
    long: 0,
  })
  expect(sizeOf('page', long)).toEqual({ page: 'page', words: 40, long: 1 })
})
