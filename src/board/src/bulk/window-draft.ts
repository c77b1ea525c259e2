import { useEffect, useRef, useState } from 'react'
import { type Drafts, drafter, keepDraft, takeDraft } from '../parts/drafts.ts'

/** Text typed into a window, and the orders that it is for. */
export interface WindowDraft<T> {
  of: ReadonlySet<string>
  /** What it was typed over. */
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
    const [key = ''] =
      [...all].find(([key, { of }]) => key.startsWith(place) && orders.every(({ id }) => of.has(id))) ?? []
    const draft = takeDraft(all, key)
    return draft && JSON.stringify(draft.over) === JSON.stringify(over) ? draft : undefined
  })
  const left = useRef(opened)
  const [typed, setTyped] = useState(opened?.typed ?? first)
  useEffect(
    () => () => {
      if (left.current) keepDraft(all, place + [...left.current.of].sort().join(), left.current)
    },
    [all, place],
  )
  return {
    typed,
    restored: opened !== undefined,
    type: (next) => {
      left.current = { of: new Set(orders.map(({ id }) => id)), over, typed: next }
      setTyped(next)
    },
    forget: () => {
      left.current = undefined
    },
  }
}
