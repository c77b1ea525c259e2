import { t } from '../i18n.ts'
import { createStore } from '../store.ts'

/** Short words at the edge. What a person must act on stands in the page; this only says that something was taken. */
interface Toast {
  id: number
  text: string
}

const shown = createStore<readonly Toast[]>([])
const MOST = 4
const SHOWN_MS = 6_000
let nextId = 1

export function toast(text: string): void {
  const id = nextId++
  shown.set([...shown.get(), { id, text }].slice(-MOST))
  setTimeout(() => close(id), SHOWN_MS)
}

const close = (id: number): void => shown.set(shown.get().filter((one) => one.id !== id))

export function Toasts() {
  return (
    <section className="toasts" aria-label={t('お知らせ', 'Messages')} aria-live="polite">
      {shown.use().map(({ id, text }) => (
        <div key={id} className="toast" role="status">
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
