import { useEffect, useState } from 'react'
import { t } from '../i18n.ts'
import { createStore } from '../store.ts'

/** Short words at the edge: something was taken. What a person must act on stands in the page. */
interface Toast {
  id: number
  text: string
  action?: Action | undefined
}

interface Action {
  label: string
  run: () => void
}

const shown = createStore<readonly Toast[]>([])
const MOST = 4
const SHOWN_MS = 6_000
/** Time to read it, to understand that it was a mistake, and to reach the button. */
const SHOWN_WITH_ACTION_MS = 10_000
let nextId = 1

export function toast(text: string, action?: Action): void {
  const id = nextId++
  shown.set([...shown.get(), { id, text, action }].slice(-MOST))
}

const close = (id: number): void => shown.set(shown.get().filter((one) => one.id !== id))

/** A person next on the same page undoes nothing of the one before. */
export const closeToasts = (): void => shown.set([])

export function Toasts() {
  return (
    <section className="toasts" aria-label={t('お知らせ', 'Messages')} aria-live="polite">
      {shown.use().map((one) => (
        <Shown key={one.id} toast={one} />
      ))}
    </section>
  )
}

/** It stays while somebody points at it or has its button in focus: 元に戻す must not go from under the hand. */
function Shown({ toast: { id, text, action } }: { toast: Toast }) {
  const [isPointed, setPointed] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const isHeld = isPointed || isFocused
  const ms = action ? SHOWN_WITH_ACTION_MS : SHOWN_MS
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => close(id), ms)
    return () => clearTimeout(timer)
  }, [id, ms, isHeld])
  return (
    <div
      className="toast"
      role="status"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <span>{text}</span>
      {action && (
        <button
          type="button"
          className="button"
          onClick={() => {
            close(id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={t('閉じる', 'Close')}
        onClick={() => close(id)}
      >
        ×
      </button>
    </div>
  )
}
