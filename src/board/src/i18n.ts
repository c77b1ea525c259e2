import { keep, kept } from './kept.ts'
import { createStore } from './store.ts'

/** Japanese first. Both texts stand together where they are used, so that neither is forgotten. */
export type Language = 'ja' | 'en'

const language = createStore<Language>(kept('language') === 'en' ? 'en' : 'ja')
export const useLanguage = language.use

export const t = (ja: string, en: string): string => (language.get() === 'ja' ? ja : en)

export function setLanguage(next: Language): void {
  keep('language', next)
  document.documentElement.lang = next
  language.set(next)
}
