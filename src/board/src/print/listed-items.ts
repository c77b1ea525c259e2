import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'

interface Listed {
  code: string
  shelf: string
  jan: string
}
/** Shelf and JAN of a line of an order, in the tenant's own item list. */
export type FindListed = (orderId: string, lineId: string) => Listed | undefined

/** As many as one request takes. */
const MOST_ORDERS = 500

export async function matchItems(orderIds: readonly string[]): Promise<FindListed> {
  const found = new Map<string, Listed>()
  for (let at = 0; at < orderIds.length; at += MOST_ORDERS) {
    const body = { orderIds: orderIds.slice(at, at + MOST_ORDERS) }
    const { lines } = await answer(api.POST('/v1/items/match', { body }))
    for (const { orderId, lineId, ...item } of lines) found.set(`${orderId} ${lineId}`, item)
  }
  return (orderId, lineId) => found.get(`${orderId} ${lineId}`)
}

export const useListedItems = (orderIds: readonly string[]) =>
  useQuery({
    queryKey: ['listed-items', ...orderIds],
    queryFn: () => matchItems(orderIds),
    enabled: orderIds.length > 0,
  })

/** A-2 before A-10, those without a shelf last. */
export function byShelf(one: string, other: string): number {
  if (one === '' || other === '') return Number(one === '') - Number(other === '')
  return one.localeCompare(other, 'ja', { numeric: true })
}
