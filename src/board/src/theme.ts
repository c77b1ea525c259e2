import { keep, kept } from './kept.ts'
import { applyLooks } from './looks.ts'

export type Theme = 'light' | 'dark' | 'system'

export const currentTheme = (): Theme => {
  const theme = kept('theme')
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function applyTheme(theme: Theme): void {
  keep('theme', theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

applyTheme(currentTheme())
applyLooks()
