import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api.ts'
import { dayBeside, isoDay } from '../parts/format.ts'

export type Row = Schemas['FigureRow']
export type Figures = NonNullable<ReturnType<typeof useFigures>['data']>

export interface Asked {
  from: string
  to: string
  per: 'day' | 'mall' | 'shop'
  shopId?: string
  marketplace?: Row['marketplace']
}

/** As many rows as a page of the service has at most. */
const MOST = 1_000

/** Counted by day at the service; a minute old at most. */
export const useFigures = ({ marketplace, ...asked }: Asked) =>
  useQuery({
    queryKey: ['figures', asked, marketplace],
    refetchInterval: 60_000,
    queryFn: async () => {
      const query = { ...asked, ...(marketplace ? { marketplace } : {}), limit: MOST }
      const first = await answer(api.GET('/v1/figures', { params: { query } }))
      const figures = [...first.figures]
      for (let cursor = first.nextCursor; cursor !== null; ) {
        const next = await answer(api.GET('/v1/figures', { params: { query: { ...query, cursor } } }))
        figures.push(...next.figures)
        cursor = next.nextCursor
      }
      return { ...first, figures }
    },
  })

/** Every day of the period, also those that nobody ordered on. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day <= to && days.length < 366; day = dayBeside(day, 1)) days.push(day)
  return days
}

export const fortnight = (now: number): { from: string; to: string } => {
  const to = isoDay(now)
  return { from: dayBeside(to, -13), to }
}

/** Rows of a day, or none of them. */
export const sumOf = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0)
