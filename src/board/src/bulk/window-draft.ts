import { useEffect, useRef, useState } from 'react'
import { drafter, keepDraft, takeDraft, tellRestored } from '../parts/drafts.ts'

/** What was typed into a window, and for which orders. */
export interface WindowDraft<T> {
  of: ReadonlySet<string>
  typed: T
}

/**
 * State of a window that one types into. Closed in its midst, by Esc or with its screen by Back, it has it
 * again when it opens for the same orders, or some of them.
 * @returns the state, how it is set, and how it is forgotten: given up, or sent
 */
export function useWindowDraft<T>(
  all: Map<string, WindowDraft<T>>,
  window: string,
  orders: readonly { id: string }[],
  first: T,
): readonly [typed: T, type: (next: T) => void, forget: () => void] {
  const [key] = useState(() => `${drafter()} ${window}`)
  const [opened] = useState(() => {
    const of = all.get(key)?.of
    return of && orders.every(({ id }) => of.has(id)) ? takeDraft(all, key) : undefined
  })
  const left = useRef(opened)
  const [typed, setTyped] = useState(opened?.typed ?? first)
  useEffect(() => {
    if (opened) tellRestored()
    return () => {
      if (left.current) keepDraft(all, key, left.current)
    }
  }, [all, key, opened])
  return [
    typed,
    (next) => {
      left.current = { of: new Set(orders.map(({ id }) => id)), typed: next }
      setTyped(next)
    },
    () => {
      left.current = undefined
    },
  ]
}
