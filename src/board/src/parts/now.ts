import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { looks } from '../looks.ts'

/** The time, told anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (tell) => {
      const media = matchMedia(query)
      media.addEventListener('change', tell)
      return () => media.removeEventListener('change', tell)
    },
    () => matchMedia(query).matches,
  )

/** A phone's width: tables become cards. */
export const useNarrow = (): boolean => useMedia('(max-width: 700px)')

/** Little height, as of a page enlarged to 200 %: what stands around a list gives way to its rows. */
export const useShort = (): boolean => useMedia('(max-height: 560px)')

/** Height of a list's row in px: `--row` of the size of text, lower where rows are or the window is. */
export function useRowHeight(): number {
  const { compact, large } = looks.use()
  const vast = useMedia('(min-width: 2200px)')
  const low = useShort()
  return Math.round((compact || low ? 32 : 40) * (large || vast ? 1.125 : 1))
}

/** Room for an order beside its list. */
export const useRoomy = (): boolean => useMedia('(min-width: 1900px)')

/** Width of an element in whole rem, and the `ref` that measures it; 0 until it is drawn. */
export function useWidthRem(): [number, (element: HTMLElement | null) => (() => void) | undefined] {
  const [width, setWidth] = useState(0)
  const measured = useCallback((element: HTMLElement | null) => {
    if (!element) return
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setWidth(Math.floor(element.clientWidth / rem))
    }
    // At once, so that nothing is painted before.
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [width, measured]
}
