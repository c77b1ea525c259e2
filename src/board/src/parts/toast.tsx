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
  setTimeout(() => close(id), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS)
}

const close = (id: number): void => shown.set(shown.get().filter((one) => one.id !== id))

export function Toasts() {
  return (
    <section className="toasts" aria-label={t('お知らせ', 'Messages')} aria-live="polite">
      {shown.use().map(({ id, text, action }) => (
        <div key={id} className="toast" role="status">
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
      ))}
    </section>
  )
}
