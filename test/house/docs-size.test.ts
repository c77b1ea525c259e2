import { expect, test } from 'vitest'
import { COLUMNS, pageSizes, SENTENCE_WORDS, sizeOf } from '../../scripts/docs-size.ts'

/** Words that one page gains another one gives up. */
const WORDS = 55_000

test('the pages that people write stay within their words (node scripts/docs-size.ts lists them)', () => {
  expect(pageSizes().reduce((sum, { words }) => sum + words, 0)).toBeLessThanOrEqual(WORDS)
})

/** Only falls: a page that is touched leaves fewer of them. Fails at a tenth more, as all budgets here. */
const LONG_SENTENCES = 34

test(`sentences of more than ${SENTENCE_WORDS} words become fewer (node scripts/docs-size.ts PAGE prints them)`, () => {
  const long = pageSizes().flatMap(({ page, sentences }) => sentences.map((one) => `${page}: ${one}`))
  expect(long.length, long.join('\n')).toBeLessThan(LONG_SENTENCES * 1.1)
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
    sentences: [],
  })
  expect(sizeOf('page', long)).toMatchObject({ words: 40, long: [long] })
})

test('a sentence ends at its full stop, with its paragraph, its item or its heading; an address is no word', () => {
  const words = (count: number) => 'word '.repeat(count).trim()
  const sentences = (text: string) => sizeOf('page', text).sentences
  expect(sentences(`${words(25)}.\n${words(25)}?\n\n${words(20)}\n\n${words(20)}`)).toEqual([])
  expect(sentences(`# ${words(20)}\n${words(20)}\n- ${words(20)}\n  ${words(5)}\n- ${words(20)}`)).toEqual([])
  expect(sentences(`${words(13)}: ${words(13)}`)).toHaveLength(1)
  expect(sentences(`- ${words(13)}\n  ${words(13)}. ${words(25)}`)).toHaveLength(1)
  expect(sentences(`${words(24)} [one](a.md "b c d") \`a b c\``)).toHaveLength(1)
  expect(sentences(`${words(23)} [one](a.md "b c d") \`a b c\``)).toEqual([])
})
