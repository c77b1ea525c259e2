import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { OrderRow } from '../api.ts'
import { onLiveEvent } from '../live.ts'
import { mayBelong, readNamed, toRow } from './live-list.ts'
import type { OrderQuery } from './order-query.ts'

/** Orders that are not among the loaded rows, as far as they are known; null: the list has no such order. */
type Known = ReadonlyMap<string, OrderRow | null>

const NOTHING: Known = new Map()
const ASK_AFTER_MS = 500

/**
 * Says of any order whether a list has it, for what is drawn and for what is ticked alike. Where more pages
 * follow, a row that is no longer loaded may have been sorted onto a later one: the service is asked for it.
 */
export interface Outside {
  /** The newest row; null where the list has none, undefined where that is not known yet. */
  find: (id: string) => OrderRow | null | undefined
  /** Asks for orders that are not loaded, soon and together. */
  ask: (ids: readonly string[]) => void
  /** Rows are held or ticked: from now on events tell of those that leave; nothing is kept behind it. */
  hold: (holds: boolean) => void
}

export function useOutside(
  query: OrderQuery,
  { rows, old, complete }: { rows: readonly OrderRow[]; old: boolean; complete: boolean },
): Outside {
  const loaded = useMemo(() => new Map(old ? [] : rows.map((row) => [row.id, row])), [rows, old])
  const [answers, setAnswers] = useState({ query, known: NOTHING })
  const known = answers.query === query ? answers.known : NOTHING
  const learn = useCallback(
    (of: Known) =>
      setAnswers((before) => ({
        query,
        known: new Map([...(before.query === query ? before.known : NOTHING), ...of]),
      })),
    [query],
  )
  const listed = useRef(query)
  listed.current = query
  const asked = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const ask = useCallback(
    (ids: readonly string[]) => {
      for (const id of ids) asked.current.add(id)
      if (ids.length === 0) return
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        const all = [...asked.current]
        asked.current.clear()
        readNamed(query, all, 'true').then(
          (found) => {
            // An answer about the list before says nothing of this one.
            if (listed.current !== query) return
            const there = new Map(found.map((row) => [row.id, toRow(row)]))
            learn(new Map(all.map((id) => [id, there.get(id) ?? null])))
          },
          // The line is away: the next event or page asks again; the service refuses what may not be done.
          () => undefined,
        )
      }, ASK_AFTER_MS)
    },
    [query, learn],
  )
  // A row that is loaded again is the list's; what was known of it would be old when it leaves once more.
  useEffect(
    () =>
      setAnswers((before) => {
        const known = new Map([...before.known].filter(([id, row]) => row === null || !loaded.has(id)))
        return known.size === before.known.size ? before : { ...before, known }
      }),
    [loaded],
  )
  const holding = useRef(false)
  const hold = useCallback(
    (holds: boolean) => {
      holding.current = holds
      if (!holds) setAnswers((before) => (before.known.size === 0 ? before : { query, known: NOTHING }))
    },
    [query],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: those ids were to be asked for in another list
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
      asked.current.clear()
    },
    [query],
  )
  const newest = useRef({ loaded, known })
  newest.current = { loaded, known }
  useEffect(
    () =>
      onLiveEvent(({ kind, data }) => {
        if (kind !== 'order' || !holding.current) return
        const { loaded, known } = newest.current
        if (known.has(data.orderId) && mayBelong(query, data)) ask([data.orderId])
        else if (loaded.has(data.orderId) && !mayBelong(query, data)) learn(new Map([[data.orderId, null]]))
      }),
    [query, ask, learn],
  )
  const find = useCallback(
    (id: string) => loaded.get(id) ?? (complete && !old ? null : known.get(id)),
    [loaded, complete, old, known],
  )
  return useMemo(() => ({ find, ask, hold }), [find, ask, hold])
}
