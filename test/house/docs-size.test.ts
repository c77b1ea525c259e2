import { expect, test } from 'vitest'
import { COLUMNS, pageSizes, sizeOf } from '../../scripts/docs-size.ts'

/** Lowered as pages get shorter; raising it needs a reason in the commit. */
const WORDS = 53_200

test('the pages that people write stay within their words (node scripts/docs-size.ts lists them)', () => {
  expect(pageSizes().reduce((sum, { words }) => sum + words, 0)).toBeLessThan(WORDS * 1.05)
})

test(`no line of prose is longer than ${COLUMNS} columns; rows of tables, code and addresses cannot be broken`, () => {
  const long = pageSizes().flatMap(({ page, long }) => long.map((line) => `${page}: ${line}`))
  expect(long).toEqual([])
})

test('what a script makes is not counted, and only prose is too long', () => {
  const long = 'word '.repeat(40)
  const made = `<!-- results: made by \`npm run x\` -->\n${long}\n<!-- end of results -->`
  expect(sizeOf('page', `one two\n${made}\n| ${long} |\n\`\`\`\n${long}\n\`\`\`\n`)).toEqual({
    page: 'page',
    words: 82,
    long: [],
  })
  expect(sizeOf('page', long)).toMatchObject({ words: 40, long: [long] })
})
