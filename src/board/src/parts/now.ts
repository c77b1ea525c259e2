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

/** A large screen's width: lists show more columns. */
export const useVast = (): boolean => useMedia('(min-width: 2200px)')
