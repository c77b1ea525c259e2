import { useSyncExternalStore } from 'react'

/** A value beside the screens, which outlives them; whoever draws it follows it by `use`. */
export interface Store<T> {
  get(): T
  set(next: T): void
  use(): T
}

export function createStore<T>(first: T): Store<T> {
  let value = first
  const listeners = new Set<() => void>()
  const get = () => value
  const subscribe = (tell: () => void) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  }
  return {
    get,
    set(next) {
      value = next
      for (const tell of listeners) tell()
    },
    use: () => useSyncExternalStore(subscribe, get),
  }
}
