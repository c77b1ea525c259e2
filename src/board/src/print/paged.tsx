import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { type PaperPage, toPages } from './paper-pages.ts'

interface Row {
  key: string
  cells: ReactNode
  /** Needs the note at the foot of its page. */
  noted: boolean
}

/** Pixels of A4 between its margins (273 mm), less the foot and a reserve for rounding by the printer. */
const ROOM = 920

interface Paper {
  head: ReactNode
  columns: ReactNode
  rows: readonly Row[]
  tail: ReactNode
  /** Stands on each page that has a row with it. */
  note: string
  foot: (page: number, of: number) => string
}

/**
 * A paper divided into pages here: browsers cannot count the pages of a part of a document.
 * Other rows are another paper: pages that were measured for fewer would leave the last ones out.
 */
export const PagedPaper = (paper: Paper) => (
  <MeasuredPaper key={paper.rows.map(({ key }) => key).join('\n')} {...paper} />
)

/** Drawn whole first, in the width of the paper, to be measured. */
function MeasuredPaper({ head, columns, rows, tail, note, foot }: Paper) {
  const whole = useRef<HTMLElement>(null)
  const [pages, setPages] = useState<readonly PaperPage[] | null>(null)
  useLayoutEffect(() => {
    const heights = (name: string) =>
      [...(whole.current?.querySelectorAll(name) ?? [])].map((one) => one.getBoundingClientRect().height)
    const [head = 0, columns = 0, tail = 0] = ['.paper-head', 'thead', '.paper-tail'].flatMap(heights)
    setPages(toPages({ head, columns, rows: heights('tbody tr'), tail }, ROOM))
  }, [])
  const table = (shown: readonly Row[]) => (
    <table>
      <thead>{columns}</thead>
      <tbody>
        {shown.map(({ key, cells }) => (
          <tr key={key}>{cells}</tr>
        ))}
      </tbody>
    </table>
  )
  if (pages === null)
    return (
      <article className="sheet sheet-page" ref={whole}>
        <div className="paper-head">{head}</div>
        {table(rows)}
        <div className="paper-tail">{tail}</div>
      </article>
    )
  return pages.map(({ from, to, hasTail }, index) => {
    const shown = rows.slice(from, to)
    return (
      <article key={from + (hasTail ? 0.5 : 0)} className="sheet sheet-page">
        {index === 0 && <div className="paper-head">{head}</div>}
        {shown.length > 0 && table(shown)}
        {shown.some(({ noted }) => noted) && <p className="paper-note">{note}</p>}
        {hasTail && <div className="paper-tail">{tail}</div>}
        <footer className="paper-foot">{foot(index + 1, pages.length)}</footer>
      </article>
    )
  })
}
