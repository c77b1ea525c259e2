import { useSyncExternalStore } from 'react'
import { keep, kept } from './kept.ts'

/** Japanese first. Both texts stand together where they are used, so that neither is forgotten. */
export type Language = 'ja' | 'en'

let language: Language = kept('language') === 'en' ? 'en' : 'ja'
const listeners = new Set<() => void>()

export const t = (ja: string, en: string): string => (language === 'ja' ? ja : en)

export function setLanguage(next: Language): void {
  language = next
  keep('language', next)
  document.documentElement.lang = next
  for (const tell of listeners) tell()
}

export const useLanguage = (): Language =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => language,
  )
