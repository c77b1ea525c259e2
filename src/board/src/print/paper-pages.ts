/** Heights in pixels of what stands on a paper's pages. */
export interface Heights {
  /** Only on the first page. */
  head: number
  /** The heads of the columns, on each page with rows. */
  columns: number
  rows: readonly number[]
  /** Sums and texts, on the last page. */
  tail: number
}

/** A row's number from and, not included, to. */
export interface PaperPage {
  from: number
  to: number
  hasTail: boolean
}

/** Divides rows into pages of `room` pixels. A row higher than a page gets one of its own. */
export function toPages({ head, columns, rows, tail }: Heights, room: number): PaperPage[] {
  const pages: PaperPage[] = []
  let from = 0
  let used = head + columns
  for (const [at, height] of rows.entries()) {
    if (used + height > room && at > from) {
      pages.push({ from, to: at, hasTail: false })
      from = at
      used = columns
    }
    used += height
  }
  const fits = used + tail <= room
  pages.push({ from, to: rows.length, hasTail: fits })
  return fits ? pages : [...pages, { from: rows.length, to: rows.length, hasTail: true }]
}
