import { keep, keptJson } from '../kept.ts'
import { createStore } from '../store.ts'

/** Conditions of the list under a name, kept by this browser. The query may hold a search word, so none with a buyer's is kept. */
export interface SavedView {
  name: string
  query: string
}

const PERSONAL = ['buyer', 'phone', 'email']
const views = createStore<readonly SavedView[]>(keptJson<SavedView[]>('views', []))
export const useSavedViews = views.use

function set(next: readonly SavedView[]): void {
  views.set(next)
  keep('views', JSON.stringify(next))
}

export const savedViews = {
  save(name: string, query: string): void {
    const params = new URLSearchParams(query)
    for (const one of PERSONAL) params.delete(one)
    set([...views.get().filter((view) => view.name !== name), { name, query: params.toString() }])
  },
  remove(name: string): void {
    set(views.get().filter((view) => view.name !== name))
  },
}
