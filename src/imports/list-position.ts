import { createHash } from 'node:crypto'

/**
 * Position in the reading of a mall's list, shared by sweeps and period imports. A list shifts while it is
 * read: an order that leaves moves the ones behind it from a later page to one already read.
 */

export interface Period {
  from: Date
  to: Date
}

export interface Position {
  windowFrom: Date
  windowTo: Date
  page: string | null
  pass: number
  passNew: number
  /** Over the numbers this reading has named so far, and all of the one before; null in the first. */
  passSum: number
  lastSum: number | null
}

/** The page was read, and some of its entries not. */
export const ENTRY_UNREADABLE = 'LIST_ENTRY_UNREADABLE'

/** Facts of one page for the reading; `fresh`: numbers that no page before has named. */
export interface PageRead {
  next: string | null
  fresh: number
  sum: number
}

/** A window is read again while a reading names something new, so many times at most. */
export const MOST_PASSES = 5
/** The same while a reading names other numbers than the one before, though none of them is new. */
const MOST_QUIET_PASSES = 3

const SUM_BELOW = 2 ** 52

/** The same for the same numbers, in whatever order and pages they come. */
export const sumOf = (numbers: readonly string[]): number =>
  numbers.reduce((sum, number) => {
    const hash = createHash('sha256').update(number).digest()
    return (sum + hash.readUIntBE(0, 6)) % SUM_BELOW
  }, 0)

const readSoFar = (at: Position, page: PageRead) => ({
  passNew: at.passNew + page.fresh,
  passSum: (at.passSum + page.sum) % SUM_BELOW,
})

/**
 * True when this page ends a reading with nothing new and the numbers of the one before. All that was listed
 * when that began is known then, wherever it stood. A window of one page is one answer and cannot shift.
 */
export function isSettled(at: Position, page: PageRead): boolean {
  const { passNew, passSum } = readSoFar(at, page)
  return page.next === null && (at.page === null || (passNew === 0 && passSum === at.lastSum))
}

/**
 * Returns the position after a page; null when all has been read. Repeats a window of several pages until it
 * is settled, or MOST_PASSES times. Where one order left and another came, an order may have slipped to a
 * page already read, though no named number is new.
 * @param next the window after this one
 */
export function following(
  at: Position,
  page: PageRead,
  next: (at: Period) => Period | null,
): Position | null {
  const { passNew, passSum } = readSoFar(at, page)
  if (page.next !== null) return { ...at, page: page.next, passNew, passSum }
  const most = passNew > 0 ? MOST_PASSES : MOST_QUIET_PASSES
  if (!isSettled(at, page) && at.pass + 1 < most)
    return { ...at, page: null, pass: at.pass + 1, passNew: 0, passSum: 0, lastSum: passSum }
  const window = next({ from: at.windowFrom, to: at.windowTo })
  return window && startOf(window)
}

export const startOf = ({ from, to }: Period): Position => ({
  windowFrom: from,
  windowTo: to,
  page: null,
  pass: 0,
  passNew: 0,
  passSum: 0,
  lastSum: null,
})
