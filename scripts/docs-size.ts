import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `node scripts/docs-size.ts`: words and long lines of each page that people write. Pages and blocks that a
 * script makes are left out: nobody shortens those by hand.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
export const COLUMNS = 140

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
    words: written.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    long: proseLines(written).filter((line) => [...line].length > COLUMNS),
  }
}

/** Lines that can be broken: no row of a table, no line of a code block, none that is long by an address. */
function proseLines(text: string): string[] {
  return text
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('|') && !/[!-~]{90,}/.test(line))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = pageSizes().map(({ page, words, long }) => ({ page, words, long: long.length }))
  const total = { page: 'all', words: 0, long: 0 }
  for (const { words, long } of sizes) {
    total.words += words
    total.long += long
  }
  for (const { page, words, long } of [...sizes, total])
    console.log(`${String(words).padStart(7)} words ${String(long).padStart(5)} long  ${page}`)
}
