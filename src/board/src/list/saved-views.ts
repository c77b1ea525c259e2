import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { keep, keptJson } from '../kept.ts'
import { filtersOf } from './order-query.ts'

/** 保存した条件: the service keeps them, so they are there at every desk. */
export type SavedView = Schemas['SavedView']
type ViewQuery = SavedView['query']

export const useSavedViews = (): readonly SavedView[] =>
  useQuery({
    queryKey: ['views'],
    queryFn: async () =>
      (await answer(api.GET('/v1/views', { params: { query: { counts: 'true' } } }))).views,
    // Counting is not for free: what an event changes is seen a minute later.
    refetchInterval: 60_000,
  }).data ?? []

/** Filters by a buyer, which views leave out: such a search happens once. */
const PERSONAL = ['q', 'name', 'buyer', 'phone', 'email', 'note']
export const namesBuyer = (search: string): boolean => {
  const params = new URLSearchParams(search)
  return PERSONAL.some((name) => params.has(name))
}

/** The list's conditions as a view has them; the address may hold more. */
export function viewQuery(search: string): ViewQuery {
  const query = Object.entries(filtersOf(search)).filter(([name]) => !PERSONAL.includes(name))
  return Object.fromEntries(query) as ViewQuery
}

export const searchOf = (query: ViewQuery): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])),
  ).toString()

/** True when the list shows just that, in whatever order its address names the filters. */
export function showsView(search: string, { query }: SavedView): boolean {
  const sorted = (one: string) => JSON.stringify(Object.entries(filtersOf(one)).sort())
  return sorted(search) === sorted(searchOf(query))
}

export async function saveView(name: string, query: ViewQuery, shared: boolean): Promise<void> {
  await answer(api.PUT('/v1/views', { body: { name, query, shared } }))
  refresh('views')
}

export async function removeView(id: string): Promise<void> {
  await answer(api.DELETE('/v1/views/{id}', { params: { path: { id } } }))
  refresh('views')
}

/** Those of earlier releases were this browser's: they go to the person who signs in at it first. */
export function useOldViews(): void {
  useEffect(() => {
    const old = keptJson<{ name: string; query: string }[]>('views', [])
    if (old.length === 0) return
    Promise.all(old.map(({ name, query }) => saveView(name, viewQuery(query), false)))
      .then(() => keep('views', null))
      .catch(() => undefined)
  }, [])
}
