import type { OrderRow } from '../api.ts'

/** 今日出荷: what is ready to leave, by the day until which it must. The deadline stands in the order's detail alone. */
export const SHIP_TODAY = '/orders?status=ready_to_ship&tracking=none&hold=false&sort=deadline'

/** A list by deadline is read whole; of more than so many nobody ships by hand in a day. */
export const MOST_BY_DEADLINE = 1_000

export const isByDeadline = (search: string): boolean =>
  new URLSearchParams(search).get('sort') === 'deadline'

type Dated = Pick<OrderRow, 'orderedAt'> & {
  detail: { delivery: { shipBy: string | null } } | null
}

/** A day in Japan; null where the mall gives none. */
const deadlineOf = ({ detail }: Dated): string | null => detail?.delivery.shipBy?.slice(0, 10) ?? null

/** Oldest deadline first; those without one last, in the order in which they were bought. */
export const byDeadline = <T extends Dated>(rows: readonly T[]): T[] =>
  [...rows].sort(
    (a, b) =>
      (deadlineOf(a) ?? '9999').localeCompare(deadlineOf(b) ?? '9999') ||
      a.orderedAt.localeCompare(b.orderedAt),
  )

export interface Due {
  late: number
  today: number
  later: number
  none: number
}

/** Counts orders by deadline. @param day today in Japan, `2026-11-28` */
export function dueOf(rows: readonly Dated[], day: string): Due {
  const due: Due = { late: 0, today: 0, later: 0, none: 0 }
  for (const row of rows) {
    const by = deadlineOf(row)
    due[by === null ? 'none' : by < day ? 'late' : by === day ? 'today' : 'later']++
  }
  return due
}
