import type { ReactNode } from 'react'

/** A table that scrolls by itself, with rows that only change as a whole. */
export function Table(props: { label: string; heads: readonly string[]; rows: readonly ReactNode[][] }) {
  const { label, heads, rows } = props
  return (
    <div className="results-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a heading may stand twice
            <tr key={at}>
              {cells.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells never move
                <td key={column} className="wrap">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
