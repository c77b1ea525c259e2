import { keep, kept } from './kept.ts'
import { createStore } from './store.ts'

/** How high rows and how large texts are, at this browser. */
interface Looks {
  compact: boolean
  large: boolean
}
const shown = createStore<Looks>({ compact: kept('rows') === 'compact', large: kept('text') === 'large' })

export const looks = {
  ...shown,
  set(next: Looks): void {
    keep('rows', next.compact ? 'compact' : null)
    keep('text', next.large ? 'large' : null)
    applyLooks(next)
    shown.set(next)
  },
}

export function applyLooks({ large } = shown.get()): void {
  if (large) document.documentElement.dataset.text = 'large'
  else delete document.documentElement.dataset.text
}
