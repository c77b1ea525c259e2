import { useRef, useState } from 'react'
import { type Drafts, drafter, keepDraft } from '../parts/drafts.ts'

/** Text typed into a window, and the orders that it is for. */
export interface WindowDraft<T> {
  of: ReadonlySet<string>
  /** The values below it when it was typed. */
  over: unknown
  typed: T
}

/**
 * State of a window that one types into. Closed in its midst, by Esc or with its screen by Back, it has it
 * again when it opens for the same orders, or some of them, and these have the same to be typed over. With no
 * orders it is for any: then each typed value says itself which it is for.
 * @returns the state, whether it was typed before the window opened, how it is set, and how it is forgotten:
 * given up, or sent
 */
export function useWindowDraft<T>(
  all: Drafts<WindowDraft<T>>,
  window: string,
  orders: readonly { id: string }[],
  first: T,
  over?: unknown,
): { typed: T; restored: boolean; type: (next: T) => void; forget: () => void } {
  const [place] = useState(() => `${drafter()} ${window} `)
  const [opened] = useState(() => {
    const [key, draft] =
      [...all].find(([key, { of }]) => key.startsWith(place) && orders.every(({ id }) => of.has(id))) ?? []
    const fits = draft !== undefined && JSON.stringify(draft.over) === JSON.stringify(over)
    // Typed over something else, it is of no use to anybody.
    if (key !== undefined && !fits) all.delete(key)
    return fits ? { key, draft } : undefined
  })
  // Kept while the window is open, too: text that came back or was pasted is asked about at a reload.
  const kept = useRef(opened?.key)
  const [typed, setTyped] = useState(opened?.draft.typed ?? first)
  const forget = () => {
    if (kept.current !== undefined) all.delete(kept.current)
    kept.current = undefined
  }
  return {
    typed,
    restored: opened !== undefined,
    type: (next) => {
      forget()
      const of = new Set(orders.map(({ id }) => id))
      kept.current = place + [...of].sort().join()
      keepDraft(all, kept.current, { of, over, typed: next })
      setTyped(next)
    },
    forget,
  }
}
