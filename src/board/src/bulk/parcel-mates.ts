import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { parts, Refusal } from '../api.ts'
import { queries } from '../data.ts'
import { t } from '../i18n.ts'
import { MOST_CHANGES, newKey, postChanges, type WantedChange } from './bulk.ts'

/** An order that is not chosen, but leaves in the parcel (同梱) of one that is. */
export interface Mate {
  orderId: string
  orderNumber: string
  shippedWith: string
}

/** Long enough for the next digit, short enough for a glance before the button. */
const TYPING_MS = 300

async function readMates(changes: readonly WantedChange[]): Promise<Mate[]> {
  const mates: Mate[] = []
  for (const part of parts(changes, MOST_CHANGES)) {
    const { alsoShipped = [] } = await postChanges(part, newKey(), { mode: 'each', dryRun: true })
    mates.push(...alsoShipped)
  }
  const chosen = new Set(changes.map(({ orderId }) => orderId))
  return mates.filter(({ orderId }) => !chosen.has(orderId))
}

const keyOf = (changes: readonly WantedChange[]) => ['parcel-mates', JSON.stringify(changes)]

/**
 * Orders that these shipments take with them, as the service would ship them now.
 * @param changes of the chosen orders that are in a bundle
 */
export function useParcelMates(changes: readonly WantedChange[]) {
  const [, now] = keyOf(changes)
  const [settled, setSettled] = useState(changes)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is made anew at each rendering
  useEffect(() => {
    const timer = setTimeout(() => setSettled(changes), TYPING_MS)
    return () => clearTimeout(timer)
  }, [now])
  const { data, isLoading, error } = useQuery({
    queryKey: keyOf(settled),
    enabled: settled.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () => readMates(settled),
  })
  const mates = settled.length === 0 ? [] : (data ?? [])
  return {
    mates,
    reading: isLoading,
    error,
    /**
     * Looks once more before the shipments are sent.
     * @throws Refusal where an order goes with them that nobody was shown
     */
    async confirm(): Promise<void> {
      if (changes.length === 0) return
      const last = await readMates(changes)
      const shown = new Set(mates.map(({ orderId }) => orderId))
      queries.setQueryData(keyOf(changes), last)
      setSettled(changes)
      if (last.every(({ orderId }) => shown.has(orderId))) return
      throw new Refusal(
        t(
          '同梱で一緒に発送する受注が、表示のあとに増えました。確認して、もう一度送信してください。',
          'More orders leave in these parcels than were shown. Look, then send again.',
        ),
      )
    },
  }
}
