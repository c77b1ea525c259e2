import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { keep, kept } from '../kept.ts'

/** The newest order of the tenant; null until the first one is here. Asked until then. */
export const useFirstOrder = (ask: boolean, everyMs: number | false) =>
  useQuery({
    queryKey: ['first-order'],
    enabled: ask,
    queryFn: async () =>
      (await answer(api.GET('/v1/orders', { params: { query: { limit: 1 } } }))).orders[0] ?? null,
    refetchInterval: ({ state }) => (state.data ? false : everyMs),
  })

const BEGUN = 'ordersBegun.'

/** True once orders have come; undefined until that is known. A browser that saw one asks no more. */
export function useOrdersBegun(accountId: string, ask: boolean): boolean | undefined {
  const known = !ask || kept(BEGUN + accountId) !== null
  const { data, isError } = useFirstOrder(!known, false)
  if (known || isError) return true
  if (data) keep(BEGUN + accountId, 'yes')
  return data === undefined ? undefined : data !== null
}
