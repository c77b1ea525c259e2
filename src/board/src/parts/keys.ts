import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef } from 'react'
import { createStore } from '../store.ts'

/** The window over the page that a key or the menu opens. */
export const pageWindow = createStore<'palette' | 'keys' | null>(null)

/** How many windows are over the page. */
export const windows = createStore(0)

/** As a `ref`: what is pressed or typed next goes there, without a Tab. */
export const takeFocus = (element: HTMLElement | null): void => element?.focus()

/**
 * Esc of the Japanese input takes its suggestion back, and closes nothing. Safari ends the composition before
 * it tells of that key, and gives it the code of a key that the input took (229).
 */
export const isEscape = ({ key, nativeEvent }: ReactKeyboardEvent): boolean =>
  key === 'Escape' && !nativeEvent.isComposing && nativeEvent.keyCode !== 229

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select') !== null

/** True where a key is typed as text, or belongs to a window over the page. */
const belongsElsewhere = ({ target }: KeyboardEvent): boolean =>
  document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null || isTyping(target)

/** Loading a window's file takes that long at most before the keys are the list's again. */
const HELD_MS = 5_000
let endHold = (): void => undefined

/**
 * From the key that opens a window until its first field is there, what is typed goes into that field, and
 * nothing into the list.
 */
export function holdKeys(): void {
  endHold()
  let text = ''
  const press = (event: KeyboardEvent) => {
    const { key, target } = event
    if (key === 'Escape' || isTyping(target)) return endHold()
    const isInWindow = target instanceof HTMLElement && target.closest('[role=dialog]') !== null
    if (event.ctrlKey || event.metaKey || event.altKey || (key.length > 1 && isInWindow)) return
    if (key.length === 1) text += key
    if (key === 'Backspace') text = text.slice(0, -1)
    event.preventDefault()
    event.stopPropagation()
  }
  const arrive = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target.closest('[role=dialog]') === null) return
    const field = target instanceof HTMLInputElement && target.type !== 'checkbox' ? target : null
    if (field === null && !target.matches('.button-main, .restored')) return
    const typed = text.trim()
    endHold()
    // After React has drawn the field.
    if (field && typed !== '') setTimeout(() => writeInto(field, field.value + typed))
  }
  document.addEventListener('keydown', press, true)
  document.addEventListener('focusin', arrive)
  const timer = setTimeout(() => endHold(), HELD_MS)
  endHold = () => {
    clearTimeout(timer)
    document.removeEventListener('keydown', press, true)
    document.removeEventListener('focusin', arrive)
    endHold = () => undefined
  }
}

/** As a person types it: React takes no value that is only written into the element. */
export function writeInto(
  field: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
  value: string,
): void {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

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
