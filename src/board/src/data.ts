import { QueryClient, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiProblem, answer, api, type Board, isTimeout, type Schemas } from './api.ts'
import { t } from './i18n.ts'
import { shortTime } from './parts/format.ts'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A person waits: a refusal and a stalled line show at once, an outage is tried twice more.
      // One read too many at once is, too: those of the screen before may still be under way.
      retry: (count, error) =>
        count < 2 && (error instanceof ApiProblem ? error.status === 429 : !isTimeout(error)),
      retryDelay: (count, error) => retryAfterMs(error) ?? 1_000 * 2 ** count,
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    // Drops sent data with its form: it may hold a password.
    mutations: { networkMode: 'always', gcTime: 0 },
  },
})

const MOST_RETRY_AFTER_SECONDS = 30

/** As the server asked for: an earlier try would load it while it sheds load. Null: it named no time. */
export function retryAfterMs(error: unknown): number | null {
  const seconds = error instanceof ApiProblem ? error.body.retryAfterSeconds : null
  return typeof seconds === 'number' ? 1_000 * Math.min(seconds, MOST_RETRY_AFTER_SECONDS) : null
}

/** Invalidates queries under these names: those in sight are read at once, others when opened. */
export function refresh(...names: string[]): void {
  for (const name of names) void queries.invalidateQueries({ queryKey: [name] })
}

/** Fresh by events; asked again each minute, which also proves that the service still answers. */
export const useBoard = () =>
  useQuery({
    queryKey: ['board'],
    queryFn: () => answer(api.GET('/v1/board')),
    refetchInterval: 60_000,
  })

/** Reads what holds each shop's imports up: the verdict that the search shows too, so no screen says less. */
export const useShopReasons = () =>
  useQuery({
    queryKey: ['shop-reasons'],
    queryFn: async () => (await answer(api.GET('/v1/why/shops'))).shops,
    refetchInterval: 10_000,
    staleTime: 5_000,
  }).data

export type ShopReason = NonNullable<ReturnType<typeof useShopReasons>>[number]

/** Verdicts under which what waits does not come in one after the other. */
const STUCK: ReadonlySet<string> = new Set(['retrying', 'mall_away', 'quota_used', 'shop_stopped'])

/** Says when a shop's held-up imports go on, in short and as a sentence; null where nothing holds them. */
export function stuckBy(
  shop: Board['shops'][number],
  reason: ShopReason | undefined,
): { short: string; whole: string } | null {
  const at = shop.laneClosedUntil ?? reason?.next?.at
  const same = (text: string) => ({ short: text, whole: text })
  if (reason?.verdict === 'retrying')
    return same(t(`照会失敗 次は${shortTime(at)}`, `failing, next ${shortTime(at)}`))
  if (!shop.laneClosedUntil && !(reason?.verdict && STUCK.has(reason.verdict))) return null
  if (at) return same(t(`${shortTime(at)}まで休止`, `resting until ${shortTime(at)}`))
  const off = t('停止中', 'Off')
  return { short: off, whole: reason?.message ?? off }
}

/** The own desk of an API key is called by the key's name. */
export const deskName = ({ desk, keyName }: { desk: string; keyName: string | null }): string =>
  desk.startsWith('key:') ? (keyName ?? t('名前のない API キー', 'An API key without a name')) : desk

/** Programs that take orders over by 受注取込, and when each asked last. */
export const useDesks = () =>
  useQuery({ queryKey: ['desks'], queryFn: async () => (await answer(api.GET('/v1/desks'))).desks })

export const useMalls = () =>
  useQuery({
    queryKey: ['marketplaces'],
    queryFn: async () => (await answer(api.GET('/v1/marketplaces'))).marketplaces,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useShops = () =>
  useQuery({ queryKey: ['shops'], queryFn: async () => (await answer(api.GET('/v1/shops'))).shops })

/** Japanese labels of marks by code, the tenant's own among them. */
export const useMarkLabels = () =>
  useQuery({
    queryKey: ['marks'],
    queryFn: async () => (await answer(api.GET('/v1/marks'))).marks,
    staleTime: 300_000,
    select: labelsOf,
  }).data

const labelsOf = (marks: readonly { code: string; label: string }[]): ReadonlyMap<string, string> =>
  new Map(marks.map(({ code, label }) => [code, label]))

type Mall = Schemas['MallAbilities']
type OfMall = { marketplace: string; shopId: string }

/** The mall as an order or a shop meets it: some shops have a label, actions and carriers of their own. */
export function mallOf(
  malls: readonly Mall[] | undefined,
  { marketplace, shopId }: OfMall,
): Mall | undefined {
  const mall = malls?.find(({ name }) => name === marketplace)
  const own = mall?.shops.find((shop) => shop.shopId === shopId)
  if (!mall || !own) return mall
  const { label, limits, actions, carriers } = own
  return { ...mall, label, limits, actions, carriers }
}

/** Orders by the malls that they meet, each once. */
export function byMall<O extends OfMall>(malls: readonly Mall[] | undefined, orders: readonly O[]) {
  const groups = new Map<string, { key: string; mall: Mall | undefined; orders: O[] }>()
  for (const order of orders) {
    const { marketplace, shopId } = order
    const own = malls?.some(({ shops }) => shops.some((shop) => shop.shopId === shopId))
    const key = own ? shopId : marketplace
    const group = groups.get(key) ?? { key, mall: mallOf(malls, order), orders: [] }
    group.orders.push(order)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** Names of malls and shops for a list's cells. */
export function useNames(): {
  mall: (name: string, shopId?: string) => string
  shop: (id: string) => string
} {
  const malls = useMalls().data
  const shops = useBoard().data?.shops
  return useMemo(
    () => ({
      mall: (name: string, shopId = '') => mallOf(malls, { marketplace: name, shopId })?.label ?? name,
      shop: (id: string) => shops?.find((shop) => shop.shopId === id)?.name ?? '',
    }),
    [malls, shops],
  )
}
