import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FIRST, HELP_OF, helpOf } from './pages.ts'
import { type Block, sectionsOf } from './sections.ts'

const PAGES = ['board', 'board-screens'].map((name) =>
  readFileSync(new URL(`../../../../docs/${name}.md`, import.meta.url), 'utf8'),
)
const SCREENS = readFileSync(new URL('../screens/index.ts', import.meta.url), 'utf8')
const sections = PAGES.flatMap(sectionsOf)

test('each screen’s question mark leads to a paragraph that is there', () => {
  const titles = sections.map(({ title }) => title)
  expect([FIRST, ...HELP_OF.map(([, title]) => title)].filter((title) => !titles.includes(title))).toEqual([])
  const paths = [...SCREENS.matchAll(/path: '([^']+)'/g)].map(([, path]) => path ?? '')
  expect(paths.length).toBeGreaterThan(15)
  // The menu and the help itself are what they lead to.
  const without = paths.filter((path) => helpOf(path) === FIRST && !['/menu', '/help'].includes(path))
  expect(without).toEqual([])
  expect(helpOf('/orders/0191/difference')).toBe('モールとの差分')
  expect(helpOf('/orders/0191')).toBe('受注詳細')
  expect(helpOf('/shops/0191')).toBe('店舗・受信箱')
  expect(helpOf('/')).toBe(FIRST)
})

test('no word of the two pages is lost, and no sign of Markdown is left', () => {
  const textOf = (block: Block) =>
    block.kind === 'text'
      ? block.text
      : block.kind === 'list'
        ? block.items.join('')
        : [...block.head, ...block.rows.flat()].join('')
  const kept = sections.map(({ title, blocks }) => title + blocks.map(textOf).join('')).join('')
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '')
  const written = PAGES.map((page) =>
    page
      .slice(page.indexOf('\n## '))
      .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
      .replace(/\]\([^)]*\)/g, '')
      .replace(/^\d+\. /gm, ''),
  ).join('')
  expect(letters(kept)).toBe(letters(written))
  expect(kept).not.toMatch(/\]\(|!\[|^\|/m)
})
