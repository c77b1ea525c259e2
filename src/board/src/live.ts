import type { QueryClient } from '@tanstack/react-query'
import type { Board, Schemas } from './api.ts'
import { readSession } from './session.ts'
import { createStore } from './store.ts'

/** Live by GET /v1/events. What is shown is only called current while the stream is open. */
export interface Live {
  state: 'connecting' | 'open' | 'lost'
  /** When the board was last heard of. */
  heardAt: number | null
}

export const live = createStore<Live>({ state: 'connecting', heardAt: null })
const set = (next: Partial<Live>): void => live.set({ ...live.get(), ...next })
export const useLive = live.use

type OrderEvent = Schemas['OrderEvent']
type ChangeEvent = Schemas['SiteChangeEvent']
interface LiveData {
  order: OrderEvent
  change: ChangeEvent
  attention: Schemas['AttentionEvent']
}
export type LiveEvent = { [K in keyof LiveData]: { kind: K; data: LiveData[K] } }[keyof LiveData]
type Listener = (event: LiveEvent) => void
const eventListeners = new Set<Listener>()
/** For what a screen follows itself: a bulk action's results, the sound of a failure. */
export function onLiveEvent(listener: Listener): () => void {
  eventListeners.add(listener)
  return () => eventListeners.delete(listener)
}

const GATHER_MS = 400
const AGAIN_MS = 3_000

/** Follows the stream until the returned function is called. */
export function followEvents(queries: QueryClient): () => void {
  let source: EventSource | null = null
  let followed = true
  let again: ReturnType<typeof setTimeout> | undefined
  const touched = new Set<string>()
  let gather: ReturnType<typeof setTimeout> | undefined
  // A burst of a hundred orders reads the list once.
  const touch = (...names: string[]): void => {
    for (const name of names) touched.add(name)
    gather ??= setTimeout(() => {
      gather = undefined
      for (const name of touched) void queries.invalidateQueries({ queryKey: [name] })
      touched.clear()
    }, GATHER_MS)
  }
  const begin = (missed: boolean): void => {
    // What happened while nobody listened.
    if (missed) touch('orders', 'order', 'site-changes', 'import-requests', 'timeline', 'shops')
    set({ state: 'open', heardAt: Date.now() })
  }
  const listen = <K extends keyof LiveData>(kind: K, effect: (data: LiveData[K]) => void): void => {
    source?.addEventListener(kind, (message: MessageEvent<string>) => {
      const data: LiveData[K] = JSON.parse(message.data)
      effect(data)
      for (const tell of eventListeners) tell({ kind, data } as LiveEvent)
    })
  }
  const connect = (): void => {
    if (live.get().state === 'open') set({ state: 'connecting' })
    source = new EventSource('/v1/events')
    // It begins with one of the two: `reset` where the service no longer knows the place that it was left at.
    source.addEventListener('ready', () => begin(live.get().state === 'lost'))
    source.addEventListener('reset', () => begin(true))
    source.addEventListener('board', (message: MessageEvent<string>) => {
      queries.setQueryData(['board'], JSON.parse(message.data) satisfies Board)
      set({ heardAt: Date.now() })
      touch('import-requests')
    })
    listen('order', (data) => {
      touch('orders', 'timeline')
      void queries.invalidateQueries({ queryKey: ['order', data.orderId] })
    })
    listen('change', () => touch('site-changes', 'orders', 'timeline'))
    listen('attention', () => touch('shops'))
    source.onerror = () => {
      set({ state: 'lost' })
      // The browser comes again by itself, except when it was answered with an error: then somebody has to ask why.
      if (source?.readyState !== EventSource.CLOSED) return
      again = setTimeout(() => {
        // When the session is over the answer itself ends the following: a stream after that would never be closed.
        void readSession().then(() => followed && connect())
      }, AGAIN_MS)
    }
  }
  connect()
  return () => {
    followed = false
    source?.close()
    clearTimeout(again)
    clearTimeout(gather)
  }
}
