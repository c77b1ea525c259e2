import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { useBoard } from '../data.ts'
import { dayBeside, today } from '../parts/format.ts'
import type { OrderQuery } from './order-query.ts'

/** Conditions of 今日出荷. */
export const TO_LEAVE = { status: 'ready_to_ship', toShip: 'true', hold: 'false' } as const

/** How many orders must leave by a day; read again as 出荷待ち changes, and each minute. */
function useDueOn(day: string, query: OrderQuery, ask = true) {
  const board = useBoard().data
  return useQuery({
    queryKey: ['due', day, query, board?.readyToShip],
    enabled: ask && board !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    queryFn: async () => {
      const asked = { ...query, sort: 'shipBy', total: 'true', dueOn: day, limit: 1 } as const
      const { total, due } = await answer(api.GET('/v1/orders', { params: { query: asked } }))
      return due && { ...due, all: total ?? 0 }
    },
  }).data
}

/** The first day after today until which orders must leave, and how many. */
export function useNextDue(ask: boolean): { day: string; count: number } | undefined {
  return (
    useQuery({
      queryKey: ['due', 'next'],
      enabled: ask,
      refetchInterval: 60_000,
      queryFn: async () => {
        const shipByFrom = dayBeside(today(), 1)
        const query = { ...TO_LEAVE, sort: 'shipBy', shipByFrom, detail: 'true', limit: 1 } as const
        const { orders } = await answer(api.GET('/v1/orders', { params: { query } }))
        const day = orders[0]?.detail?.delivery.shipBy?.slice(0, 10)
        if (day === undefined) return null
        const counted = { ...TO_LEAVE, shipByFrom: day, shipByTo: day, total: 'true', limit: 1 } as const
        const { total } = await answer(api.GET('/v1/orders', { params: { query: counted } }))
        return { day, count: total ?? 0 }
      },
    }).data ?? undefined
  )
}

/** Of all shops, for the left list. */
export const useDue = () => useDueOn(today(), TO_LEAVE)

/** Counts of 今日出荷 by the day until which an order must leave, under the list's other conditions. */
export function useDueTabs({ shipByFrom: _, shipByTo: __, dueOn: ___, sort: ____, ...query }: OrderQuery) {
  const due = useDueOn(today(), query)
  const next = useDueOn(dayBeside(today(), 1), query)
  if (!due || !next) return null
  return {
    byToday: due.late + due.today,
    late: due.late,
    today: due.today,
    tomorrow: next.today,
    later: next.later,
    all: due.all,
    none: Math.max(0, due.all - due.late - due.today - due.later),
  }
}
