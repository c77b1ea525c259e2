import { type Query, useIsFetching } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { t } from '../i18n.ts'

/** Queries that repeat by themselves and show small at the edge: nobody waits for them. */
const UNWATCHED = new Set<unknown>([
  'board',
  'views',
  'marks',
  'marketplaces',
  'completeness',
  'admin',
  'deliveries',
  'due',
])
/** A quick answer, as after an event, would only make it flicker. */
const SLOW_MS = 300

/** Old words stay while new ones load; where there are none yet the screen says that it loads. */
const isReadAnew = (query: Query): boolean =>
  !UNWATCHED.has(query.queryKey[0]) &&
  (query.state.data !== undefined || query.observers.some((one) => one.getCurrentResult().isPlaceholderData))

export function useReading(): boolean {
  const reading = useIsFetching({ predicate: isReadAnew }) > 0
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    if (!reading) return setSlow(false)
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [reading])
  return slow
}

/** A bar across the top of what is old, and the word for who cannot see it. */
export const ReadingBar = ({ reading }: { reading: boolean }) => (
  <div className="reading" role="status">
    {reading && (
      <>
        <span className="reading-bar" aria-hidden="true" />
        <span className="for-reader">{t('読み込み中', 'Loading')}</span>
      </>
    )}
  </div>
)
