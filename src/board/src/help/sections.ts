/** The handbook's paragraphs as parts of the page: read from docs/board.md and docs/board-screens.md. */

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] }

export interface Section {
  title: string
  blocks: Block[]
}

const PICTURE = /!\[[^\]]*\]\([^)]*\)/g
/** Links lead into the repository, which a page has none of: their words stay. */
const LINK = /\[([^\]]+)\]\([^)]*\)/g
const plain = (text: string): string => text.replace(PICTURE, '').replace(LINK, '$1').trim()

/** The part of Markdown that the two pages use; a test holds that nothing of them is lost. */
export function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = []
  let before = ''
  for (const line of markdown.split('\n')) {
    const title = /^## (.+)$/.exec(line)?.[1]
    if (title !== undefined) sections.push({ title, blocks: [] })
    const blocks = sections.at(-1)?.blocks
    if (blocks && title === undefined && line.trim() !== '') add(blocks, line, before.trim() === '')
    before = line
  }
  return sections
}

function add(blocks: Block[], line: string, fresh: boolean): void {
  const last = blocks.at(-1)
  const item = /^(-|\d+\.) (.*)$/.exec(line)
  const cells = /^\|(.*)\|$/.exec(line)?.[1]?.split('|').map(plain)
  if (cells) {
    if (last?.kind !== 'table' || fresh) blocks.push({ kind: 'table', head: cells, rows: [] })
    else if (!cells.every((cell) => /^-+:?$/.test(cell))) last.rows.push(cells)
  } else if (item) {
    const ordered = item[1] !== '-'
    const text = plain(item[2] ?? '')
    if (last?.kind === 'list' && last.ordered === ordered && !fresh) last.items.push(text)
    else blocks.push({ kind: 'list', ordered, items: [text] })
  } else {
    const text = plain(line)
    if (text === '') return
    if (last?.kind === 'list' && !fresh) last.items.push(`${last.items.pop() ?? ''}${text}`)
    else if (last?.kind === 'text' && !fresh) last.text += text
    else blocks.push({ kind: 'text', text })
  }
}
