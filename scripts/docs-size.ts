import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `node scripts/docs-size.ts`: words, long lines and long sentences of each page that people write. Pages and
 * blocks that a script makes are left out: nobody shortens those by hand. A page's name behind it lists its
 * long sentences.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
export const COLUMNS = 140
/** A longer sentence is read twice. */
export const SENTENCE_WORDS = 25

/** Whole pages that `npm run docs` writes. */
const MADE: readonly string[] = ['docs/settings.md', 'docs/problems.md', 'docs/site-changes.md']
/** Blocks inside pages: from a marker to its end, or to the end of the page. */
const BLOCKS = [
  /<!-- ([\w ]+): made by [^>]*-->[\s\S]*?<!-- end of \1 -->/g,
  /<!-- routes by role: [^>]*-->[\s\S]*?<!-- end of routes -->/g,
  /<!-- From here on made by [\s\S]*$/g,
  // Rows as `npm run mutate -- life` prints them; test/house/planted.test.ts holds the page to them.
  /^\| fault \| by a history (?:.+\n)+/gm,
]

export interface PageSize {
  page: string
  words: number
  /** Lines of prose beyond 140 columns. */
  long: string[]
  /** Sentences of more than 25 words. */
  sentences: string[]
}

export function pageSizes(): PageSize[] {
  return globSync(['docs/**/*.md', 'README*.md', 'CONTRIBUTING.md'], { cwd: ROOT })
    .filter((page) => !MADE.includes(page))
    .map((page) => sizeOf(page, readFileSync(join(ROOT, page), 'utf8')))
    .toSorted((a, b) => b.words - a.words)
}

export function sizeOf(page: string, text: string): PageSize {
  const written = BLOCKS.reduce((rest, block) => rest.replace(block, ''), text)
  return {
    page,
    // A sign alone, as between cells of a table, is no word.
    words: wordsOf(written),
    long: proseLines(written).filter((line) => [...line].length > COLUMNS),
    sentences: sentencesOf(proseLines(written)).filter((sentence) => wordsOf(sentence) > SENTENCE_WORDS),
  }
}

const wordsOf = (text: string): number =>
  text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

/** Headings, items of lists and paragraphs each begin a sentence; the address of a link is no word of it. */
function sentencesOf(lines: readonly string[]): string[] {
  return lines
    .map((line) => (/^ *(?:#+|[-*+]|\d+\.) |^ *(?:---.*|>.*)?$/.test(line) ? `\n\n${line}` : line))
    .map((line) => (/^\s*#/.test(line) ? `${line}\n` : line))
    .join('\n')
    .split(/\n{2,}/)
    .flatMap((part) =>
      part
        .replace(/^ *(?:#+|[-*+]|\d+\.) /, '')
        .replace(/\]\([^)]*\)/g, ']')
        .replace(/`[^`]*`/g, '`x`')
        .split(/(?<=[.!?][)\]*_”"]*)\s+|(?<=。)/),
    )
}

/** Lines that can be broken: no row of a table, no line of a code block, none that is long by an address. */
function proseLines(text: string): string[] {
  return text
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('|') && !/[!-~]{90,}/.test(line))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv[2]
  const pages = pageSizes()
  for (const { page, sentences } of pages) if (page === asked) console.log(sentences.join('\n\n'))
  const sizes = pages.map(
    ({ page, words, long, sentences }) => [words, long.length, sentences.length, page] as const,
  )
  const sum = (at: 0 | 1 | 2) => sizes.reduce((all, size) => all + size[at], 0)
  for (const [words, long, sentences, page] of asked
    ? []
    : [...sizes, [sum(0), sum(1), sum(2), 'all'] as const])
    console.log(
      `${String(words).padStart(7)} words ${String(long).padStart(5)} lines ${String(sentences).padStart(5)} sentences  ${page}`,
    )
}
