import { useEffect, useState, useSyncExternalStore } from 'react'

/** The time, told anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

const NARROW = '(max-width: 700px)'

/** A phone's width: tables become cards. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (tell) => {
      const media = matchMedia(NARROW)
      media.addEventListener('change', tell)
      return () => media.removeEventListener('change', tell)
    },
    () => matchMedia(NARROW).matches,
  )
