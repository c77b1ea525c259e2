import { useSyncExternalStore } from 'react'
import { keep, keptJson } from '../kept.ts'

/** Conditions of the list under a name, kept by this browser. The query may hold a search word, so none with a buyer's is kept. */
export interface SavedView {
  name: string
  query: string
}

const PERSONAL = ['buyer', 'phone', 'email']
let views = keptJson<SavedView[]>('views', [])
const listeners = new Set<() => void>()

function set(next: SavedView[]): void {
  views = next
  keep('views', JSON.stringify(next))
  for (const tell of listeners) tell()
}

export const savedViews = {
  save(name: string, query: string): void {
    const params = new URLSearchParams(query)
    for (const one of PERSONAL) params.delete(one)
    set([...views.filter((view) => view.name !== name), { name, query: params.toString() }])
  },
  remove(name: string): void {
    set(views.filter((view) => view.name !== name))
  },
}

export const useSavedViews = (): readonly SavedView[] =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => views,
  )
