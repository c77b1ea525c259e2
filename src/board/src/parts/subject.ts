import { useEffect } from 'react'
import { createStore } from '../store.ts'

/** Subject of the screen for the tab's title; null where the screen's name says enough. */
const subject = createStore<string | null>(null)
export const useSubject = subject.use

/** Names the order that this screen shows, as long as it shows it. */
export function useNamedSubject(name: string): void {
  useEffect(() => {
    subject.set(name)
    return () => subject.set(null)
  }, [name])
}
