import { Link, useSearch } from 'wouter'
import first from '../../../../docs/board.md?raw'
import others from '../../../../docs/board-screens.md?raw'
import { FIRST } from '../help/pages.ts'
import { type Block, sectionsOf } from '../help/sections.ts'
import { t } from '../i18n.ts'

/** 使い方: the handbook, a paragraph at a time; the one that was asked for is open. */
export default function Help() {
  const sections = [first, others].flatMap(sectionsOf)
  const wanted = new URLSearchParams(useSearch()).get('part') ?? FIRST
  const shown = sections.find(({ title }) => title === wanted) ?? sections[0]
  return (
    <div className="desk">
      <h1>{t('使い方', 'Help (Japanese)')}</h1>
      <div className="shop-split">
        <nav className="shop-parts help-parts" aria-label={t('目次', 'Contents')}>
          {sections
            .filter(({ blocks }) => blocks.length > 0)
            .map(({ title }) => (
              <Link
                key={title}
                href={`/help?part=${encodeURIComponent(title)}`}
                aria-current={title === shown?.title ? 'page' : undefined}
              >
                {title}
              </Link>
            ))}
        </nav>
        {shown && (
          <article className="panel help" lang="ja" aria-label={shown.title}>
            <h2>{shown.title}</h2>
            {shown.blocks.map((block, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a page that never changes
              <Part key={index} block={block} />
            ))}
          </article>
        )}
      </div>
    </div>
  )
}

function Part({ block }: { block: Block }) {
  if (block.kind === 'text')
    return (
      <p>
        <Words text={block.text} />
      </p>
    )
  if (block.kind === 'list') {
    const items = block.items.map((text) => (
      <li key={text}>
        <Words text={text} />
      </li>
    ))
    return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
  }
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={block.head.join('、')}>
      <table>
        <thead>
          <tr>
            {block.head.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
              <th key={index} scope="col">
                <Words text={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row that never changes
                <td key={index}>
                  <Words text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** **Strong** and `code` as elements: the page's policy allows no markup from a text. */
function Words({ text }: { text: string }) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, index) => {
    const inner = part.slice(2, -2)
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
    if (/^\*\*.+\*\*$/.test(part)) return <strong key={index}>{inner}</strong>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
    if (/^`.+`$/.test(part)) return <code key={index}>{part.slice(1, -1)}</code>
    return part
  })
}
