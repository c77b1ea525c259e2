import { useEffect, useRef, useState } from 'react'
import { drafter, keepDraft, takeDraft, tellRestored } from '../parts/drafts.ts'

/** Text typed into a window, and the orders that it is for. */
export interface WindowDraft<T> {
  of: ReadonlySet<string>
  /** Values that it was typed over. */
  over: string
  typed: T
}

/**
 * State of a window that one types into. Closed in its midst, by Esc or with its screen by Back, it has it
 * again when it opens for the same orders, or some of them, and these have the same to be typed over.
 * @returns the state, how it is set, and how it is forgotten: given up, or sent
 */
export function useWindowDraft<T>(
  all: Map<string, WindowDraft<T>>,
  window: string,
  orders: readonly { id: string }[],
  first: T,
  over = '',
): readonly [typed: T, type: (next: T) => void, forget: () => void] {
  const [place] = useState(() => `${drafter()} ${window} `)
  const [opened] = useState(() => {
    const [key = ''] =
      [...all].find(([key, { of }]) => key.startsWith(place) && orders.every(({ id }) => of.has(id))) ?? []
    const draft = takeDraft(all, key)
    return draft?.over === over ? draft : undefined
  })
  const left = useRef(opened)
  const [typed, setTyped] = useState(opened?.typed ?? first)
  useEffect(() => {
    if (opened) tellRestored()
    return () => {
      if (left.current) keepDraft(all, place + [...left.current.of].sort().join(), left.current)
    }
  }, [all, place, opened])
  return [
    typed,
    (next) => {
      left.current = { of: new Set(orders.map(({ id }) => id)), over, typed: next }
      setTyped(next)
    },
    () => {
      left.current = undefined
    },
  ]
}
