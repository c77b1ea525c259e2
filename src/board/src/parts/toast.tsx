import { useCallback, useEffect, useState } from 'react'
import { t } from '../i18n.ts'

/** Short words at the edge. What a person must act on stands in the page; this only says that something was taken. */
interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
}

let nextId = 1
const listeners = new Set<(toast: Toast) => void>()
export function toast(text: string, kind: Toast['kind'] = 'info'): void {
  const made = { id: nextId++, text, kind }
  for (const tell of listeners) tell(made)
}

const SHOWN_MS = 6_000

export function Toasts() {
  const [shown, setShown] = useState<readonly Toast[]>([])
  const close = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), [])
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>()
    const add = (made: Toast) => {
      setShown((all) => [...all.slice(-3), made])
      // An error stays until it was closed: whoever looked away must still find it.
      if (made.kind === 'info') timers.add(setTimeout(() => close(made.id), SHOWN_MS))
    }
    listeners.add(add)
    return () => {
      listeners.delete(add)
      for (const timer of timers) clearTimeout(timer)
    }
  }, [close])
  return (
    <section className="toasts" aria-label={t('お知らせ', 'Messages')} aria-live="polite">
      {shown.map(({ id, text, kind }) => (
        <div key={id} className={`toast toast-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <span>{text}</span>
          <button
            type="button"
            className="icon-button"
            aria-label={t('閉じる', 'Close')}
            onClick={() => close(id)}
          >
            ×
          </button>
        </div>
      ))}
    </section>
  )
}
