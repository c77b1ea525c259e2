import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'

/** Keys and consents of each shop: when they end, and when the mall last took them. */
export const useCredentials = () =>
  useQuery({
    queryKey: ['credentials'],
    queryFn: async () => (await answer(api.GET('/v1/credentials'))).credentials,
  })

/** The same by shop. `checkedAt` is of the keys as they are: another key has none until it is tested. */
export const useChecks = () => {
  const all = useCredentials().data
  return all && new Map(all.map((one) => [one.shopId, one]))
}
