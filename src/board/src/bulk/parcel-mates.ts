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

/** One that stays, though its parcel leaves. */
export interface Left extends Mate {
  message: string
}

interface Together {
  mates: Mate[]
  left: Left[]
}

const NOBODY: Together = { mates: [], left: [] }

/** Long enough for the next digit, short enough for a glance before the button. */
const TYPING_MS = 300

async function readMates(changes: readonly WantedChange[]): Promise<Together> {
  const { mates, left }: Together = { mates: [], left: [] }
  for (const part of parts(changes, MOST_CHANGES)) {
    const answer = await postChanges(part, newKey(), { mode: 'each', dryRun: true })
    mates.push(...(answer.alsoShipped ?? []))
    left.push(...(answer.notShipped ?? []))
  }
  const chosen = new Set(changes.map(({ orderId }) => orderId))
  const isOther = ({ orderId }: Mate) => !chosen.has(orderId)
  return { mates: mates.filter(isOther), left: left.filter(isOther) }
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
  const shown = settled.length === 0 ? NOBODY : (data ?? NOBODY)
  return {
    ...shown,
    reading: isLoading,
    error,
    /**
     * Looks once more before the shipments are sent.
     * @throws Refusal where an order goes with them, or stays, that nobody was shown
     */
    async confirm(): Promise<void> {
      if (changes.length === 0) return
      const last = await readMates(changes)
      queries.setQueryData(keyOf(changes), last)
      setSettled(changes)
      const areShown = (now: readonly Mate[], before: readonly Mate[]) =>
        now.every(({ orderId }) => before.some((one) => one.orderId === orderId))
      if (areShown(last.mates, shown.mates) && areShown(last.left, shown.left)) return
      throw new Refusal(
        t(
          '同梱で一緒に発送する受注、または発送完了にならない受注が、表示のあとに増えました。確認して、もう一度送信してください。',
          'More orders leave in these parcels, or stay, than were shown. Look, then send again.',
        ),
      )
    },
  }
}
