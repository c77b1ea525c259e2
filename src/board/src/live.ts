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
/** The server sends at least a heartbeat each 15 s: after a longer silence the line has stalled. */
export const SILENCE_MS = 25_000

/** Follows the stream until the returned function is called. */
export function followEvents(queries: QueryClient): () => void {
  let source: EventSource | null = null
  let followed = true
  let again: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
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
  /** A list in sight follows its orders one by one (list/live-list.ts); others are read anew when opened. */
  const outdate = () =>
    void queries.invalidateQueries({ queryKey: ['orders'], type: 'inactive', refetchType: 'none' })
  const begin = (missed: boolean): void => {
    // Reads anew what may have changed while the stream was down.
    if (missed) touch('orders', 'order', 'site-changes', 'import-requests', 'timeline', 'shops')
    set({ state: 'open', heardAt: Date.now() })
  }
  const hear = <Data>(kind: string, effect: (data: Data) => void): void => {
    source?.addEventListener(kind, (message: MessageEvent<string>) => {
      watchSilence()
      effect(JSON.parse(message.data))
    })
  }
  const listen = <K extends keyof LiveData>(kind: K, effect: (data: LiveData[K]) => void): void =>
    hear<LiveData[K]>(kind, (data) => {
      effect(data)
      for (const tell of eventListeners) tell({ kind, data } as LiveEvent)
    })
  const lose = (): void => {
    clearTimeout(silence)
    set({ state: 'lost' })
  }
  const reconnect = (): void => {
    source?.close()
    lose()
    clearTimeout(again)
    // When the session is over the answer itself ends the following: a stream after that would never be
    // closed.
    again = setTimeout(() => void readSession().then(() => followed && connect()), AGAIN_MS)
  }
  const watchSilence = (): void => {
    clearTimeout(silence)
    silence = setTimeout(reconnect, SILENCE_MS)
  }
  const connect = (): void => {
    if (live.get().state === 'open') set({ state: 'connecting' })
    source = new EventSource('/v1/events')
    watchSilence()
    // It begins with one of the two: `reset` where the service no longer knows the place that it was left at.
    hear('ready', () => begin(live.get().state === 'lost'))
    hear('reset', () => begin(true))
    hear('heartbeat', () => set({ heardAt: Date.now() }))
    hear<Board>('board', (board) => {
      queries.setQueryData(['board'], board)
      set({ heardAt: Date.now() })
      touch('import-requests', 'why', 'waiting')
    })
    listen('order', (data) => {
      touch('timeline')
      outdate()
      void queries.invalidateQueries({ queryKey: ['order', data.orderId] })
    })
    listen('change', () => {
      touch('site-changes', 'desk-orders', 'timeline')
      outdate()
    })
    listen('attention', () => touch('shops', 'shop-reasons'))
    source.onerror = () => {
      // The browser comes again by itself, except when it was answered with an error: then somebody has to
      // ask why.
      if (source?.readyState === EventSource.CLOSED) reconnect()
      else lose()
    }
  }
  // The browser knows of a missing line before any timer; a line that is back is tried at once.
  const onOffline = (): void => {
    source?.close()
    clearTimeout(again)
    lose()
  }
  addEventListener('offline', onOffline)
  addEventListener('online', reconnect)
  connect()
  return () => {
    followed = false
    source?.close()
    removeEventListener('offline', onOffline)
    removeEventListener('online', reconnect)
    clearTimeout(again)
    clearTimeout(silence)
    clearTimeout(gather)
  }
}
