import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { dayBeside } from '../parts/format.ts'
import type { OrderQuery } from './order-query.ts'

/** 今日出荷: what is ready to leave, by the day until which it must. */
export const SHIP_TODAY = '/orders?status=ready_to_ship&tracking=none&hold=false&sort=shipBy'

export const isByDeadline = (search: string): boolean =>
  /^(?:deadline|shipBy)$/.test(new URLSearchParams(search).get('sort') ?? '')

export interface Due {
  late: number
  today: number
  later: number
  /** Some count ends at 10,000. */
  capped: boolean
}

/** Counts a list's orders by deadline. @param day today in Japan, `2026-11-28` */
export const useDue = (query: OrderQuery, day: string) =>
  useQuery({
    // Below the list's own key, so that an event reads both again.
    queryKey: ['orders', query, 'due', day],
    queryFn: async (): Promise<Due> => {
      const counted = (more: Pick<OrderQuery, 'shipByFrom' | 'shipByTo'>) =>
        answer(
          api.GET('/v1/orders', {
            params: { query: { ...query, ...more, sort: 'oldest', limit: 1, total: 'true' } },
          }),
        )
      const [late, due, later] = [
        await counted({ shipByTo: dayBeside(day, -1) }),
        await counted({ shipByFrom: day, shipByTo: day }),
        await counted({ shipByFrom: dayBeside(day, 1) }),
      ]
      return {
        ...{ late: late.total ?? 0, today: due.total ?? 0, later: later.total ?? 0 },
        capped: [late, due, later].some(({ totalIsCapped }) => totalIsCapped),
      }
    },
  })
