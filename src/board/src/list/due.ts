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

/** Of all shops, for the left list. */
export const useDue = () => useDueOn(today(), TO_LEAVE)

/** Until tomorrow, for a day on which nothing has to leave. */
export const useDueTomorrow = (ask: boolean) => useDueOn(dayBeside(today(), 1), TO_LEAVE, ask)?.today

/** Counts of 今日出荷 by the day until which an order must leave, under the list's other conditions. */
export function useDueTabs({
  shipBy: _,
  shipByFrom: __,
  shipByTo: ___,
  dueOn: ____,
  sort: _____,
  ...query
}: OrderQuery) {
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
