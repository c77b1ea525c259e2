import { useEffect, useRef } from 'react'

/** As a `ref`: what is pressed or typed next goes there, without a Tab. */
export const takeFocus = (element: HTMLElement | null): void => element?.focus()

/** True where a key is typed as text, or belongs to a window over the page. */
const belongsElsewhere = ({ target }: KeyboardEvent): boolean =>
  document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null ||
  (target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select') !== null)

/** Keys of the whole page, by `event.key`; not while typing or in a window, nor with Ctrl, Alt, Meta. */
export function useKeys(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  const newest = useRef(keys)
  newest.current = keys
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const act = Object.hasOwn(newest.current, event.key) ? newest.current[event.key] : undefined
      if (act === undefined || belongsElsewhere(event)) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}
