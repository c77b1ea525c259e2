import { useQueries } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api.ts'

export type Papers = Schemas['Papers']

export const readPapers = (shopId: string): Promise<Papers> =>
  answer(api.GET('/v1/shops/{id}/papers', { params: { path: { id: shopId } } }))

/** Words and logo of these shops; null while one is read. A paper without them is better than none. */
export function usePapers(shopIds: readonly string[]): ReadonlyMap<string, Papers> | null {
  const ids = [...new Set(shopIds)]
  const read = useQueries({
    queries: ids.map((id) => ({ queryKey: ['papers', id], queryFn: () => readPapers(id) })),
  })
  if (read.some(({ isPending }) => isPending)) return null
  return new Map(ids.flatMap((id, at) => (read[at]?.data ? [[id, read[at].data]] : [])))
}

/** Its bytes stand in the page: no address has to be open to whoever prints. */
export const logoAddress = ({ type, file }: { type: string; file: string }): string =>
  `data:${type};base64,${file}`
